import { Button, Group, Radio, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { GroupVisibility } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { useWorkspaceRights } from '@/session/workspace-rights'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { isWithin } from '@/ui/tree/tree-model'
import { ParentSelect } from '../-places/parent-select'
import { Effects } from './effects'
import { inheritanceChange, type Standing } from './inheritance'
import { CreateGroupDocument, groupKey, patchGroups, refreshGroups, UpdateGroupDocument, type GroupRow } from './queries'
import { strings } from './strings'

const visibilities: GroupVisibility[] = ['PUBLIC', 'PRIVATE']

type Props = {
  groups: GroupRow[]
  close: () => void
  done?: (id: string) => void
} & (
  | { mode: 'create'; parentId: string | null }
  | { mode: 'edit' | 'move'; group: GroupRow & { externalId?: string | null } }
)

/** Creates, renames, opens, closes or moves a group. It says who would inherit what before it saves. */
export function GroupDialog(props: Props) {
  const { mode, groups, close, done } = props
  const t = useStrings(strings)
  const c = useStrings(common)
  const rights = useWorkspaceRights()
  const group = props.mode === 'create' ? null : props.group
  const byId = new Map(groups.map((row) => [row.id, row]))
  const mayTop = rights.includes('GROUPS_MANAGE')
  const parents = groups.filter(({ id, viewerCan }) =>
    viewerCan.includes('GROUPS_MANAGE') && !(group && isWithin(byId, id, group.id)))

  const now = standingOf(props)
  const [entries, setEntries] = useState<Entries>({
    name: group?.name ?? '', externalId: group?.externalId ?? '', visibility: group?.visibility ?? 'PUBLIC',
    parentId: now.parentId ?? (mayTop || group ? null : parents[0]?.id ?? null),
  })
  const { name, externalId, visibility } = entries
  const set = (next: Partial<Entries>) => setEntries({ ...entries, ...next })
  const change = inheritanceChange(byId, now, entries)

  const save = useSave(mode, group, entries, change, (saved) => {
    notifyDone(group ? t.saved(saved.name) : t.created(saved.name))
    close()
    done?.(saved.id)
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!save.isPending) save.mutate()
  }
  return (
    <Modal opened onClose={close} title={t[mode]} closeButtonProps={{ 'aria-label': c.close }}>
      <form className="stack" noValidate onSubmit={submit}>
        <FaultSummary error={save.error} inputs={['name', 'externalId', 'parentId', 'visibility']} />
        {mode !== 'move' && (
          <TextInput
            id="name" label={t.name} data-autofocus maxLength={200} autoComplete="off" value={name}
            error={faultOf(save.error, 'name')} onChange={(event) => set({ name: event.currentTarget.value })}
          />
        )}
        {mode !== 'edit' && (
          <ParentSelect
            label={t.parent} topLabel={t.top} rows={byId} parents={parents} mayTop={mayTop}
            value={entries.parentId} change={(parentId) => set({ parentId })} error={faultOf(save.error, 'parentId')}
          />
        )}
        {mode !== 'move' && (
          <Radio.Group label={t.visibility} value={visibility} onChange={(value) => set({ visibility: value as GroupVisibility })}>
            <div className="choices">
              {visibilities.map((value) => (
                <Radio key={value} value={value} label={t.visibilities[value]} description={t.visibilityText[value]} />
              ))}
            </div>
          </Radio.Group>
        )}
        {mode === 'edit' && (
          <TextInput
            id="externalId" label={t.externalId} description={t.externalIdHint} maxLength={200} autoComplete="off"
            value={externalId} error={faultOf(save.error, 'externalId')}
            onChange={(event) => set({ externalId: event.currentTarget.value })}
          />
        )}
        <Effects joined={change.joined} left={change.left} />
        <Group justify="flex-end">
          <Button onClick={close}>{c.cancel}</Button>
          <Button type="submit" variant="filled" aria-busy={save.isPending}>
            {save.isPending ? c.working : { create: t.create, edit: t.save, move: t.move }[mode]}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

/** What the dialog holds. */
type Entries = {
  name: string
  externalId: string
  visibility: GroupVisibility
  parentId: string | null
}

/** How the group stands before the change; a new one passes nobody up yet. */
function standingOf(props: Props): Standing {
  if (props.mode === 'create') return { visibility: 'PRIVATE', parentId: props.parentId }
  return { visibility: props.group.visibility, parentId: props.group.parent?.id ?? null }
}

/** Saves what was entered, and puts the group and those that inherit its learners into the tree. */
function useSave(
  mode: Props['mode'], group: GroupRow | null, { name, externalId, visibility, parentId }: Entries,
  change: { joined: GroupRow[]; left: GroupRow[] }, finish: (saved: GroupRow) => void,
) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspaceId } = useWorkspace()
  return useMutation({
    meta: { silent: true },
    mutationFn: async () => {
      if (!name.trim()) {
        throw new ApiError('BAD_USER_INPUT', '', { violations: [{ field: 'name', message: t.nameMissing }] })
      }
      if (!group) {
        const input = { workspaceId, name: name.trim(), visibility, ...(parentId && { parentId }) }
        return (await request(CreateGroupDocument, { input })).createGroup?.group
      }
      const input = mode === 'move'
        ? { groupId: group.id, parentId }
        : { groupId: group.id, name: name.trim(), visibility, externalId: externalId.trim() || null }
      return (await request(UpdateGroupDocument, { input })).updateGroup?.group
    },
    onSuccess: (saved) => {
      if (!saved) return
      patchGroups(client, workspaceId, [saved])
      void client.invalidateQueries({ queryKey: groupKey(saved.id) })
      if (group) void refreshGroups(client, workspaceId, [...change.joined, ...change.left].map(({ id }) => id))
      finish(saved)
    },
  })
}
