import { Link } from '@tanstack/react-router'
import { formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import type { PlaceTab } from './place-search'
import { strings } from './strings'

/** The views of a place as links, with their figures. */
export function PlaceTabs({ tabs, current, counts }: {
  tabs: readonly PlaceTab[]
  current: PlaceTab
  counts: Partial<Record<PlaceTab, number>>
}) {
  const t = useStrings(strings)
  return (
    <nav className="tabs" aria-label={t.views}>
      {tabs.map((tab) => (
        <Link
          key={tab} activeOptions={{ explicitUndefined: true }} to="." aria-current={tab === current ? 'page' : undefined} replace
          search={(previous) => ({ ...previous, tab: tab === 'people' ? undefined : tab, q: undefined })}
        >
          {t.tabs[tab]}{' '}
          <span className="num meta">{counts[tab] === undefined ? '' : formatNumber(counts[tab])}</span>
        </Link>
      ))}
    </nav>
  )
}
