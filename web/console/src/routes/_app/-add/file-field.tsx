import { CloseButton, Input } from '@mantine/core'
import { useState, type DragEvent } from 'react'
import { formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { Icon } from '@/ui/icon'
import { strings } from './strings'

const kinds = '.csv,.tsv,.txt,.xlsx'

/** A field for one file: chosen by a press or dropped on it. */
export function FileField({ file, change, error }: { file: File | null; change: (file: File | null) => void; error?: string }) {
  const t = useStrings(strings)
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    change(event.dataTransfer.files[0] ?? null)
  }
  const hold = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <Input.Wrapper id="content.file" label={t.file} description={t.fileHint} error={error}>
      {file ? (
        <span className="chip file">
          <Icon name="file-import" />{t.chosen(file.name, formatNumber(Math.max(1, Math.round(file.size / 1024))))}
          <CloseButton size={24} icon={<Icon name="x" size={14} />} aria-label={t.remove(file.name)} onClick={() => change(null)} />
        </span>
      ) : (
        // The native field lies over the whole area, so that a press, a key and a drop are its own.
        <div className={isOver ? 'drop over' : 'drop'} onDragOver={hold} onDragLeave={() => setOver(false)} onDrop={drop}>
          <Icon name="upload" />
          <span>{t.chooseFile}</span>
          <input
            id="content.file" type="file" accept={kinds} aria-invalid={Boolean(error)}
            onChange={(event) => change(event.currentTarget.files?.[0] ?? null)}
          />
        </div>
      )}
    </Input.Wrapper>
  )
}
