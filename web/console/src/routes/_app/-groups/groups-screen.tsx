import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Outlet, useParams } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { useWorkspaceRights } from '@/session/workspace-rights'
import { Icon } from '@/ui/icon'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { Split } from '../-places/split'
import { TreePane } from '../-places/tree-pane'
import { useFocusOnDetails } from '../-places/use-focus-on-details'
import { GroupDialog } from './group-dialog'
import { foundGroupsQuery, groupsQuery, groupTree } from './queries'
import { strings } from './strings'

const route = getRouteApi('/_app/groups')

/** The tree of the groups, and the details of the chosen one beside it. */
export function GroupsScreen() {
  const t = useStrings(strings)
  const workspace = useWorkspace()
  const { find } = route.useSearch()
  const navigate = route.useNavigate()
  const { groupId } = useParams({ strict: false })
  const { data: list, error, refetch } = useQuery(groupsQuery(workspace.id))
  const source = useMemo(() => groupTree(workspace.id), [workspace.id])
  const [isCreating, setCreating] = useState(false)
  const rights = useWorkspaceRights()
  const mayCreate = rights.includes('GROUPS_MANAGE')
    || Boolean(list?.rows.some(({ viewerCan }) => viewerCan.includes('GROUPS_MANAGE')))
  const title = list?.rows.find(({ id }) => id === groupId)?.name ?? t.title
  useFocusOnDetails(groupId)

  const create = (variant: 'default' | 'filled') => (
    <Button variant={variant} leftSection={<Icon name="plus" />} onClick={() => setCreating(true)}>{t.create}</Button>
  )
  return (
    <Page title={title}>
      <Split
        label={t.tree} hasDetails={Boolean(groupId)}
        aside={(
          <>
            {mayCreate && list && list.rows.length > 0 && create('default')}
            <TreePane
              label={t.tree} findLabel={t.find} source={source} list={list} error={error} retry={() => void refetch()}
              find={find} changeFind={(text) => void navigate({ search: (previous) => ({ ...previous, find: text }), replace: true })}
              foundQuery={foundGroupsQuery(workspace.id, find ?? '')}
              selected={groupId}
              select={(id) => void navigate({ to: '/groups/$groupId', params: { groupId: id }, search: ({ find: kept }) => ({ find: kept }) })}
              iconOf={({ visibility }, hasChildren) => visibility === 'PRIVATE' ? 'lock' : hasChildren ? 'folder' : 'users'}
              wordOf={({ visibility }) => t.visibilities[visibility]}
              countOf={({ memberCount }) => formatNumber(memberCount)}
              empty={(
                <Empty icon="sitemap" title={mayCreate ? t.none : t.noneYours} text={mayCreate ? t.noneText : undefined}>
                  {mayCreate && create('filled')}
                </Empty>
              )}
            />
          </>
        )}
      >
        {groupId ? <Outlet /> : <Empty icon="sitemap" title={t.choose} text={t.chooseText} />}
      </Split>
      {isCreating && (
        <GroupDialog
          mode="create" groups={list?.rows ?? []} parentId={null} close={() => setCreating(false)}
          done={(id) => void navigate({ to: '/groups/$groupId', params: { groupId: id } })}
        />
      )}
    </Page>
  )
}
