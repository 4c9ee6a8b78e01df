import { ActionIcon, Button, Menu, Select, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Permission } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { runForEach } from '@/lib/bulk'
import { ApiError } from '@/lib/faults'
import { patchRows, removeRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { Icon } from '@/ui/icon'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { nameOf } from './columns'
import { filterChoicesQuery } from './filter-queries'
import { UpdateMemberDocument } from './profile-queries'
import {
  AddToGroupDocument, DeactivateDocument, membersKey, ReactivateDocument, RemoveDocument, type MemberRow,
} from './queries'
import { strings } from './strings'

type Act = 'group' | 'end' | 'deactivate' | 'reactivate' | 'remove'

/** What an act needs for each person. Adding to a group needs a right at the group instead. */
const needs: Record<Exclude<Act, 'group'>, Permission> = {
  end: 'MEMBERS_DEACTIVATE', deactivate: 'MEMBERS_DEACTIVATE',
  reactivate: 'MEMBERS_DEACTIVATE', remove: 'MEMBERS_DEACTIVATE',
}

/** The selected people on whom an act has an effect and is allowed. */
export function concerned(act: Act, members: MemberRow[]): MemberRow[] {
  if (act === 'group') return members
  return members.filter(({ status, viewerCan }) => viewerCan.includes(needs[act])
    && !(act === 'deactivate' && status !== 'ACTIVE') && !(act === 'reactivate' && status === 'ACTIVE'))
}

/** What can be done with the selected people. Each act says how many it concerns before it runs. */
export function BulkBar({ selection, clear }: { selection: ReadonlyMap<string, MemberRow>; clear: () => void }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const workspace = useWorkspace()
  const key = membersKey(workspace.id)
  const [act, setAct] = useState<Act | null>(null)
  const [groupId, setGroupId] = useState<string | null>(null)
  const [day, setDay] = useState('')
  const [count, setCount] = useState(0)
  if (selection.size === 0) return null

  const chosen = [...selection.values()]
  const members = act ? concerned(act, chosen) : []
  const ids = members.map(({ id }) => id)
  const one = async (id: string) => {
    if (act === 'remove') await request(RemoveDocument, { input: { memberId: id } })
    if (act === 'deactivate') await request(DeactivateDocument, { input: { memberId: id } })
    if (act === 'reactivate') await request(ReactivateDocument, { input: { memberId: id } })
    if (act === 'end') await request(UpdateMemberDocument, { input: { memberId: id, accessExpiresAt: day || null } })
  }
  const run = async () => {
    if (act === 'group') {
      if (!groupId) throw new ApiError('BAD_USER_INPUT', t.groupMissing)
      await request(AddToGroupDocument, { input: { groupId, memberIds: ids } })
      notifyDone(t.bulkDone(ids.length))
    } else {
      setCount(0)
      const { done, failed } = await runForEach(ids, one, setCount)
      if (act === 'remove') removeRows(client, key, new Set(done))
      const status = act === 'deactivate' ? 'DEACTIVATED' : act === 'reactivate' ? 'ACTIVE' : null
      if (status) patchRows(client, key, new Map(done.map((id) => [id, { status }])))
      if (failed.length > 0) {
        const reasons = failed.map(({ id, reason }) => `${nameOf(selection.get(id) as MemberRow)}: ${reason}`)
        throw new ApiError('CONFLICT', `${t.bulkPart(done.length, failed.length)} ${reasons.slice(0, 5).join(' ')}`)
      }
      notifyDone(t.bulkDone(done.length))
    }
    clear()
  }
  const acts = (['group', 'end', 'deactivate', 'reactivate', 'remove'] as const)
    .filter((name) => name !== 'group' || workspace.viewerPermissions.includes('MEMBERS_INVITE'))
    .filter((name) => concerned(name, chosen).length > 0)
  const [first, ...others] = acts
  return (
    <div className="bulk" role="region" aria-label={t.selectedPeople}>
      <strong className="num" role="status">{t.selected(selection.size)}</strong>
      {first && <Button variant="subtle" onClick={() => setAct(first)}>{t.acts[first]}</Button>}
      {others.length > 0 && (
        <Menu>
          <Menu.Target><Button variant="subtle">{t.moreActs}</Button></Menu.Target>
          <Menu.Dropdown>
            {others.map((name) => (
              <Menu.Item key={name} className={name === 'remove' ? 'danger' : undefined} onClick={() => setAct(name)}>
                {t.acts[name]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <ActionIcon aria-label={c.clearSelection} onClick={clear}><Icon name="x" /></ActionIcon>
      {act && (
        <Confirm
          opened title={t.acts[act]} action={t.bulkAction(t.acts[act], ids.length)} danger={act === 'remove'}
          run={run} close={() => setAct(null)}
        >
          <div className="stack">
            <p>{t.bulkEffects[act]}</p>
            {members.length < chosen.length && <p className="meta">{t.bulkLeft(chosen.length - members.length)}</p>}
            {act === 'group' && <GroupChoice value={groupId} change={setGroupId} />}
            {act === 'end' && (
              <TextInput type="date" label={t.endDay} value={day} onChange={(event) => setDay(event.currentTarget.value)} />
            )}
            {count > 0 && <p className="meta num" role="status">{t.bulkProgress(count, ids.length)}</p>}
          </div>
        </Confirm>
      )}
    </div>
  )
}

function GroupChoice({ value, change }: { value: string | null; change: (id: string | null) => void }) {
  const t = useStrings(strings)
  const workspace = useWorkspace()
  const [text, setText] = useState('')
  const { data } = useQuery({ ...filterChoicesQuery(workspace.id, text), placeholderData: keepPreviousData })
  return (
    <Select
      label={t.filters.group} searchable value={value} onChange={change} onSearchChange={setText}
      data={data?.group.map(({ id, name }) => ({ value: id, label: name })) ?? []}
    />
  )
}
