import { MultiSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Permission } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { BrowsePlaces } from './browse-places'
import { placesQuery, type Place, type PlaceKind } from './queries'
import { strings } from './strings'
import './grant.css'

/** Chooses places of one kind: it searches as you type and shows where each place lies. */
export function PlacePicker({ kind, id, label, description, value, change, limit, error, needs = 'MEMBERS_INVITE' }: {
  kind: PlaceKind
  id: string
  /** Instead of the name of the kind. */
  label?: string
  description?: string
  value: Place[]
  change: (places: Place[]) => void
  /** At most so many. */
  limit?: number
  error?: string
  /** Offers the places where the caller holds this; null for all that the caller sees. */
  needs?: Permission | null
}) {
  const t = useStrings(strings)
  const { id: workspace } = useWorkspace()
  const [search, setSearch] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [isBrowsing, setBrowsing] = useState(false)
  const [wanted] = useDebouncedValue(search, 200)
  const { data } = useQuery({ ...placesQuery(workspace, kind, wanted.trim(), needs), enabled: isOpen, placeholderData: (previous) => previous })
  const known = new Map([...value, ...(data ?? [])].map((place) => [place.id, place]))
  const select = (
    <MultiSelect
      id={id} label={label ?? t[kind]} description={description} error={error} searchable hidePickedOptions maxValues={limit}
      placeholder={value.length === 0 ? t.searchPlaces : undefined} nothingFoundMessage={t.noPlaces}
      data={[...known.values()].map((place) => ({ value: place.id, label: place.name }))}
      value={value.map((place) => place.id)}
      onChange={(ids) => change(ids.flatMap((chosen) => known.get(chosen) ?? []))}
      searchValue={search} onSearchChange={setSearch}
      onDropdownOpen={() => setOpen(true)}
      filter={({ options }) => options /* the server has searched */}
      renderOption={({ option }) => (
        <span>{option.label}{' '}<span className="meta">{known.get(option.value)?.where}</span></span>
      )}
    />
  )
  if (kind !== 'groups' && kind !== 'units') return select
  return (
    <div>
      {select}
      <details className="browse" onToggle={(event) => setBrowsing(event.currentTarget.open)}>
        <summary>{t.browse}<span className="vh">{` (${t[kind]})`}</span></summary>
        {isBrowsing && <div className="browse-tree"><BrowsePlaces kind={kind} value={value} change={change} limit={limit} needs={needs} /></div>}
      </details>
    </div>
  )
}
