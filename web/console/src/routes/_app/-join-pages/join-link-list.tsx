import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { formatNumber, formatShortDay } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { copyText } from '@/lib/copy'
import { useWorkspace } from '@/session/workspace'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import { Icon } from '@/ui/icon'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { Page } from '@/ui/page'
import { RowMenu, type RowAction } from '@/ui/row-menu'
import { SearchBox } from '@/ui/search-box'
import { Empty } from '@/ui/states'
import { strings as common } from '@/ui/strings'
import { JoinState, nameOf, useSwitch } from './join-link-state'
import { joinLinksQuery, type JoinLinkRow } from './queries'
import { strings } from './strings'

const route = getRouteApi('/_app/join-pages')

/** All join pages that the caller sees, the newest first. */
export function JoinLinkList() {
  const t = useStrings(strings)
  const { id, timeZone } = useWorkspace()
  const { q } = route.useSearch()
  const navigate = route.useNavigate()
  const links = useInfiniteQuery({ ...joinLinksQuery(id, q), placeholderData: (previous) => previous })
  const columns = useMemo<Column<JoinLinkRow>[]>(() => [
    {
      id: 'page', header: t.page, required: true,
      cell: (link) => (
        <>
          <Link to="/join-pages/$linkId" params={{ linkId: link.id }}>{nameOf(link)}</Link>{' '}
          {link.title && <span className="meta">{link.slug}</span>}
          <span className="phone"><JoinState link={link} /></span>
        </>
      ),
    },
    { id: 'state', header: t.state, wide: true, width: '8rem', cell: (link) => <JoinState link={link} /> },
    {
      id: 'joined', header: t.joined, wide: true, muted: true, width: '7rem',
      cell: ({ joinCount, maxJoins }) => (
        <span className="num">{formatNumber(joinCount)}{maxJoins != null && ` / ${formatNumber(maxJoins)}`}</span>
      ),
    },
    {
      id: 'gives', header: t.gives, wide: true, muted: true, width: '24%',
      cell: ({ roles, groups }) => [...(roles ?? []), ...(groups ?? [])].map(({ name }) => name).join(', ') || t.none,
    },
    {
      id: 'closes', header: t.closes, wide: true, muted: true, width: '8rem',
      cell: ({ expiresAt }) => expiresAt ? formatShortDay(expiresAt, timeZone) : t.never,
    },
  ], [t, timeZone])
  const create = (
    <Button
      leftSection={<Icon name="plus" />}
      renderRoot={(props) => <Link {...props} to="." search={(previous) => ({ ...previous, dialog: 'join' })} />}
    >
      {t.create}
    </Button>
  )
  return (
    <Page title={t.title} actions={<span className="wide">{create}</span>}>
      <div className="filters">
        <SearchBox
          label={t.search} placeholder={t.searchHint} value={q ?? ''}
          change={(text) => void navigate({ search: (previous) => ({ ...previous, q: text || undefined }), replace: true })}
        />
      </div>
      <DataTable
        label={t.list} query={links} columns={columns} nameOf={nameOf} menu={(link) => <LinkMenu link={link} />}
        empty={q ? <Empty icon="search" title={t.noMatch} />
          : <Empty icon="link" title={t.nothing} text={t.nothingText}>{create}</Empty>}
      />
    </Page>
  )
}

function LinkMenu({ link }: { link: JoinLinkRow }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const navigate = route.useNavigate()
  const turn = useSwitch()
  const mayChange = link.viewerCan.includes('JOIN_LINKS_MANAGE')
  const copy = async () => {
    await copyText(link.url)
    notifyDone(c.copied)
  }
  const actions: RowAction[] = [
    { key: 'copy', label: c.copyLink, icon: 'copy', run: () => void copy().catch(notifyFailure) },
    {
      key: 'settings', label: t.settings, icon: 'adjustments-horizontal',
      run: () => void navigate({ to: '/join-pages/$linkId', params: { linkId: link.id } }),
    },
    ...(mayChange ? [link.enabled
      ? { key: 'close', label: t.close, icon: 'ban' as const, danger: true, run: () => turn(link, false) }
      : { key: 'open', label: t.open, icon: 'circle-check' as const, run: () => turn(link, true) }] : []),
  ]
  return <RowMenu name={nameOf(link)} actions={actions} />
}
