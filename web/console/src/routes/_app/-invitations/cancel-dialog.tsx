import { useStrings } from '@/i18n/strings'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'
import { Confirm } from '@/ui/confirm'
import { notifyDone } from '@/ui/notify'
import { nameOf } from './columns'
import { CancelDocument, type InvitationRow } from './queries'
import type { Result } from './results'
import { strings } from './strings'

/** Confirms a cancellation: it says what the invitees lose. */
export function CancelDialog({ rows, keep, close }: {
  rows: InvitationRow[]
  keep: (results: Result[]) => void
  close: () => void
}) {
  const t = useStrings(strings)
  const [only] = rows.length === 1 ? rows : []
  const run = async () => {
    const answer = await request(CancelDocument, { input: { invitationIds: rows.map(({ id }) => id) } })
    const results: Result[] = answer.cancelInvitations?.results ?? []
    keep(results)
    const failed = results.filter(({ error }) => error)
    const done = results.length - failed.length
    if (done > 0) notifyDone(failed.length > 0 ? t.partly(done, failed.length) : t.cancelled(done))
    const [first] = failed
    if (first) throw new ApiError('CONFLICT', `${first.invitation?.email ?? ''} ${first.error?.message ?? ''}`.trim())
  }
  return (
    <Confirm
      opened danger run={run} close={close} action={t.cancelAction(rows.length)}
      title={only ? t.cancelTitle(nameOf(only)) : t.cancelManyTitle(rows.length)}
    >
      <p>{only ? t.cancelText(nameOf(only), placesOf(only)) : t.cancelManyText}</p>
    </Confirm>
  )

  function placesOf(row: InvitationRow): string {
    const groups = row.groups?.length ?? 0
    const sessions = row.sessions?.length ?? 0
    if (groups > 0 && sessions > 0) return t.both(t.groupCount(groups), t.sessionCount(sessions))
    if (groups > 0) return t.groupCount(groups)
    return sessions > 0 ? t.sessionCount(sessions) : ''
  }
}
