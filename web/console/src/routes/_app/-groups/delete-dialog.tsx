import { Button, Group } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { inheritingGroups } from './inheritance'
import { DeleteGroupDocument, groupInUseQuery, patchGroups, refreshGroups, type GroupRow } from './queries'
import { strings } from './strings'

/** Confirms that a group is deleted: it says what its people lose, or why it cannot be deleted yet. */
export function DeleteDialog({ group, groups, close, done }: {
  group: GroupRow
  groups: GroupRow[]
  close: () => void
  done: () => void
}) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const { data: use } = useQuery(groupInUseQuery(workspace, group.id))
  const title = t.deleteTitle(group.name)
  if (use && use.children > 0) {
    return (
      <Modal opened onClose={close} title={title} closeButtonProps={{ 'aria-label': c.close }}>
        <div className="stack">
          <p>{t.deleteFull(use.children)}</p>
          <Group justify="flex-end"><Button onClick={close}>{c.close}</Button></Group>
        </div>
      </Modal>
    )
  }
  const run = async () => {
    await request(DeleteGroupDocument, { input: { groupId: group.id } })
    const standing = { visibility: group.visibility, parentId: group.parent?.id ?? null }
    const heirs = inheritingGroups(new Map(groups.map((row) => [row.id, row])), standing)
    patchGroups(client, workspace, [], group.id)
    void refreshGroups(client, workspace, heirs.map(({ id }) => id))
    notifyDone(t.deleted(group.name))
    done()
  }
  return (
    <Confirm opened danger title={title} action={t.delete} run={run} close={close}>
      <div className="stack">
        <p>{t.deletePeople(group.memberCount)}</p>
        {use && use.pending > 0 && <p>{t.deletePending(use.pending)}</p>}
      </div>
    </Confirm>
  )
}
