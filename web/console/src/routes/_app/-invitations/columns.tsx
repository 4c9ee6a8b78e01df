import { formatShortDay } from '@/i18n/format'
import type { Like } from '@/i18n/strings'
import type { Column } from '@/ui/data-table/columns'
import { displayName } from '@/ui/person'
import type { InvitationRow } from './queries'
import { InvitationState } from './status-cell'
import type { strings } from './strings'

type Texts = Like<(typeof strings)['en']>

export const nameOf = (row: InvitationRow): string => displayName(row)

/** The columns of the list; the first one holds what a phone shows. */
export function invitationColumns(t: Texts): Column<InvitationRow>[] {
  return [
    { id: 'person', header: t.person, sort: 'EMAIL', required: true, cell: (row) => <PersonCell row={row} t={t} /> },
    { id: 'status', header: t.status, wide: true, required: true, width: '20%', cell: (row) => <InvitationState row={row} t={t} /> },
    { id: 'places', header: t.places, wide: true, muted: true, width: '15%', cell: (row) => <Places row={row} none={t.none} /> },
    { id: 'roles', header: t.roles, wide: true, muted: true, width: '12%', cell: ({ roles }) => (roles ?? []).map(({ name }) => name).join(', ') || t.none },
    { id: 'by', header: t.invitedBy, wide: true, muted: true, width: '11%', cell: ({ invitedBy }) => invitedBy ? displayName(invitedBy.user) : t.none },
    {
      id: 'sent', header: t.sent, wide: true, muted: true, width: '6.75rem', sort: 'LAST_SENT_AT',
      cell: ({ lastSentAt }) => lastSentAt ? formatShortDay(lastSentAt) : t.none,
    },
    {
      id: 'expires', header: t.openUntil, wide: true, muted: true, width: '6.75rem', sort: 'EXPIRES_AT',
      cell: ({ expiresAt }) => expiresAt ? formatShortDay(expiresAt) : t.never,
    },
    { id: 'created', header: t.invitedOn, wide: true, muted: true, width: '6.75rem', sort: 'CREATED_AT', cell: ({ createdAt }) => formatShortDay(createdAt) },
  ]
}

function PersonCell({ row, t }: { row: InvitationRow; t: Texts }) {
  const name = nameOf(row)
  return (
    <>
      <strong>{name}</strong>{' '}
      {name !== row.email && <span className="meta">{row.email}</span>}
      <span className="phone"><InvitationState row={row} t={t} /></span>
    </>
  )
}

function Places({ row, none }: { row: InvitationRow; none: string }) {
  const names = [...(row.groups ?? []), ...(row.sessions ?? [])].map(({ name }) => name)
  const [first, ...others] = names
  if (first === undefined) return none
  return (
    <span title={names.join(', ')}>
      {first} {others.length > 0 && <span className="tag">{`+${others.length}`}</span>}
    </span>
  )
}
