import { Button, Popover, Select, Stack } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { Icon } from '@/ui/icon'
import { FilterPill } from '@/ui/pills'
import { strings as common } from '@/ui/strings'
import { filterChoicesQuery, filterNamesQuery } from './filter-queries'
import type { ListSearch } from './list-search'
import { strings } from './strings'

type Props = { search: ListSearch; change: (next: Partial<ListSearch>) => void }
const placed = ['role', 'group', 'unit'] as const

/** The filters that are on, each as a pill, and a way to add one. */
export function Filters({ search, change }: Props) {
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

function AddFilter({ search, change }: Props) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const workspace = useWorkspace()
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  const { data: choices } = useQuery({
    ...filterChoicesQuery(workspace.id, text), enabled: isOpen, placeholderData: keepPreviousData,
  })
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus returnFocus width={280}>
      <Popover.Target>
        <Button variant="subtle" leftSection={<Icon name="filter" />} onClick={() => setOpen(!isOpen)}>{c.addFilter}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Select
            label={t.status} clearable comboboxProps={{ withinPortal: false }}
            data={(['ACTIVE', 'DEACTIVATED'] as const).map((value) => ({ value, label: t.statuses[value] }))}
            value={search.status ?? null}
            onChange={(value) => change({ status: value ?? undefined })}
          />
          {placed.map((key) => (
            <Select
              key={key} label={t.filters[key]} searchable clearable comboboxProps={{ withinPortal: false }}
              data={choices?.[key].map(({ id, name }) => ({ value: id, label: name })) ?? []}
              value={search[key] ?? null}
              onSearchChange={key === 'role' ? undefined : setText}
              onChange={(value) => change({ [key]: value ?? undefined })}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
