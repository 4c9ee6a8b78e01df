import { Button, Popover } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { Icon } from '@/ui/icon'
import { notifyFailure } from '@/ui/notify'
import { FilterPill } from '@/ui/pills'
import { strings as common } from '@/ui/strings'
import { filterNamesQuery } from './filter-queries'
import { placed, type FilterProps } from './list-search'
import { strings } from './strings'

// Loaded when the filters are opened for the first time: its fields weigh more than the list.
const loadForm = () => import('./filter-form')
const FilterForm = lazy(() => loadForm().then((module) => ({ default: module.FilterForm })))

/** The filters that are on, each as a pill, and a way to add one. */
export function Filters({ search, change }: FilterProps) {
  const t = useStrings(strings)
  const ids = placed.flatMap((key) => search[key] ?? [])
  const { data: names } = useQuery({ ...filterNamesQuery(ids), placeholderData: keepPreviousData })
  return (
    <>
      {search.status && (
        <FilterPill label={t.status} value={t.statuses[search.status]} remove={() => change({ status: undefined })} />
      )}
      {placed.map((key) => search[key] && (
        <FilterPill
          key={key} label={t.filters[key]} value={names?.get(search[key]) ?? '…'}
          remove={() => change({ [key]: undefined })}
        />
      ))}
      <AddFilter search={search} change={change} />
    </>
  )
}

function AddFilter({ search, change }: FilterProps) {
  const c = useStrings(common)
  const [isOpen, setOpen] = useState(false)
  // Opened once the form is there, so that the focus goes to its first field.
  const toggle = async () => {
    await loadForm()
    setOpen(!isOpen)
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus returnFocus width={280}>
      <Popover.Target>
        <Button
          variant="subtle" leftSection={<Icon name="filter" />}
          onClick={() => void toggle().catch(notifyFailure)}
        >
          {c.addFilter}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Suspense><FilterForm search={search} change={change} /></Suspense>
      </Popover.Dropdown>
    </Popover>
  )
}
