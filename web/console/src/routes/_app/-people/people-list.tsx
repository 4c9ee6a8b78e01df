import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { watch } from '@/lib/live'
import { patchRows, removeRows } from '@/lib/pages'
import { isAllowed } from '@/lib/permissions'
import { useWorkspace } from '@/session/workspace'
import { ColumnPicker, useHiddenColumns } from '@/ui/data-table/column-picker'
import { DataTable } from '@/ui/data-table/data-table'
import { Page } from '@/ui/page'
import { SearchBox } from '@/ui/search-box'
import { Empty } from '@/ui/states'
import { strings as common } from '@/ui/strings'
import { nameOf, peopleColumns } from './columns'
import { ExportMenu } from './export-menu'
import { Filters } from './filters'
import { filterOf, orderOf, type ListSearch, type SortKey } from './list-search'
import { MemberMenu } from './member-menu'
import { memberCountQuery, MembersChangedDocument, membersKey, membersQuery, type MemberRow } from './queries'
import { strings } from './strings'

// Loaded with the first selection: its fields weigh more than the list.
const BulkBar = lazy(() => import('./bulk-bar').then((module) => ({ default: module.BulkBar })))

const route = getRouteApi('/_app/people')

/** The list of people: search, status, order and columns, all but the columns in the address. */
export function PeopleList() {
  const t = useStrings(strings)
  const c = useStrings(common)
  const workspace = useWorkspace()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (next: Partial<ListSearch>) =>
    void navigate({ search: (previous) => ({ ...previous, ...next }), replace: true })

  const filter = filterOf(search)
  const members = useInfiniteQuery({
    ...membersQuery(workspace.id, filter, orderOf(search)), placeholderData: (previous) => previous,
  })
  const count = useQuery({
    ...memberCountQuery(workspace.id, filter), placeholderData: (previous) => previous,
  })
  useLiveMembers(workspace.id)

  const columns = useMemo(() => peopleColumns(t), [t])
  const { hidden, show } = useHiddenColumns('people', ['unit', 'labels'])
  const menu = useCallback((member: MemberRow) => <MemberMenu member={member} />, [])
  const [selection, setSelection] = useState<ReadonlyMap<string, MemberRow>>(new Map())
  const mayChange = isAllowed(workspace.viewerPermissions, ['MEMBERS_INVITE', 'MEMBERS_CREATE', 'MEMBERS_UPDATE', 'MEMBERS_DEACTIVATE'])
  const isFiltered = Object.keys(filter).length > 0

  return (
    <Page title={t.title} actions={<ExportMenu />}>
      <div className="filters">
        <SearchBox label={t.search} placeholder={t.searchHint} value={search.q ?? ''} change={(q) => change({ q: q || undefined })} />
        <Filters search={search} change={change} />
        <div className="end">
          <span className="meta num" role="status">{count.data === undefined ? '' : t.count(count.data)}</span>
          <ColumnPicker columns={columns} hidden={hidden} show={show} />
        </div>
      </div>
      {selection.size > 0 && (
        <Suspense><BulkBar selection={selection} filter={filter} count={count.data} clear={() => setSelection(new Map())} /></Suspense>
      )}
      <DataTable
        label={t.list}
        query={members}
        columns={columns}
        nameOf={nameOf}
        hidden={hidden}
        sort={{ by: search.sort ?? 'NAME', descending: Boolean(search.descending) }}
        changeSort={({ by, descending }) => change({ sort: by as SortKey, descending: descending || undefined })}
        menu={menu}
        selection={mayChange ? selection : undefined}
        changeSelection={setSelection}
        empty={isFiltered ? (
          <Empty icon="search" title={t.noMatch(search.q ?? '')} text={t.noMatchText}>
            <Button onClick={() => change({ q: undefined, status: undefined, role: undefined, group: undefined, unit: undefined })}>{c.clearFilters}</Button>
          </Empty>
        ) : <Empty icon="users" title={t.nobody} text={t.nobodyText} />}
      />
    </Page>
  )
}

/** Patches the rows that others change meanwhile. New people show when the list is opened again. */
function useLiveMembers(workspace: string): void {
  const client = useQueryClient()
  useEffect(() => watch(MembersChangedDocument, { workspace }, ({ membersChanged: { changes } }) => {
    const changed = changes.flatMap(({ member }) => (member ? [[member.id, member] as const] : []))
    patchRows(client, membersKey(workspace), new Map(changed))
    const gone = changes.filter(({ kind }) => kind === 'REMOVED').map(({ id }) => id)
    if (gone.length > 0) removeRows(client, membersKey(workspace), new Set(gone))
  }), [client, workspace])
}
