import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { isAllowed } from '@/lib/permissions'
import { useWorkspace } from '@/session/workspace'
import { Icon } from '@/ui/icon'
import { tabs, type ListSearch, type Tab } from './list-search'
import { joinRequestCountQuery } from './queries'
import { strings } from './strings'
import { useCounts } from './use-counts'

/** Statuses as links with their figures. Those that concern nobody are left out, except the usual ones. */
export function ListTabs({ search }: { search: ListSearch }) {
  const t = useStrings(strings)
  const workspace = useWorkspace()
  const { tab: current = 'all' } = search
  const hasRequests = isAllowed(workspace.viewerPermissions, ['JOIN_LINKS_MANAGE', 'MEMBERS_INVITE'])
  const { data: requests } = useQuery({ ...joinRequestCountQuery(workspace.id), enabled: hasRequests })
  const counts: Partial<Record<Tab, number>> = { ...useCounts(search), requests }
  const usual: Tab[] = ['all', 'pending', 'active', 'expired']
  const shown = tabs.filter((tab) =>
    tab === current || (tab === 'requests' ? hasRequests : usual.includes(tab) || (counts[tab] ?? 0) > 0))
  // On a phone there are more tabs than the window holds.
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    // In braces: scrolling answers a promise in newer browsers, which React would take for what ends the effect.
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current])
  return (
    <nav className="tabs" aria-label={t.views} ref={nav}>
      {shown.map((tab) => (
        <Link
          key={tab} activeOptions={{ explicitUndefined: true }} from="/invitations" to="/invitations" aria-current={tab === current ? 'page' : undefined}
          search={(previous) => ({ ...previous, tab: tab === 'all' ? undefined : tab, show: undefined })}
        >
          {tab === 'failed' && <Icon name="alert-triangle" />}
          {tab === 'requests' && <Icon name="user" />}
          {t.tabs[tab]}{' '}
          <span className="num meta">{counts[tab] === undefined ? '' : formatNumber(counts[tab])}</span>
        </Link>
      ))}
    </nav>
  )
}
