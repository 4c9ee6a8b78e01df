import { Link } from '@tanstack/react-router'
import { formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { Icon } from '@/ui/icon'
import { tabs, type Tab } from './list-search'
import { strings } from './strings'

/** Statuses as links with their figures. Those that concern nobody are left out, except the usual ones. */
export function ListTabs({ current, counts, hasRequests }: {
  current: Tab
  counts: Partial<Record<Tab, number>>
  /** Whether the person may decide on requests to join. */
  hasRequests: boolean
}) {
  const t = useStrings(strings)
  const usual: Tab[] = ['all', 'pending', 'active', 'expired']
  const shown = tabs.filter((tab) =>
    tab === current || (tab === 'requests' ? hasRequests : usual.includes(tab) || (counts[tab] ?? 0) > 0))
  return (
    <nav className="tabs" aria-label={t.views}>
      {shown.map((tab) => (
        <Link
          key={tab} from="/invitations" to="/invitations" aria-current={tab === current ? 'page' : undefined}
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
