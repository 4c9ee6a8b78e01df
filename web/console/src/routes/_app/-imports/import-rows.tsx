import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { memo, useMemo } from 'react'
import { formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import type { ImportRowOutcome } from '@/gql/graphql'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import type { IconName } from '@/ui/icon'
import { Empty } from '@/ui/states'
import { Status, type Tone } from '@/ui/status'
import { countOf, outcomes } from './figures'
import { importRowsQuery, type ImportDetail, type Line } from './queries'
import { strings } from './strings'

const route = getRouteApi('/_app/imports_/$importId')

const looks: Record<ImportRowOutcome, [Tone, IconName]> = {
  INVITE: ['good', 'send'], CREATE: ['good', 'user-plus'], UPDATE: ['info', 'pencil'], UNCHANGED: ['off', 'circle-check'],
  DEACTIVATE: ['off', 'ban'], REACTIVATE: ['good', 'circle-check'], ERROR: ['bad', 'alert-circle'],
}

const nameOf = ({ name, email, username, number }: Line): string => name?.trim() || email || username || String(number)

/** The rows of the file with what each does or did; their outcome is in the address. */
export function ImportRows({ data }: { data: ImportDetail }) {
  const t = useStrings(strings)
  const { rows: outcome } = route.useSearch()
  const shown = outcomes.filter((key) => key === outcome || countOf(key, data.counts) > 0)
  return (
    <section className="section" aria-labelledby="rows">
      <h2 id="rows">{t.rows}</h2>
      <nav className="tabs" aria-label={t.rows}>
        {[undefined, ...shown].map((key) => (
          <Link
            key={key ?? ''} activeOptions={{ explicitUndefined: true }} to="." search={(previous) => ({ ...previous, rows: key })} replace resetScroll={false}
            aria-current={key === outcome ? 'page' : undefined}
          >
            {key ? t.outcomes[key] : t.allRows}{' '}
            <span className="num meta">{formatNumber(key ? countOf(key, data.counts) : data.totalRows)}</span>
          </Link>
        ))}
      </nav>
      <Lines id={data.id} outcome={outcome} />
    </section>
  )
}

/** The list of rows. It is not drawn again with the figures, which change each second while an import runs. */
const Lines = memo(function Lines({ id, outcome }: { id: string; outcome?: ImportRowOutcome }) {
  const t = useStrings(strings)
  const lines = useInfiniteQuery({ ...importRowsQuery(id, outcome), placeholderData: (previous) => previous })
  const columns = useMemo<Column<Line>[]>(() => [
    { id: 'number', header: t.rowNumber, required: true, width: '4.5rem', cell: ({ number }) => <span className="num">{formatNumber(number)}</span> },
    {
      id: 'person', header: t.person, required: true,
      cell: (line) => (
        <>
          {line.member ? <Link to="/people/$memberId" params={{ memberId: line.member.id }}>{nameOf(line)}</Link> : nameOf(line)}{' '}
          {line.email && nameOf(line) !== line.email && <span className="meta">{line.email}</span>}
          <span className="phone"><Outcome line={line} /></span>
        </>
      ),
    },
    { id: 'outcome', header: t.outcome, wide: true, width: '10rem', cell: (line) => <Outcome line={line} /> },
    {
      id: 'remarks', header: t.remarks, wide: true, muted: true, width: '38%',
      cell: ({ errors }) => <span title={remarksOf(errors)}>{remarksOf(errors)}</span>,
    },
  ], [t])
  return (
    <DataTable
      label={t.rows} query={lines} columns={columns} nameOf={nameOf}
      empty={<Empty icon="search" title={t.noRows} />}
    />
  )
})

const remarksOf = (errors: { message: string }[]): string => errors.map(({ message }) => message).join(' ')

function Outcome({ line: { outcome } }: { line: Line }) {
  const t = useStrings(strings)
  const [tone, icon] = looks[outcome]
  return <Status tone={tone} icon={icon}>{t.outcomes[outcome]}</Status>
}
