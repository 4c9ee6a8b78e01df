import { Button } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { patchRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { ColumnPicker, useHiddenColumns } from '@/ui/data-table/column-picker'
import { DataTable } from '@/ui/data-table/data-table'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { Page } from '@/ui/page'
import { displayName } from '@/ui/person'
import { Empty } from '@/ui/states'
import { strings as common } from '@/ui/strings'
import { BulkBar } from './bulk-bar'
import { CancelDialog } from './cancel-dialog'
import { invitationColumns, nameOf } from './columns'
import { copyText } from '@/lib/copy'
import { DetailDialog } from './detail-dialog'
import { EditDialog } from './edit-dialog'
import { FreshInvitations } from './fresh-invitations'
import { InvitationMenu, type Act, type Ask } from './invitation-menu'
import { ListFilters } from './list-filters'
import { filterOf, orderOf, type ListSearch, type SortKey } from './list-search'
import { ListTabs } from './list-tabs'
import { countsKey, invitationsKey, invitationsQuery, LinkDocument, type InvitationRow } from './queries'
import { RequestsList } from './requests-list'
import { ResendDialog, type Resending } from './resend-dialog'
import { ResendMatching } from './resend-matching'
import { changedRows, type Result } from './results'
import { strings } from './strings'

const route = getRouteApi('/_app/invitations')

type Asked = { act: Exclude<Act, 'copy' | 'history' | 'resend'>; rows: InvitationRow[] }

/** The list of invitations and of requests to join. Tab, search and filters are in the address. */
export function InvitationList() {
  const t = useStrings(strings)
  const c = useStrings(common)
  const workspace = useWorkspace()
  const memberId = route.useRouteContext({
    select: ({ viewer }) => viewer.memberships.find((membership) => membership.workspace.id === workspace.id)?.id,
  })
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = useCallback((next: Partial<ListSearch>) =>
    void navigate({ search: (previous) => ({ ...previous, ...next }), replace: true }), [navigate])
  const tab = search.tab ?? 'all'
  const { q, sort, ascending, show: shown } = search

  const { filter, invitations } = useInvitationQuery(search)

  const client = useQueryClient()
  const [selection, setSelection] = useState<ReadonlyMap<string, InvitationRow>>(new Map())
  const [asked, setAsked] = useState<Asked | null>(null)
  const [resending, setResending] = useState<Resending | null>(null)
  const columns = useMemo(() => invitationColumns(t), [t])
  const { hidden, show } = useHiddenColumns('invitations', ['roles', 'created'])

  const ask = useCallback<Ask>((act, rows) => {
    const [row] = rows
    if (!row) return
    if (act === 'history') change({ show: row.id })
    else if (act === 'copy') void copyLink(row.id, t)
    else if (act === 'resend') setResending({ rows })
    else setAsked({ act, rows })
  }, [change, t])
  const keep = (results: Result[]) => {
    patchRows(client, invitationsKey(workspace.id), changedRows(results))
    void client.invalidateQueries({ queryKey: countsKey(workspace.id) })
    setSelection(new Map())
  }
  const menu = useCallback((row: InvitationRow) => <InvitationMenu row={row} ask={ask} />, [ask])
  const names = useMemo(() => namesIn(invitations.data?.pages ?? []), [invitations.data])
  // A role in a part of the workspace may see invitations that it may not change: the rows say which.
  const mayInvite = Boolean(invitations.data?.pages.some(({ edges }) =>
    edges.some(({ node }) => node.viewerCan.includes('MEMBERS_INVITE'))))

  return (
    <Page
      title={t.title}
      // Only on tabs that hold nothing but waiting ones.
      actions={mayInvite && (tab === 'pending' || tab === 'failed') && (
        <ResendMatching search={search} tab={tab} resend={(count) => setResending({ workspaceId: workspace.id, filter, count })} />
      )}
    >
      <ListTabs search={search} />
      <ListFilters search={search} change={change} memberId={memberId} nameOfPlace={(id) => names.get(id)}>
        {tab !== 'requests' && <ColumnPicker columns={columns} hidden={hidden} show={show} />}
      </ListFilters>
      <FreshInvitations workspace={workspace.id} isShown={tab !== 'requests'} />
      {tab === 'requests' ? <RequestsList search={q} /> : (
        <>
          <BulkBar rows={[...selection.values()]} ask={ask} clear={() => setSelection(new Map())} />
          <DataTable
            label={t.list} query={invitations} columns={columns} nameOf={nameOf} hidden={hidden}
            sort={{ by: sort ?? 'CREATED_AT', descending: !ascending }}
            changeSort={({ by: key, descending }) => change({ sort: key as SortKey, ascending: descending ? undefined : true })}
            selection={mayInvite ? selection : undefined} changeSelection={setSelection}
            menu={menu}
            empty={isFiltered(search) ? (
              <Empty icon="search" title={t.noMatch} text={t.noMatchText}>
                <Button renderRoot={(props) => <Link {...props} to="/invitations" search={{}} />}>{c.clearFilters}</Button>
              </Empty>
            ) : <Empty icon="send" title={t.nobody} text={t.nobodyText} />}
          />
        </>
      )}
      {resending && <ResendDialog what={resending} keep={keep} close={() => setResending(null)} />}
      {asked && <AskedDialog asked={asked} keep={keep} close={() => setAsked(null)} />}
      {shown && <DetailDialog id={shown} close={() => change({ show: undefined })} />}
    </Page>
  )
}

/** The list and its filter. */
function useInvitationQuery(search: ListSearch) {
  const workspace = useWorkspace()
  const { tab = 'all', q, group, session, by, days, sort, ascending } = search
  const filter = useMemo(() => filterOf({ tab, q, group, session, by, days }), [tab, q, group, session, by, days])
  const invitations = useInfiniteQuery({
    ...invitationsQuery(workspace.id, filter, orderOf({ sort, ascending })),
    placeholderData: (previous) => previous, enabled: tab !== 'requests',
  })
  return { filter, invitations }
}

const isFiltered = ({ q, group, session, by, days, tab }: ListSearch): boolean =>
  Boolean(q || group || session || by || days || tab)

function AskedDialog({ asked: { act, rows }, keep, close }: {
  asked: Asked
  keep: (results: Result[]) => void
  close: () => void
}) {
  const [row] = rows
  if (act === 'cancel') return <CancelDialog rows={rows} keep={keep} close={close} />
  if (!row) return null
  return <EditDialog row={row} keep={(changed) => keep([{ id: changed.id, invitation: changed }])} close={close} />
}

async function copyLink(id: string, t: { copied: string; noLink: string }): Promise<void> {
  try {
    const { node } = await request(LinkDocument, { id })
    const link = node && 'link' in node ? node.link : null
    if (link) {
      await copyText(link)
      notifyDone(t.copied)
    } else {
      notifyFailure(new Error(t.noLink))
    }
  } catch (problem) {
    notifyFailure(problem)
  }
}

/** Names of groups, sessions and inviters that the held rows mention, for the pills of the filters. */
function namesIn(pages: { edges: { node: InvitationRow }[] }[]): Map<string, string> {
  const names = new Map<string, string>()
  for (const { node } of pages.flatMap(({ edges }) => edges)) {
    for (const { id, name } of [...(node.groups ?? []), ...(node.sessions ?? [])]) names.set(id, name)
    if (node.invitedBy) names.set(node.invitedBy.id, displayName(node.invitedBy.user))
  }
  return names
}
