import { Select, Stack } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { filterChoicesQuery } from './filter-queries'
import { placed, type FilterProps } from './list-search'
import { strings } from './strings'

/** The fields of the filters. Groups and units are searched as you type. */
export function FilterForm({ search, change }: FilterProps) {
  const t = useStrings(strings)
  const workspace = useWorkspace()
  const [text, setText] = useState('')
  const { data: choices } = useQuery({
    ...filterChoicesQuery(workspace.id, text), placeholderData: keepPreviousData,
  })
  return (
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
  )
}
