import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import type { InvitationFilter } from '@/gql/graphql'
import { formatDistance, formatShortDay } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import { displayName } from '@/ui/person'
import { Empty } from '@/ui/states'
import { Status } from '@/ui/status'
import { pendingQuery, type PendingRow } from './people-queries'
import { strings } from './strings'

/** Who is invited to a place and has not answered. A row leads to its invitation. */
export function PendingPanel({ filter, more }: {
  filter: InvitationFilter
  /** A link to the same people in the list of invitations. */
  more?: ReactNode
}) {
  const t = useStrings(strings)
  const { id: workspace } = useWorkspace()
  const query = useInfiniteQuery(pendingQuery(workspace, filter))
  const columns = useMemo<Column<PendingRow>[]>(() => [
    {
      id: 'name', header: t.name, required: true,
      cell: (row) => (
        <span className="pers"><span>
          <Link to="/invitations" search={{ tab: 'pending', show: row.id }}>{displayName(row)}</Link>
          <span className="meta phone">{row.email}</span>
        </span></span>
      ),
    },
    { id: 'email', header: t.email, wide: true, muted: true, width: '28%', cell: ({ email }) => email },
    {
      id: 'status', header: t.status, wide: true, width: '9rem',
      cell: ({ deliveryStatus }) => {
        const isBad = deliveryStatus === 'FAILED' || deliveryStatus === 'BOUNCED'
        return <Status tone={isBad ? 'bad' : 'wait'} icon={isBad ? 'alert-triangle' : 'clock'}>{t.delivery[deliveryStatus]}</Status>
      },
    },
    {
      id: 'sent', header: t.sent, wide: true, muted: true, width: '8rem',
      cell: ({ lastSentAt }) => lastSentAt ? formatDistance(lastSentAt) : t.never,
    },
    {
      id: 'expires', header: t.expires, wide: true, muted: true, width: '7.5rem',
      cell: ({ expiresAt }) => expiresAt ? formatShortDay(expiresAt) : t.never,
    },
  ], [t])
  return (
    <>
      {more && <div className="filters"><div className="end">{more}</div></div>}
      <DataTable
        label={t.pending} query={query} columns={columns} nameOf={displayName}
        empty={<Empty icon="send" title={t.noPending} text={t.noPendingText} />}
      />
    </>
  )
}
