import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { removeRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { useWorkspaceRights } from '@/session/workspace-rights'
import { Confirm } from '@/ui/confirm'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import { Icon } from '@/ui/icon'
import { notifyDone } from '@/ui/notify'
import { Page } from '@/ui/page'
import { RowMenu } from '@/ui/row-menu'
import { SearchBox } from '@/ui/search-box'
import { Empty } from '@/ui/states'
import { GroupsDialog } from './groups-dialog'
import { ProgramDialog } from './program-dialog'
import { DeleteProgramDocument, programsKey, programsQuery, type ProgramRow } from './queries'
import { strings } from './strings'

const route = getRouteApi('/_app/programs')

type Asked = { act: 'rename' | 'assign' | 'delete'; program: ProgramRow }

/** The programs, and the groups that they are assigned to. */
export function ProgramsList() {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const { q } = route.useSearch()
  const navigate = route.useNavigate()
  const programs = useInfiniteQuery({ ...programsQuery(workspace, q), placeholderData: keepPreviousData })
  const mayManage = useWorkspaceRights().includes('PROGRAMS_MANAGE')
  const [isCreating, setCreating] = useState(false)
  const [asked, setAsked] = useState<Asked | null>(null)
  const stop = () => setAsked(null)
  const columns = useMemo<Column<ProgramRow>[]>(() => [
    {
      id: 'name', header: t.name, required: true,
      cell: ({ id, name, groups }) => (
        <span className="pers"><span>
          <Link to="/sessions" search={{ program: id }} title={t.sessions}>{name}</Link>
          <span className="meta phone">{groups.map((group) => group.name).join(', ')}</span>
        </span></span>
      ),
    },
    {
      id: 'groups', header: t.groups, wide: true, muted: true, width: '55%',
      cell: ({ groups }) => groups.map(({ name }) => name).join(', ') || t.noGroups,
    },
  ], [t])
  const menu = useCallback((program: ProgramRow) => (
    <RowMenu
      name={program.name}
      actions={[
        { key: 'rename', label: t.rename, icon: 'pencil', run: () => setAsked({ act: 'rename', program }) },
        { key: 'assign', label: t.assign, icon: 'sitemap', run: () => setAsked({ act: 'assign', program }) },
        { key: 'delete', label: t.delete, icon: 'trash', danger: true, run: () => setAsked({ act: 'delete', program }) },
      ]}
    />
  ), [t])
  const remove = async (program: ProgramRow) => {
    await request(DeleteProgramDocument, { input: { programId: program.id } })
    removeRows(client, programsKey(workspace), new Set([program.id]))
    notifyDone(t.deleted(program.name))
  }
  const isEmpty = !q && programs.data?.pages[0]?.edges.length === 0
  const create = (variant: 'default' | 'filled') => (
    <Button variant={variant} leftSection={<Icon name="plus" />} onClick={() => setCreating(true)}>{t.create}</Button>
  )
  return (
    <Page title={t.title}>
      <p><Link to="/sessions" className="meta back"><Icon name="arrow-left" />{t.back}</Link></p>
      <div className="filters">
        <SearchBox
          label={t.find} placeholder={t.find} value={q ?? ''}
          change={(text) => void navigate({ search: (previous) => ({ ...previous, q: text || undefined }), replace: true })}
        />
        <div className="end">{mayManage && !isEmpty && create('default')}</div>
      </div>
      <DataTable
        label={t.title} query={programs} columns={columns} nameOf={({ name }) => name} menu={mayManage ? menu : undefined}
        empty={q ? <Empty icon="search" title={t.noMatch} /> : (
          <Empty icon="folder" title={t.empty} text={t.emptyText}>{mayManage && create('filled')}</Empty>
        )}
      />
      {isCreating && <ProgramDialog program={null} close={() => setCreating(false)} />}
      {asked?.act === 'rename' && <ProgramDialog program={asked.program} close={stop} />}
      {asked?.act === 'assign' && <GroupsDialog program={asked.program} close={stop} />}
      {asked?.act === 'delete' && (
        <Confirm
          opened danger title={t.deleteTitle(asked.program.name)} action={t.delete}
          run={() => remove(asked.program)} close={stop}
        >
          <p>{t.deleteText(asked.program.groups.length)}</p>
        </Confirm>
      )}
    </Page>
  )
}
