import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { formatNumber, formatShortDay } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import { Page } from '@/ui/page'
import { displayName } from '@/ui/person'
import { SearchBox } from '@/ui/search-box'
import { Empty } from '@/ui/states'
import { ImportState, useImportName } from './import-status'
import { importsQuery, type ImportRow } from './queries'
import { strings } from './strings'

const route = getRouteApi('/_app/imports')

/** All imports of the workspace, the newest first. */
export function ImportList() {
  const t = useStrings(strings)
  const { id } = useWorkspace()
  const { q } = route.useSearch()
  const navigate = route.useNavigate()
  const imports = useInfiniteQuery({ ...importsQuery(id, q), staleTime: 0, placeholderData: (previous) => previous })
  const nameOf = useImportName()
  const columns = useMemo<Column<ImportRow>[]>(() => [
    {
      id: 'file', header: t.file, required: true,
      cell: (row) => (
        <>
          <Link className="name" to="/imports/$importId" params={{ importId: row.id }}>{nameOf(row)}</Link>
          <span className="phone"><ImportState status={row.status} /></span>
        </>
      ),
    },
    { id: 'status', header: t.status, wide: true, width: '11rem', cell: ({ status }) => <ImportState status={status} /> },
    { id: 'people', header: t.people, wide: true, muted: true, width: '6rem', cell: ({ totalRows }) => formatNumber(totalRows) },
    { id: 'rejected', header: t.rejected, wide: true, muted: true, width: '6rem', cell: ({ counts }) => formatNumber(counts.error) },
    { id: 'by', header: t.startedBy, wide: true, muted: true, width: '16%', cell: ({ startedBy }) => startedBy ? displayName(startedBy.user) : t.none },
    { id: 'created', header: t.created, wide: true, muted: true, width: '7.5rem', cell: ({ createdAt }) => formatShortDay(createdAt) },
  ], [t, nameOf])
  return (
    <Page title={t.title}>
      <div className="filters">
        <SearchBox
          label={t.search} placeholder={t.searchHint} value={q ?? ''}
          change={(text) => void navigate({ search: (previous) => ({ ...previous, q: text || undefined }), replace: true })}
        />
      </div>
      <DataTable
        label={t.list} query={imports} columns={columns} nameOf={nameOf}
        empty={q ? <Empty icon="search" title={t.noMatch} /> : (
          <Empty icon="file-import" title={t.nothing} text={t.nothingText}>
            <Button renderRoot={(props) => <Link {...props} to="." search={(previous) => ({ ...previous, dialog: 'import' })} />}>
              {t.add}
            </Button>
          </Empty>
        )}
      />
    </Page>
  )
}
