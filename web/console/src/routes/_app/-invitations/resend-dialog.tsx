import { Button, Group, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { InvitationFilter } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { nameOf } from './columns'
import { ResendDocument, ResendMatchingDocument, type InvitationRow } from './queries'
import { strings } from './strings'
import type { Result } from './results'

/** Which invitations to send again: named rows, or all that match a filter. */
export type Resending =
  | { rows: InvitationRow[] }
  | { workspaceId: string; filter: InvitationFilter; count: number }

/** Sends invitations again, with a message. What could not be sent stays in the dialog with its reason. */
export function ResendDialog({ what, keep, close }: {
  what: Resending
  /** Takes the changed rows into the list. */
  keep: (results: Result[]) => void
  close: () => void
}) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const [message, setMessage] = useState('')
  const [isRunning, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [failures, setFailures] = useState<Result[]>([])
  const count = 'rows' in what ? what.rows.length : what.count
  const names = new Map('rows' in what ? what.rows.map((row) => [row.id, nameOf(row)]) : [])

  const run = async () => {
    if (isRunning) return
    setRunning(true)
    setError(null)
    try {
      const results = await resend(what, message.trim() || null)
      keep(results)
      const failed = results.filter(({ error: fault }) => fault)
      const done = results.length - failed.length
      if (failed.length === 0) {
        close()
        notifyDone(t.sentAgain(done))
      } else {
        setFailures(failed)
        if (done > 0) notifyDone(t.partly(done, failed.length))
      }
    } catch (problem) {
      setError(problem)
    } finally {
      setRunning(false)
    }
  }

  return (
    <Modal opened onClose={close} title={t.resendTitle(count)} closeButtonProps={{ 'aria-label': c.close }}>
      <div className="stack">
        <FaultSummary error={error} inputs={['message']} />
        {failures.length > 0 ? (
          <ul className="outcomes" role="alert">
            {failures.map(({ id, invitation, error: fault }) => (
              <li key={id}><strong>{invitation ? nameOf(invitation) : names.get(id)}</strong>{' '}{fault?.message}</li>
            ))}
          </ul>
        ) : (
          <>
            <p>{t.resendText}</p>
            <Textarea
              id="message" label={t.message} description={t.messageHint} autosize minRows={3} maxLength={2000}
              error={faultOf(error, 'message')}
              value={message} onChange={(event) => setMessage(event.currentTarget.value)}
            />
          </>
        )}
        <Group justify="flex-end">
          <Button onClick={close}>{failures.length > 0 ? t.close : c.cancel}</Button>
          {failures.length === 0 && (
            <Button variant="filled" aria-busy={isRunning} onClick={() => void run()}>
              {isRunning ? c.working : t.resendAction(count)}
            </Button>
          )}
        </Group>
      </div>
    </Modal>
  )
}

async function resend(what: Resending, message: string | null): Promise<Result[]> {
  if ('rows' in what) {
    const input = { invitationIds: what.rows.map(({ id }) => id), message }
    return (await request(ResendDocument, { input })).resendInvitations?.results ?? []
  }
  const { workspaceId, filter } = what
  return (await request(ResendMatchingDocument, { input: { workspaceId, filter, message } }))
    .resendPendingInvitations?.results ?? []
}
