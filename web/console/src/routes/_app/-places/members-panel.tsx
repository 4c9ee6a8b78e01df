import { ActionIcon, Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useCallback, useMemo, useState, type ReactNode } from 'react'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import { Icon } from '@/ui/icon'
import { displayName, Person } from '@/ui/person'
import { RowMenu } from '@/ui/row-menu'
import { SearchBox } from '@/ui/search-box'
import { Empty } from '@/ui/states'
import { Status } from '@/ui/status'
import { strings as common } from '@/ui/strings'
import { placeMembersQuery, type Place, type PlaceMember } from './people-queries'
import { strings } from './strings'

const nameOf = (member: PlaceMember): string => displayName(member.user)

/** The roles of a member at one place; those that were given there before those that are inherited. */
export function rolesAt(member: PlaceMember, placeId: string): { name: string; inherited: boolean }[] {
  return (member.roleAssignments ?? [])
    .filter(({ group, orgUnit, session }) => [group, orgUnit, session].some((place) => place?.id === placeId))
    .sort((a, b) => Number(a.inherited) - Number(b.inherited))
    .map(({ role, inherited }) => ({ name: role.name, inherited }))
}

/** What can be done with people of the place. */
export type MembersAct = { label: string; mayDo: (member: PlaceMember) => boolean; run: (members: PlaceMember[]) => void }

/** The people of a place, with a search and one act on those who are selected. */
export function MembersPanel({ place, q, changeSearch, act, empty }: {
  place: Place
  q?: string
  changeSearch: (q: string | undefined) => void
  act?: MembersAct
  /** What is shown instead of a list without people. */
  empty?: ReactNode
}) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const { id: workspace } = useWorkspace()
  const { id: placeId } = place
  const members = useInfiniteQuery({ ...placeMembersQuery(workspace, place, q), placeholderData: keepPreviousData })
  const [selection, setSelection] = useState<ReadonlyMap<string, PlaceMember>>(new Map())
  const columns = useMemo<Column<PlaceMember>[]>(() => [
    {
      id: 'name', header: t.name, required: true,
      cell: (member) => (
        <Person
          name={nameOf(member)}
          below={<span className="meta phone">{member.user.email ?? member.user.username}</span>}
        >
          <Link to="/people/$memberId" params={{ memberId: member.id }}>{nameOf(member)}</Link>
          {member.status === 'DEACTIVATED' && <> <Status tone="off" icon="ban">{t.statuses.DEACTIVATED}</Status></>}
        </Person>
      ),
    },
    {
      id: 'email', header: t.email, wide: true, muted: true, width: '32%',
      cell: ({ user }) => user.email ?? user.username ?? t.none,
    },
    {
      id: 'roles', header: t.roles, wide: true, width: '24%',
      cell: (member) => <RolesHere roles={rolesAt(member, placeId)} />,
    },
  ], [t, placeId])
  const menu = useCallback((member: PlaceMember) => act?.mayDo(member) && (
    <RowMenu
      name={nameOf(member)}
      actions={[{ key: 'act', label: act.label, icon: 'x', danger: true, run: () => act.run([member]) }]}
    />
  ), [act])
  const chosen = [...selection.values()].filter((member) => act?.mayDo(member))
  const clear = () => setSelection(new Map())
  return (
    <>
      <div className="filters">
        <SearchBox label={t.search} placeholder={t.searchHint} value={q ?? ''} change={(text) => changeSearch(text || undefined)} />
      </div>
      {act && selection.size > 0 && (
        <div className="bulk" role="region" aria-label={t.selectedPeople}>
          <strong className="num" role="status">{t.selected(selection.size)}</strong>
          {chosen.length > 0 && (
            <Button
              variant="subtle"
              onClick={() => {
                act.run(chosen)
                clear()
              }}
            >
              {act.label}
            </Button>
          )}
          <ActionIcon aria-label={c.clearSelection} onClick={clear}><Icon name="x" /></ActionIcon>
        </div>
      )}
      <DataTable
        label={t.people} query={members} columns={columns} nameOf={nameOf}
        menu={act ? menu : undefined} selection={act ? selection : undefined} changeSelection={setSelection}
        empty={q ? <Empty icon="search" title={t.noMatch(q)} /> : empty ?? <Empty icon="users" title={t.nobody} text={t.nobodyText} />}
      />
    </>
  )
}

function RolesHere({ roles }: { roles: { name: string; inherited: boolean }[] }) {
  const t = useStrings(strings)
  if (roles.length === 0) return t.none
  return roles.map(({ name, inherited }, i) => (
    <span key={`${name}${inherited}`} title={inherited ? t.inherited : undefined}>
      {i > 0 && ', '}{name}{inherited && <span className="vh">{` (${t.inherited})`}</span>}
      {inherited && <Icon name="arrow-up" size={14} />}
    </span>
  ))
}
