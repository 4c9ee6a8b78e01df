import { Button, Checkbox, Popover } from '@mantine/core'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { readStored, store } from '@/lib/storage'
import { Icon } from '../icon'
import { strings } from '../strings'
import type { Column, Identified } from './columns'

/** The hidden columns of a list, kept in this browser. */
export function useHiddenColumns(list: string, hiddenAtFirst: string[] = []) {
  const key = `columns:${list}`
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => new Set(readStored(key, hiddenAtFirst)))
  const show = (id: string, isShown: boolean) => {
    const next = new Set(hidden)
    if (isShown) next.delete(id)
    else next.add(id)
    setHidden(next)
    store(key, [...next])
  }
  return { hidden, show }
}

/** Chooses which columns a list shows. */
export function ColumnPicker<Row extends Identified>({ columns, hidden, show }: {
  columns: Column<Row>[]
  hidden: ReadonlySet<string>
  show: (id: string, isShown: boolean) => void
}) {
  const t = useStrings(strings)
  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target>
        <Button className="wide" leftSection={<Icon name="columns-3" />}>{t.columns}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <fieldset className="choices">
          <legend className="vh">{t.columns}</legend>
          {columns.filter(({ required }) => !required).map(({ id, header }) => (
            <Checkbox
              key={id}
              label={header}
              checked={!hidden.has(id)}
              onChange={(event) => show(id, event.currentTarget.checked)}
            />
          ))}
        </fieldset>
      </Popover.Dropdown>
    </Popover>
  )
}
