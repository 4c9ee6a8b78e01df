import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { watch } from '@/lib/live'
import { patchRows, removeRows } from '@/lib/pages'
import { countsKey, InvitationsChangedDocument, invitationsKey } from './queries'

/**
 * Patches the rows that change and counts new invitations, which the list shows when it is asked to.
 * The server sends at most one message a second, so that the counts are read again as rarely.
 */
export function useLiveInvitations(workspace: string): { fresh: number; showFresh: () => void } {
  const client = useQueryClient()
  // Changed in place: a copy of ten thousand ids each second would cost frames.
  const created = useRef(new Set<string>())
  const [fresh, setFresh] = useState(0)
  useEffect(() => watch(InvitationsChangedDocument, { workspace }, ({ invitationsChanged: { changes } }) => {
    const changed = changes.flatMap(({ invitation }) => (invitation ? [[invitation.id, invitation] as const] : []))
    patchRows(client, invitationsKey(workspace), new Map(changed))
    const gone = changes.filter(({ kind }) => kind === 'REMOVED').map(({ id }) => id)
    if (gone.length > 0) removeRows(client, invitationsKey(workspace), new Set(gone))
    for (const { kind, id } of changes) if (kind === 'CREATED') created.current.add(id)
    setFresh(created.current.size)
    void client.invalidateQueries({ queryKey: countsKey(workspace) })
  }), [client, workspace])

  const showFresh = useCallback(() => {
    created.current = new Set()
    setFresh(0)
    void client.resetQueries({ queryKey: invitationsKey(workspace) })
  }, [client, workspace])
  return { fresh, showFresh }
}
