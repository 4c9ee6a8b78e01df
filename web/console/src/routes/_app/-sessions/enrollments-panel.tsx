import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useCallback, useMemo, type ReactNode } from 'react'
import type { EnrollmentStatus } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { patchRows } from '@/lib/pages'
import { request } from '@/lib/request'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import type { IconName } from '@/ui/icon'
import { notifyFailure } from '@/ui/notify'
import { displayName, Person } from '@/ui/person'
import { RowMenu } from '@/ui/row-menu'
import { Empty } from '@/ui/states'
import { Status, type Tone } from '@/ui/status'
import { enrollmentsKey, enrollmentsQuery, sessionQuery, SetEnrollmentDocument, type EnrollmentRow, type SessionRow } from './queries'
import { strings } from './strings'

const looks: Record<EnrollmentStatus, { tone: Tone; icon: IconName }> = {
  ENROLLED: { tone: 'info', icon: 'user' },
  WITHDRAWN: { tone: 'off', icon: 'ban' },
  COMPLETED: { tone: 'good', icon: 'circle-check' },
}
const acts: { status: EnrollmentStatus; icon: IconName }[] = [
  { status: 'ENROLLED', icon: 'user-plus' }, { status: 'COMPLETED', icon: 'circle-check' }, { status: 'WITHDRAWN', icon: 'logout' },
]

const nameOf = ({ member }: EnrollmentRow): string => displayName(member.user)

/** Who is registered for a session, with state and progress. */
export function EnrollmentsPanel({ session, empty }: { session: SessionRow; empty: ReactNode }) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const query = useInfiniteQuery(enrollmentsQuery(session.id))
  const columns = useMemo<Column<EnrollmentRow>[]>(() => [
    {
      id: 'name', header: t.enrolled, required: true,
      cell: (row) => (
        <Person name={nameOf(row)} below={<span className="meta phone">{`${t.states[row.status]} · ${t.percent(row.progress)}`}</span>}>
          <Link to="/people/$memberId" params={{ memberId: row.member.id }}>{nameOf(row)}</Link>
        </Person>
      ),
    },
    { id: 'state', header: t.state, wide: true, width: '10rem', cell: ({ status }) => <Status {...looks[status]}>{t.states[status]}</Status> },
    {
      id: 'progress', header: t.progress, wide: true, width: '8rem',
      cell: ({ progress }) => <span className="num">{t.percent(progress)}</span>,
    },
  ], [t])
  const mayAtSession = session.viewerCan.includes('ENROLLMENTS_MANAGE')
  const menu = useCallback((row: EnrollmentRow) => {
    if (!mayAtSession && !row.member.viewerCan.includes('ENROLLMENTS_MANAGE')) return null
    const set = async (status: EnrollmentStatus) => {
      try {
        const { setEnrollment } = await request(SetEnrollmentDocument, { input: { sessionId: session.id, memberId: row.member.id, status } })
        if (setEnrollment) patchRows(client, enrollmentsKey(session.id), new Map([[row.id, setEnrollment.enrollment]]))
        void client.invalidateQueries({ queryKey: sessionQuery(session.id).queryKey })
      } catch (problem) {
        notifyFailure(problem)
      }
    }
    return (
      <RowMenu
        name={nameOf(row)}
        actions={acts.filter(({ status }) => status !== row.status).map(({ status, icon }) => ({
          key: status, label: t.acts[status], icon, danger: status === 'WITHDRAWN', run: () => void set(status),
        }))}
      />
    )
  }, [client, mayAtSession, session.id, t])
  return (
    <DataTable
      label={t.enrolled} query={query} columns={columns} nameOf={nameOf} menu={menu}
      empty={<Empty icon="users" title={t.nobody} text={session.phase === 'OVER' ? t.over : t.nobodyText}>{empty}</Empty>}
    />
  )
}
