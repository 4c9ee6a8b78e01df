import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Outlet, useParams } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { useWorkspaceRights } from '@/session/workspace-rights'
import { Icon } from '@/ui/icon'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { Split } from '../-places/split'
import { TreePane } from '../-places/tree-pane'
import { useFocusOnDetails } from '../-places/use-focus-on-details'
import { foundUnitsQuery, unitsQuery, unitTree } from './queries'
import { strings } from './strings'
import { UnitDialog } from './unit-dialog'

const route = getRouteApi('/_app/units')

/** The tree of the units, and the details of the chosen one beside it. */
export function UnitsScreen() {
  const t = useStrings(strings)
  const workspace = useWorkspace()
  const { find } = route.useSearch()
  const navigate = route.useNavigate()
  const { unitId } = useParams({ strict: false })
  const { data: list, error, refetch } = useQuery(unitsQuery(workspace.id))
  const source = useMemo(() => unitTree(workspace.id), [workspace.id])
  const [isCreating, setCreating] = useState(false)
  const mayTop = useWorkspaceRights().includes('ORG_UNITS_MANAGE')
  const mayCreate = mayTop || Boolean(list?.rows.some(({ viewerCan }) => viewerCan.includes('ORG_UNITS_MANAGE')))
  useFocusOnDetails(unitId)

  const create = (variant: 'default' | 'filled') => (
    <Button variant={variant} leftSection={<Icon name="plus" />} onClick={() => setCreating(true)}>{t.create}</Button>
  )
  return (
    <Page title={list?.rows.find(({ id }) => id === unitId)?.name ?? t.title}>
      <Split
        label={t.title} hasDetails={Boolean(unitId)}
        aside={(
          <>
            {mayCreate && list && list.rows.length > 0 && create('default')}
            <TreePane
              label={t.title} findLabel={t.find} source={source} list={list} error={error} retry={() => void refetch()}
              find={find} changeFind={(text) => void navigate({ search: (previous) => ({ ...previous, find: text }), replace: true })}
              foundQuery={foundUnitsQuery(workspace.id, find ?? '')}
              selected={unitId}
              select={(id) => void navigate({ to: '/units/$unitId', params: { unitId: id }, search: ({ find: kept }) => ({ find: kept }) })}
              iconOf={(_, hasChildren) => hasChildren ? 'folder' : 'map-pin'}
              empty={(
                <Empty icon="map-pin" title={mayCreate ? t.none : t.noneYours} text={mayCreate ? t.noneText : undefined}>
                  {mayCreate && create('filled')}
                </Empty>
              )}
            />
          </>
        )}
      >
        {unitId ? <Outlet /> : <Empty icon="map-pin" title={t.choose} text={t.chooseText} />}
      </Split>
      {isCreating && (
        <UnitDialog
          mode="create" units={list?.rows ?? []} mayTop={mayTop} parentId={null} close={() => setCreating(false)}
          done={(id) => void navigate({ to: '/units/$unitId', params: { unitId: id } })}
        />
      )}
    </Page>
  )
}
