import { Button, Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import { useStrings } from '@/i18n/strings'
import { Icon } from '@/ui/icon'
import { FilterPill } from '@/ui/pills'
import { SearchBox } from '@/ui/search-box'
import { strings as common } from '@/ui/strings'
import type { ListSearch } from './list-search'
import { SavedViews } from './saved-views'
import { strings } from './strings'

/** The search, the filters that are on as pills, and a menu of further ones. All live in the address. */
export function ListFilters({ search, change, memberId, nameOfPlace, children }: {
  search: ListSearch
  change: (next: Partial<ListSearch>) => void
  /** The person who looks, for the invitations of their own. */
  memberId?: string
  /** The name of a group, a session or a person by its id, as far as the list shows it. */
  nameOfPlace: (id: string) => string | undefined
  /** What stands beside the saved views. */
  children?: ReactNode
}) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const name = (id: string) => nameOfPlace(id) ?? t.chosen
  return (
    <div className="filters">
      <SearchBox label={t.search} placeholder={t.searchHint} value={search.q ?? ''} change={(q) => change({ q: q || undefined })} />
      {search.days && <FilterPill label={t.filters.days} value={t.lastDays(search.days)} remove={() => change({ days: undefined })} />}
      {search.by && (
        <FilterPill
          label={t.filters.by} value={search.by === memberId ? t.me : nameOfPlace(search.by) ?? t.somebody}
          remove={() => change({ by: undefined })}
        />
      )}
      {search.group && <FilterPill label={t.filters.group} value={name(search.group)} remove={() => change({ group: undefined })} />}
      {search.session && <FilterPill label={t.filters.session} value={name(search.session)} remove={() => change({ session: undefined })} />}
      <Menu position="bottom-start">
        <Menu.Target><Button variant="subtle" leftSection={<Icon name="filter" />}>{c.addFilter}</Button></Menu.Target>
        <Menu.Dropdown>
          {memberId && <Menu.Item onClick={() => change({ by: memberId })}>{t.mine}</Menu.Item>}
          {[1, 7, 30, 90].map((days) => (
            <Menu.Item key={days} onClick={() => change({ days })}>{t.invitedIn(t.lastDays(days))}</Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <div className="end"><SavedViews search={search} open={change} />{children}</div>
    </div>
  )
}
