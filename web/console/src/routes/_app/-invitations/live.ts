import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { watch } from '@/lib/live'
import { patchRows, removeRows } from '@/lib/pages'
import { countsKey, InvitationsChangedDocument, invitationsKey } from './queries'

/**
 * Patches the rows that change and counts new invitations, which the list shows when it is asked to.
 * The server sends at most one message a second, so that the counts are read again as rarely.
 */
export function useLiveInvitations(workspace: string): { fresh: number; showFresh: () => void } {
  const client = useQueryClient()
  const [created, setCreated] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => watch(InvitationsChangedDocument, { workspace }, ({ invitationsChanged: { changes } }) => {
    const changed = changes.flatMap(({ invitation }) => (invitation ? [[invitation.id, invitation] as const] : []))
    patchRows(client, invitationsKey(workspace), new Map(changed))
    const gone = changes.filter(({ kind }) => kind === 'REMOVED').map(({ id }) => id)
    if (gone.length > 0) removeRows(client, invitationsKey(workspace), new Set(gone))
    const made = changes.filter(({ kind }) => kind === 'CREATED').map(({ id }) => id)
    if (made.length > 0) setCreated((previous) => new Set([...previous, ...made]))
    void client.invalidateQueries({ queryKey: countsKey(workspace) })
  }), [client, workspace])

  const showFresh = useCallback(() => {
    setCreated(new Set())
    void client.resetQueries({ queryKey: invitationsKey(workspace) })
  }, [client, workspace])
  return { fresh: created.size, showFresh }
}
