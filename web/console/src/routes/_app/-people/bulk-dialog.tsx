import { Select, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { grantableRoles } from '@/grant/grant-form'
import { rolesQuery } from '@/grant/queries'
import { useStrings } from '@/i18n/strings'
import { runForEach } from '@/lib/bulk'
import { saveText } from '@/lib/download'
import { ApiError } from '@/lib/faults'
import { patchRows, removeRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { concerned, type Act } from './bulk-acts'
import { bulkPeopleQuery, BulkUpdateDocument } from './bulk-queries'
import { roleChanges, rolesGiven, sameRoles } from './bulk-roles'
import { nameOf } from './columns'
import { filterChoicesQuery } from './filter-queries'
import { joinCards } from './print-cards'
import { IssueCardDocument } from './profile-queries'
import { AddToGroupDocument, DeactivateDocument, membersKey, ReactivateDocument, RemoveDocument, type MemberRow } from './queries'
import { strings } from './strings'

type One = (id: string) => Promise<unknown>

/** Says what an act does to how many people, does it one by one, and offers to undo it where that is honest. */
export function BulkDialog({ act, selection, clear, close }: {
  act: Act
  selection: ReadonlyMap<string, MemberRow>
  clear: () => void
  close: () => void
}) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const workspace = useWorkspace()
  const key = membersKey(workspace.id)
  const [groupId, setGroupId] = useState<string | null>(null)
  const [role, setRole] = useState<string | null>(null)
  const [day, setDay] = useState('')
  const [count, setCount] = useState(0)
  const chosen = concerned(act, [...selection.values()])
  const isOfRoles = act === 'give' || act === 'take'
  const details = useQuery({ ...bulkPeopleQuery(chosen.map(({ id }) => id)), enabled: isOfRoles || act === 'cards' })
  const people = details.data ?? []
  const changes = isOfRoles && role ? roleChanges(act, role, people) : []
  const proven = new Set(people.filter(({ user }) => user.emailProven).map(({ id }) => id))
  const ids = isOfRoles ? changes.map(({ id }) => id)
    : chosen.map(({ id }) => id).filter((id) => act !== 'cards' || !proven.has(id))
  const mixed = isOfRoles ? people.filter((person) => !sameRoles(person)).length : 0

  const update = async (input: { memberId: string; accessExpiresAt?: string | null; grant?: { roles: string[] } }) => {
    const { updateMember } = await request(BulkUpdateDocument, { input })
    if (updateMember) patchRows(client, key, new Map([[input.memberId, updateMember.member]]))
  }
  const turn = async (id: string, isOn: boolean) => {
    const input = { memberId: id }
    await (isOn ? request(ReactivateDocument, { input }) : request(DeactivateDocument, { input }))
    patchRows(client, key, new Map([[id, { status: isOn ? 'ACTIVE' : 'DEACTIVATED' }]]))
  }
  const cards: string[] = []
  const plans: Record<Exclude<Act, 'group'>, { one: One; undo?: One }> = {
    give: rolePlan(), take: rolePlan(),
    cards: {
      one: async (id) => {
        const { issueCard } = await request(IssueCardDocument, { input: { memberId: id } })
        if (issueCard) cards.push(issueCard.card.html)
      },
    },
    end: {
      one: (id) => update({ memberId: id, accessExpiresAt: day || null }),
      undo: (id) => update({ memberId: id, accessExpiresAt: selection.get(id)?.accessExpiresAt ?? null }),
    },
    deactivate: { one: (id) => turn(id, false), undo: (id) => turn(id, true) },
    reactivate: { one: (id) => turn(id, true), undo: (id) => turn(id, false) },
    remove: {
      one: async (id) => {
        await request(RemoveDocument, { input: { memberId: id } })
        removeRows(client, key, new Set([id]))
      },
    },
  }
  function rolePlan(): { one: One; undo: One } {
    const byId = new Map(changes.map((change) => [change.id, change]))
    return {
      one: (id) => update({ memberId: id, grant: { roles: byId.get(id)?.next ?? [] } }),
      undo: (id) => update({ memberId: id, grant: { roles: byId.get(id)?.previous ?? [] } }),
    }
  }

  const run = async () => {
    if (act === 'group') {
      if (!groupId) throw new ApiError('BAD_USER_INPUT', t.groupMissing)
      await request(AddToGroupDocument, { input: { groupId, memberIds: ids } })
      notifyDone(t.bulkDone(ids.length))
      return clear()
    }
    if (isOfRoles && !role) throw new ApiError('BAD_USER_INPUT', t.roleMissing)
    setCount(0)
    const { one, undo } = plans[act]
    const { done, failed } = await runForEach(ids, one, setCount)
    if (cards.length > 0) saveText(t.cardsFile, 'text/html', joinCards(cards))
    const back = undo && done.length > 0 ? {
      label: t.undo,
      run: () => void runForEach(done, undo, () => undefined).then((result) => {
        const [first] = result.failed
        if (first) notifyFailure(new ApiError('CONFLICT', `${t.bulkPart(result.done.length, result.failed.length)} ${first.reason}`))
        else notifyDone(t.bulkUndone(result.done.length))
      }),
    } : undefined
    if (done.length > 0) notifyDone(t.bulkDone(done.length), back)
    if (failed.length > 0) {
      const reasons = failed.map(({ id, reason }) => `${nameOf(selection.get(id) as MemberRow)}: ${reason}`)
      throw new ApiError('CONFLICT', `${t.bulkPart(done.length, failed.length)} ${reasons.slice(0, 5).join(' ')}`)
    }
    return clear()
  }
  const left = selection.size - ids.length
  return (
    <Confirm
      opened title={t.acts[act]} action={t.bulkAction(t.acts[act], ids.length)} danger={act === 'remove'} run={run} close={close}
    >
      <div className="stack">
        <p>{t.bulkEffects[act]}</p>
        {act === 'group' && <GroupChoice value={groupId} change={setGroupId} />}
        {isOfRoles && <RoleChoice act={act} held={rolesGiven(people)} value={role} change={setRole} />}
        {left > 0 && (!isOfRoles || role) && <p className="meta">{t.bulkLeft(left)}</p>}
        {mixed > 0 && <p className="meta">{t.rolesMixed(mixed)}</p>}
        {act === 'end' && (
          <TextInput type="date" label={t.endDay} value={day} onChange={(event) => setDay(event.currentTarget.value)} />
        )}
        {count > 0 && <p className="meta num" role="status">{t.bulkProgress(count, ids.length)}</p>}
      </div>
    </Confirm>
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

/** A role to give: any that the caller may give. A role to take: any that somebody holds and the caller may give. */
function RoleChoice({ act, held, value, change }: {
  act: 'give' | 'take'
  held: ReadonlyMap<string, string>
  value: string | null
  change: (key: string | null) => void
}) {
  const t = useStrings(strings)
  const { id, viewerPermissions } = useWorkspace()
  const { data } = useQuery(rolesQuery(id))
  const roles = grantableRoles(data?.roles ?? [], viewerPermissions).filter(({ key }) => act === 'give' || held.has(key))
  return (
    <Select
      label={t.filters.role} value={value} onChange={change} data={roles.map(({ key, name }) => ({ value: key, label: name }))}
    />
  )
}
