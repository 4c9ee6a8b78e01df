import { useQueryClient } from '@tanstack/react-query'
import { useStrings } from '@/i18n/strings'
import { inChunks, runBulk } from '@/lib/bulk'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { placeMembersKey, type PlaceMember } from '../-places/people-queries'
import { ChangeUnitDocument, unitInUseQuery } from './queries'
import { strings } from './strings'

/** How many people one request moves. */
const chunk = 50

/** Puts people into a unit, or into none. */
const moveTo = (orgUnitId: string | null, ids: string[]) => inChunks(ids, chunk, async (memberIds) => {
  const { updateMembers } = await request(ChangeUnitDocument, { input: { members: { memberIds }, orgUnitId } })
  return { results: updateMembers?.results ?? [] }
})

/** Confirms that people leave a unit. They can be put back. */
export function RemoveDialog({ unitId, members, close }: { unitId: string; members: PlaceMember[]; close: () => void }) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const refresh = async () => {
    void client.invalidateQueries({ queryKey: unitInUseQuery(workspace, unitId).queryKey })
    void client.invalidateQueries({ queryKey: ['members', workspace] })
    await client.resetQueries({ queryKey: placeMembersKey(workspace) })
  }
  const putBack = async (ids: string[]) => {
    const { done, failed, stopped } = await runBulk(moveTo(unitId, ids))
    await refresh()
    const reason = stopped ?? failed[0]?.reason
    if (reason) notifyFailure(new ApiError('CONFLICT', t.notRemoved(ids.length - done.length, reason)))
    else notifyDone(t.back(done.length))
  }
  const run = async () => {
    const { done, failed, stopped } = await runBulk(moveTo(null, members.map(({ id }) => id)))
    await refresh()
    if (done.length > 0) notifyDone(t.removed(done.length), { label: t.undo, run: () => void putBack(done) })
    const reason = stopped ?? failed[0]?.reason
    if (reason) throw new ApiError('CONFLICT', t.notRemoved(members.length - done.length, reason))
  }
  return (
    <Confirm opened danger title={t.removeTitle(members.length)} action={t.remove} run={run} close={close}>
      <p>{t.removeText}</p>
    </Confirm>
  )
}
