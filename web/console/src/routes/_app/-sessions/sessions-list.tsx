import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { isAllowed } from '@/lib/permissions'
import { useWorkspace } from '@/session/workspace'
import { useWorkspaceRights } from '@/session/workspace-rights'
import { DataTable } from '@/ui/data-table/data-table'
import { Icon } from '@/ui/icon'
import { Page } from '@/ui/page'
import { FilterPill } from '@/ui/pills'
import { SearchBox } from '@/ui/search-box'
import { Empty } from '@/ui/states'
import { strings as common } from '@/ui/strings'
import { sessionColumns } from './columns'
import { filterOf, orderOf, phases, type SessionSearch, type SortKey } from './list-search'
import { programNameQuery, sessionsQuery } from './queries'
import { SessionDialog } from './session-dialog'
import { strings } from './strings'

const route = getRouteApi('/_app/sessions')

/** The sessions of all programs. Phase, search and program are in the address. */
export function SessionsList() {
  const t = useStrings(strings)
  const c = useStrings(common)
  const workspace = useWorkspace()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (next: Partial<SessionSearch>) =>
    void navigate({ search: (previous) => ({ ...previous, ...next }), replace: true })
  const order = orderOf(search)
  const sessions = useInfiniteQuery({
    ...sessionsQuery(workspace.id, filterOf(search), order), placeholderData: keepPreviousData,
  })
  const { data: programName } = useQuery(programNameQuery(search.program))
  const columns = useMemo(() => sessionColumns(t, workspace.timeZone), [t, workspace.timeZone])
  const [isCreating, setCreating] = useState(false)
  // The server also lets those create a session who may invite throughout the workspace.
  const mayCreate = isAllowed(useWorkspaceRights(), ['SESSIONS_MANAGE', 'MEMBERS_INVITE'])
  const isFiltered = Boolean(search.q ?? search.phase ?? search.program)
  const isEmpty = !isFiltered && sessions.data?.pages[0]?.edges.length === 0
  const create = (variant: 'default' | 'filled') => (
    <Button variant={variant} leftSection={<Icon name="plus" />} onClick={() => setCreating(true)}>{t.create}</Button>
  )
  return (
    <Page title={t.title}>
      <nav className="tabs" aria-label={t.views}>
        {[undefined, ...phases].map((phase) => (
          <Link
            key={phase ?? 'all'} activeOptions={{ explicitUndefined: true }} from="/sessions" to="/sessions" replace search={(previous) => ({ ...previous, phase })}
            aria-current={phase === search.phase ? 'page' : undefined}
          >
            {phase ? t.phases[phase] : t.allPhases}
          </Link>
        ))}
      </nav>
      <div className="filters">
        <SearchBox label={t.find} placeholder={t.find} value={search.q ?? ''} change={(q) => change({ q: q || undefined })} />
        {search.program && (
          <FilterPill label={t.program} value={programName ?? ''} remove={() => change({ program: undefined })} />
        )}
        <div className="end">
          <Link to="/programs">{t.programs}</Link>
          {mayCreate && !isEmpty && create('default')}
        </div>
      </div>
      <DataTable
        label={t.list} query={sessions} columns={columns} nameOf={({ name }) => name}
        sort={{ by: order.field, descending: order.direction === 'DESC' }}
        changeSort={({ by, descending }) => change({ sort: by as SortKey, descending: descending || undefined })}
        empty={isFiltered ? (
          <Empty icon="search" title={t.noMatch} text={t.noMatchText}>
            <Button renderRoot={(props) => <Link {...props} to="/sessions" search={{}} />}>{c.clearFilters}</Button>
          </Empty>
        ) : <Empty icon="calendar" title={t.empty} text={t.emptyText}>{mayCreate && create('filled')}</Empty>}
      />
      {isCreating && (
        <SessionDialog
          session={null} programId={search.program} close={() => setCreating(false)}
          done={(sessionId) => void navigate({ to: '/sessions/$sessionId', params: { sessionId } })}
        />
      )}
    </Page>
  )
}
