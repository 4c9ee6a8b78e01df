import { ActionIcon, Button } from '@mantine/core'
import { useStrings } from '@/i18n/strings'
import { Icon } from '@/ui/icon'
import { strings as common } from '@/ui/strings'
import { canResend, isOpen, type Ask } from './invitation-menu'
import type { InvitationRow } from './queries'
import { strings } from './strings'

/** What may be done to the selected invitations. Each button acts on those that it fits. */
export function BulkBar({ rows, ask, clear }: { rows: InvitationRow[]; ask: Ask; clear: () => void }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  if (rows.length === 0) return null
  const own = rows.filter(({ viewerCan }) => viewerCan.includes('MEMBERS_INVITE'))
  const again = own.filter(canResend)
  const open = own.filter(isOpen)
  return (
    <section className="bulk" aria-label={t.bulk}>
      <strong role="status">{t.selected(rows.length)}</strong>
      {again.length > 0 && (
        <Button variant="subtle" leftSection={<Icon name="send" />} onClick={() => ask('resend', again)}>{t.bulkResend}</Button>
      )}
      {open.length > 0 && (
        <Button variant="subtle" color="bad" leftSection={<Icon name="ban" />} onClick={() => ask('cancel', open)}>{t.bulkCancel}</Button>
      )}
      <ActionIcon aria-label={c.clearSelection} onClick={clear}><Icon name="x" /></ActionIcon>
    </section>
  )
}
