import { Link } from '@tanstack/react-router'
import type { Like } from '@/i18n/strings'
import { formatShortDay } from '@/i18n/format'
import type { Column } from '@/ui/data-table/columns'
import { displayName, Person } from '@/ui/person'
import { Status } from '@/ui/status'
import type { MemberRow } from './queries'
import type { strings } from './strings'

type Texts = Like<(typeof strings)['en']>

/** Days before the end of access from which a list warns of it. */
const warningDays = 14

export const nameOf = (member: MemberRow): string => displayName(member.user)

/** The columns of the list; the first one holds what a phone shows. */
export function peopleColumns(t: Texts): Column<MemberRow>[] {
  return [
    { id: 'name', header: t.name, sort: 'NAME', required: true, cell: (member) => <NameCell member={member} t={t} /> },
    {
      id: 'email', header: t.email, wide: true, muted: true, width: '19%',
      cell: ({ user }) => user.email ?? user.username ?? t.none,
    },
    { id: 'role', header: t.role, wide: true, width: '14%', cell: (member) => <More values={rolesOf(member)} none={t.none} /> },
    {
      id: 'groups', header: t.groups, wide: true, muted: true, width: '14%',
      cell: ({ groups }) => <More values={(groups ?? []).map(({ name }) => name)} none={t.none} />,
    },
    { id: 'unit', header: t.unit, wide: true, muted: true, width: '12%', cell: ({ orgUnit }) => orgUnit?.name ?? t.none },
    { id: 'labels', header: t.labels, wide: true, muted: true, width: '12%', cell: ({ labels }) => <More values={labels} none={t.none} /> },
    {
      id: 'joined', header: t.joined, wide: true, muted: true, width: '6.75rem', sort: 'JOINED_AT',
      cell: ({ joinedAt }) => formatShortDay(joinedAt),
    },
    { id: 'status', header: t.status, wide: true, width: '9rem', cell: (member) => <MemberState member={member} t={t} /> },
  ]
}

/** Names of the roles, each once, those that were given before those that are inherited. */
export function rolesOf({ roleAssignments }: MemberRow): string[] {
  const given = [...(roleAssignments ?? [])].sort((a, b) => Number(a.inherited) - Number(b.inherited))
  return [...new Set(given.map(({ role }) => role.name))]
}

function NameCell({ member, t }: { member: MemberRow; t: Texts }) {
  const { user } = member
  return (
    <Person
      name={nameOf(member)}
      below={(
        <>
          <span className="meta phone">{user.email ?? user.username}</span>
          {isNoteworthy(member) && <span className="phone"><MemberState member={member} t={t} /></span>}
        </>
      )}
    >
      <Link to="/people/$memberId" params={{ memberId: member.id }}>{nameOf(member)}</Link>
    </Person>
  )
}

const endsSoon = ({ accessExpiresAt }: MemberRow): boolean =>
  Boolean(accessExpiresAt) && Date.parse(accessExpiresAt ?? '') - Date.now() < warningDays * 86_400_000

/** Reports whether a phone, which says only what is not well, shows the status. */
const isNoteworthy = (member: MemberRow): boolean => member.status !== 'ACTIVE' || endsSoon(member)

export function MemberState({ member, t }: { member: MemberRow; t: Texts }) {
  if (member.status === 'DEACTIVATED') return <Status tone="off" icon="ban">{t.statuses.DEACTIVATED}</Status>
  if (endsSoon(member) && member.accessExpiresAt) {
    return <Status tone="wait" icon="alert-triangle">{t.ends(formatShortDay(member.accessExpiresAt))}</Status>
  }
  return <Status tone="good" icon="circle-check">{t.statuses.ACTIVE}</Status>
}

function More({ values, none }: { values: string[]; none: string }) {
  const [first, ...others] = values
  if (first === undefined) return none
  return (
    <span title={values.join(', ')}>
      {first} {others.length > 0 && <span className="tag">{`+${others.length}`}</span>}
    </span>
  )
}
