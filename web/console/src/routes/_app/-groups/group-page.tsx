import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { useWorkspaceRights } from '@/session/workspace-rights'
import { Confirm } from '@/ui/confirm'
import { Icon } from '@/ui/icon'
import { notifyDone } from '@/ui/notify'
import { RowMenu, type RowAction } from '@/ui/row-menu'
import { Failure, Loading } from '@/ui/states'
import { AddHere } from '../-places/add-button'
import { CardsDialog } from '../-places/cards-dialog'
import { MembersPanel, rolesAt } from '../-places/members-panel'
import { PendingPanel } from '../-places/pending-panel'
import { pendingCountQuery, placeMembersKey, type PlaceMember } from '../-places/people-queries'
import { PlaceTabs } from '../-places/place-tabs'
import { strings as places } from '../-places/strings'
import { AccessPanel } from './access-panel'
import { DeleteDialog } from './delete-dialog'
import { GroupDialog } from './group-dialog'
import { inheritingGroups } from './inheritance'
import { groupQuery, groupsQuery, refreshGroups, RemoveFromGroupDocument, type GroupRow } from './queries'
import { strings } from './strings'

const route = getRouteApi('/_app/groups/$groupId')

type Asked = 'create' | 'edit' | 'move' | 'delete' | 'cards'

/** One group: its people, its pending people, and who gets what through it. */
export function GroupPage() {
  const t = useStrings(strings)
  const p = useStrings(places)
  const workspace = useWorkspace()
  const { groupId } = route.useParams()
  const { tab = 'people', q } = route.useSearch()
  const navigate = route.useNavigate()
  const { data: group, error, refetch } = useQuery(groupQuery(groupId))
  const { data: list } = useQuery(groupsQuery(workspace.id))
  const { data: pending } = useQuery(pendingCountQuery(workspace.id, { groupId }))
  const [removed, setRemoved] = useState<PlaceMember[] | null>(null)
  if (error && !group) return <Failure error={error} retry={() => void refetch()} />
  if (!group) return <Loading />

  const groups = list?.rows ?? []
  // The tree is patched when people come and go; its row is as good as the page's own.
  const { memberCount } = groups.find(({ id }) => id === groupId) ?? group
  const mayRemove = group.viewerCan.includes('MEMBERS_UPDATE')
  return (
    <>
      <Link to="/groups" className="meta back phone"><Icon name="arrow-left" />{t.all}</Link>
      <div className="lead">
        <p className="meta">
          {group.path.length > 1 && <span className="block">{group.path.slice(0, -1).join(' › ')}</span>}
          <Icon name={group.visibility === 'PRIVATE' ? 'lock' : 'users'} />{' '}
          {`${t.visibilities[group.visibility]} · ${t.people(memberCount)}`}
        </p>
        <AddHere placeId={groupId} held={group.viewerCan} />
        <GroupActions group={group} groups={groups} />
      </div>
      <PlaceTabs tabs={['people', 'pending', 'access']} current={tab} counts={{ people: memberCount, pending }} />
      {tab === 'people' && (
        <MembersPanel
          key={groupId} place={{ kind: 'group', id: groupId }} q={q}
          changeSearch={(text) => void navigate({ search: (previous) => ({ ...previous, q: text }), replace: true })}
          act={mayRemove ? {
            label: t.remove, run: setRemoved,
            mayDo: (member) => rolesAt(member, groupId).some(({ inherited }) => !inherited),
          } : undefined}
        />
      )}
      {tab === 'pending' && (
        <PendingPanel
          key={groupId} filter={{ groupId }}
          more={<Link to="/invitations" search={{ tab: 'pending', group: groupId }}>{p.allPending}</Link>}
        />
      )}
      {tab === 'access' && <AccessPanel group={group} groups={groups} />}
      {removed && <RemoveDialog group={group} groups={groups} members={removed} close={() => setRemoved(null)} />}
    </>
  )
}

/** The menu of a group, and the dialogs that it opens. */
function GroupActions({ group, groups }: { group: GroupRow & { externalId?: string | null }; groups: GroupRow[] }) {
  const t = useStrings(strings)
  const p = useStrings(places)
  const navigate = route.useNavigate()
  const rights = useWorkspaceRights()
  const { id: workspaceId } = useWorkspace()
  const [asked, setAsked] = useState<Asked | null>(null)
  const stop = () => setAsked(null)
  const mayChange = group.viewerCan.includes('GROUPS_MANAGE')
  const parent = groups.find(({ id }) => id === group.parent?.id)
  const mayAbove = mayChange && (parent?.viewerCan ?? rights).includes('GROUPS_MANAGE')
  const actions: RowAction[] = [
    ...(mayChange ? [
      { key: 'create', label: t.createBelow, icon: 'plus', run: () => setAsked('create') } as const,
      { key: 'edit', label: t.edit, icon: 'pencil', run: () => setAsked('edit') } as const,
    ] : []),
    ...(group.viewerCan.includes('MEMBERS_CREATE') ? [
      { key: 'cards', label: p.printCards, icon: 'id', run: () => setAsked('cards') } as const,
    ] : []),
    ...(mayAbove ? [
      { key: 'move', label: t.move, icon: 'sitemap', run: () => setAsked('move') } as const,
      { key: 'delete', label: t.delete, icon: 'trash', danger: true, run: () => setAsked('delete') } as const,
    ] : []),
  ]
  const open = (groupId: string) => void navigate({ to: '/groups/$groupId', params: { groupId } })
  return (
    <>
      <RowMenu name={group.name} actions={actions} />
      {asked === 'create' && <GroupDialog mode="create" groups={groups} parentId={group.id} close={stop} done={open} />}
      {(asked === 'edit' || asked === 'move') && <GroupDialog mode={asked} groups={groups} group={group} close={stop} />}
      {asked === 'cards' && (
        <CardsDialog
          select={(afterId) => ({ matching: { workspaceId, filter: { groupId: group.id, status: ['ACTIVE'] }, afterId } })} close={stop}
        />
      )}
      {asked === 'delete' && (
        <DeleteDialog group={group} groups={groups} close={stop} done={() => void navigate({ to: '/groups' })} />
      )}
    </>
  )
}

/** Confirms that people leave a group, and says what they lose. */
function RemoveDialog({ group, groups, members, close }: {
  group: GroupRow
  groups: GroupRow[]
  members: PlaceMember[]
  close: () => void
}) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const run = async () => {
    await request(RemoveFromGroupDocument, { input: { groupId: group.id, memberIds: members.map(({ id }) => id) } })
    const standing = { visibility: group.visibility, parentId: group.parent?.id ?? null }
    const heirs = inheritingGroups(new Map(groups.map((row) => [row.id, row])), standing)
    await refreshGroups(client, workspace, [group.id, ...heirs.map(({ id }) => id)])
    // Who inherits a place here from a group below stays in the list: only the server knows who does.
    await client.resetQueries({ queryKey: placeMembersKey(workspace) })
    notifyDone(t.removed(members.length))
  }
  return (
    <Confirm opened danger title={t.removeTitle(members.length)} action={t.remove} run={run} close={close}>
      <p>{t.removeText}</p>
    </Confirm>
  )
}
