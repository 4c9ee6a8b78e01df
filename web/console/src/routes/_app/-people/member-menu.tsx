import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { patchRows, removeRows } from '@/lib/pages'
import { allowedActions } from '@/lib/permissions'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { notifyDone } from '@/ui/notify'
import { RowMenu } from '@/ui/row-menu'
import { nameOf } from './columns'
import { DeactivateDocument, membersKey, ReactivateDocument, RemoveDocument, type MemberRow } from './queries'
import { strings } from './strings'

/** What the caller may do with one member: viewerCan says it for this row. */
export function MemberMenu({ member }: { member: MemberRow }) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const key = membersKey(useWorkspace().id)
  const [asked, setAsked] = useState<'deactivate' | 'remove' | null>(null)
  const name = nameOf(member)
  const keep = (changed: MemberRow) => patchRows(client, key, new Map([[changed.id, changed]]))

  const reactivate = useMutation({
    mutationFn: () => request(ReactivateDocument, { input: { memberId: member.id } }),
    // Shown at once and taken back with a reason when the server refuses, for want of a seat say.
    onMutate: () => patchRows(client, key, new Map([[member.id, { status: 'ACTIVE' }]])),
    onError: (_problem, _variables, previous) => previous && patchRows(client, key, previous),
    onSuccess: ({ reactivateMember }) => {
      if (reactivateMember) keep(reactivateMember.member)
      notifyDone(t.reactivated(name))
    },
  })
  const deactivate = async () => {
    const { deactivateMember } = await request(DeactivateDocument, { input: { memberId: member.id } })
    if (deactivateMember) keep(deactivateMember.member)
    notifyDone(t.deactivated(name), { label: t.undo, run: () => reactivate.mutate() })
  }
  const remove = async () => {
    await request(RemoveDocument, { input: { memberId: member.id } })
    removeRows(client, key, new Set([member.id]))
    notifyDone(t.removed(name))
  }

  const actions = allowedActions([
    ...(member.status === 'ACTIVE'
      ? [{ key: 'deactivate', label: t.deactivate, icon: 'player-pause' as const, needs: ['MEMBERS_DEACTIVATE' as const], run: () => setAsked('deactivate') }]
      : [{ key: 'reactivate', label: t.reactivate, icon: 'player-play' as const, needs: ['MEMBERS_DEACTIVATE' as const], run: () => reactivate.mutate() }]),
    { key: 'remove', label: t.remove, icon: 'trash' as const, danger: true, needs: ['MEMBERS_DEACTIVATE' as const], run: () => setAsked('remove') },
  ], member.viewerCan)
  return (
    <>
      <RowMenu name={name} actions={actions} />
      <Confirm
        opened={asked === 'deactivate'} title={t.deactivateTitle(name)} action={t.deactivate} danger
        run={deactivate} close={() => setAsked(null)}
      >
        <p>{t.deactivateText}</p>
      </Confirm>
      <Confirm
        opened={asked === 'remove'} title={t.removeTitle(name)} action={t.remove} danger
        run={remove} close={() => setAsked(null)}
      >
        <p>{t.removeText}</p>
      </Confirm>
    </>
  )
}
