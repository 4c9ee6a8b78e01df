import { Button, Group } from '@mantine/core'
import { useStrings } from '@/i18n/strings'
import { Icon } from '@/ui/icon'
import { Modal } from '@/ui/modal'
import { strings as common } from '@/ui/strings'
import { CopyLine } from './copy-line'
import { strings } from './strings'

/** A secret that no other answer holds, and values that belong to it. */
export type Secret = {
  title: string
  label: string
  value: string
  /** What to do with it. */
  hint: string
  more?: { label: string; value: string }[]
}

/** Shows a secret once. A press beside the dialog does not close it. */
export function SecretDialog({ secret, close }: { secret: Secret; close: () => void }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  return (
    <Modal opened size="lg" onClose={close} closeOnClickOutside={false} title={secret.title} closeButtonProps={{ 'aria-label': c.close }}>
      <div className="stack">
        <p className="say wait"><Icon name="alert-triangle" /><span>{t.secretOnce}</span></p>
        <CopyLine isMain label={secret.label} value={secret.value} />
        <p className="meta">{secret.hint}</p>
        {secret.more?.map(({ label, value }) => <CopyLine key={label} label={label} value={value} />)}
        <Group justify="flex-end"><Button onClick={close}>{t.done}</Button></Group>
      </div>
    </Modal>
  )
}
