import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { useWorkspaceRights } from '@/session/workspace-rights'
import { Icon } from '@/ui/icon'
import { RowMenu, type RowAction } from '@/ui/row-menu'
import { Failure, Loading } from '@/ui/states'
import { placeOf } from '@/ui/tree/tree-model'
import { AddHere } from '../-places/add-button'
import { MembersPanel } from '../-places/members-panel'
import { PendingPanel } from '../-places/pending-panel'
import { pendingCountQuery, type PlaceMember } from '../-places/people-queries'
import { PlaceTabs } from '../-places/place-tabs'
import { DeleteDialog } from './delete-dialog'
import { unitInUseQuery, unitQuery, unitsQuery, type UnitRow } from './queries'
import { RemoveDialog } from './remove-dialog'
import { strings } from './strings'
import { UnitDialog } from './unit-dialog'

const route = getRouteApi('/_app/units/$unitId')

/** One unit: its people and its pending people. */
export function UnitPage() {
  const t = useStrings(strings)
  const workspace = useWorkspace()
  const { unitId } = route.useParams()
  const { tab = 'people', q } = route.useSearch()
  const navigate = route.useNavigate()
  const { data: unit, error, refetch } = useQuery(unitQuery(unitId))
  const [removed, setRemoved] = useState<PlaceMember[] | null>(null)
  const { data: list } = useQuery(unitsQuery(workspace.id))
  const { data: use } = useQuery(unitInUseQuery(workspace.id, unitId))
  const { data: pending } = useQuery(pendingCountQuery(workspace.id, { orgUnitId: unitId }))
  if (error && !unit) return <Failure error={error} retry={() => void refetch()} />
  if (!unit) return <Loading />

  const units = list?.rows ?? []
  const where = placeOf(new Map(units.map((row) => [row.id, row])), unitId)
  return (
    <>
      <Link to="/units" className="meta back phone"><Icon name="arrow-left" />{t.all}</Link>
      <div className="lead">
        <p className="meta">{where}</p>
        <AddHere placeId={unitId} held={unit.viewerCan} />
        <UnitActions unit={unit} units={units} />
      </div>
      <PlaceTabs tabs={['people', 'pending']} current={tab === 'access' ? 'people' : tab} counts={{ people: use?.people, pending }} />
      {tab === 'pending' ? <PendingPanel key={unitId} filter={{ orgUnitId: unitId }} /> : (
        <MembersPanel
          key={unitId} place={{ kind: 'unit', id: unitId }} q={q}
          changeSearch={(text) => void navigate({ search: (previous) => ({ ...previous, q: text }), replace: true })}
          act={unit.viewerCan.includes('MEMBERS_UPDATE') ? {
            label: t.remove, run: setRemoved, mayDo: ({ viewerCan }) => viewerCan.includes('MEMBERS_UPDATE'),
          } : undefined}
        />
      )}
      {removed && <RemoveDialog unitId={unitId} members={removed} close={() => setRemoved(null)} />}
    </>
  )
}

/** The menu of a unit, and the dialogs that it opens. */
function UnitActions({ unit, units }: { unit: UnitRow; units: UnitRow[] }) {
  const t = useStrings(strings)
  const navigate = route.useNavigate()
  const mayTop = useWorkspaceRights().includes('ORG_UNITS_MANAGE')
  const [asked, setAsked] = useState<'create' | 'rename' | 'move' | 'delete' | null>(null)
  const stop = () => setAsked(null)
  if (!unit.viewerCan.includes('ORG_UNITS_MANAGE')) return null
  const actions: RowAction[] = [
    { key: 'create', label: t.createBelow, icon: 'plus', run: () => setAsked('create') },
    { key: 'rename', label: t.rename, icon: 'pencil', run: () => setAsked('rename') },
    { key: 'move', label: t.move, icon: 'sitemap', run: () => setAsked('move') },
    { key: 'delete', label: t.delete, icon: 'trash', danger: true, run: () => setAsked('delete') },
  ]
  return (
    <>
      <RowMenu name={unit.name} actions={actions} />
      {asked === 'create' && (
        <UnitDialog
          mode="create" units={units} mayTop={mayTop} parentId={unit.id} close={stop}
          done={(unitId) => void navigate({ to: '/units/$unitId', params: { unitId } })}
        />
      )}
      {(asked === 'rename' || asked === 'move') && (
        <UnitDialog mode={asked} units={units} mayTop={mayTop} unit={unit} close={stop} />
      )}
      {asked === 'delete' && (
        <DeleteDialog unit={unit} units={units} close={stop} done={() => void navigate({ to: '/units' })} />
      )}
    </>
  )
}
