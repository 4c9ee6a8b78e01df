import { useStrings } from '@/i18n/strings'
import { allowedActions } from '@/lib/permissions'
import { RowMenu } from '@/ui/row-menu'
import { nameOf } from './columns'
import type { InvitationRow } from './queries'
import { strings } from './strings'

/** What somebody asked to do with invitations; the screen opens the dialog of it. */
export type Act = 'resend' | 'cancel' | 'edit' | 'copy' | 'history'
export type Ask = (act: Act, rows: InvitationRow[]) => void

const open = new Set(['PENDING', 'EXPIRED'])

/** Reports whether an invitation can still be changed or cancelled. */
export const isOpen = (row: InvitationRow): boolean => open.has(row.status)

/** Reports whether an invitation can be sent again: a cancelled one only when its invitee asks for it. */
export const canResend = (row: InvitationRow): boolean =>
  isOpen(row) || row.status === 'CANCELLED' && Boolean(row.renewalAskedAt)

/** What the caller may do with one invitation: viewerCan says it for this row. */
export function InvitationMenu({ row, ask }: { row: InvitationRow; ask: Ask }) {
  const t = useStrings(strings)
  const invite = ['MEMBERS_INVITE' as const]
  const actions = allowedActions([
    ...(canResend(row) ? [{ key: 'resend' as const, label: t.resend, icon: 'send' as const, needs: invite }] : []),
    ...(isOpen(row) ? [
      { key: 'copy' as const, label: t.copyLink, icon: 'link' as const, needs: invite },
      { key: 'edit' as const, label: t.edit, icon: 'pencil' as const, needs: invite },
    ] : []),
    { key: 'history' as const, label: t.history, icon: 'history' as const, needs: ['MEMBERS_VIEW' as const, 'MEMBERS_INVITE' as const] },
    ...(isOpen(row) ? [
      { key: 'cancel' as const, label: t.cancel, icon: 'ban' as const, danger: true, needs: invite },
    ] : []),
  ], row.viewerCan)
  return (
    <RowMenu
      name={nameOf(row)}
      actions={actions.map((action) => ({ ...action, run: () => ask(action.key, [row]) }))}
    />
  )
}
