import { MultiSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { graphql } from '@/gql'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { displayName } from '@/ui/person'
import { strings } from './strings'

const MemberChoicesDocument = graphql(`
  query ConsoleMemberChoices($workspace: ID!, $search: String) {
    workspace(id: $workspace) {
      members(first: 20, filter: { search: $search, status: [ACTIVE] }, orderBy: { field: NAME }) {
        edges { node { id user { id firstName lastName email username } } }
      }
    }
  }
`)

/** A member that was chosen or can be. */
export type MemberChoice = { id: string; name: string; login: string }

const memberChoicesQuery = (workspace: string, search: string) => queryOptions({
  queryKey: ['member-choices', workspace, search],
  queryFn: async ({ signal }): Promise<MemberChoice[]> => {
    const answer = await request(MemberChoicesDocument, { workspace, search: search || null }, signal)
    return answer.workspace?.members.edges.map(({ node: { id, user } }) =>
      ({ id, name: displayName(user), login: user.email ?? user.username ?? '' })) ?? []
  },
})

/** Chooses members; it searches as you type. */
export function MemberPicker({ id, label, description, value, change, error }: {
  id: string
  label: string
  description?: string
  value: MemberChoice[]
  change: (members: MemberChoice[]) => void
  error?: string
}) {
  const t = useStrings(strings)
  const { id: workspace } = useWorkspace()
  const [search, setSearch] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [wanted] = useDebouncedValue(search.trim(), 200)
  const { data } = useQuery({ ...memberChoicesQuery(workspace, wanted), enabled: isOpen, placeholderData: keepPreviousData })
  const known = new Map([...value, ...(data ?? [])].map((member) => [member.id, member]))
  return (
    <MultiSelect
      id={id} label={label} description={description} error={error} searchable hidePickedOptions
      placeholder={value.length === 0 ? t.searchHint : undefined} nothingFoundMessage={t.noMatch(search)}
      data={[...known.values()].map(({ id: member, name }) => ({ value: member, label: name }))}
      value={value.map((member) => member.id)}
      onChange={(ids) => {
        change(ids.flatMap((chosen) => known.get(chosen) ?? []))
        setOpen(false) // the list would cover the buttons of the dialog
      }}
      searchValue={search} onSearchChange={setSearch}
      dropdownOpened={isOpen} onDropdownOpen={() => setOpen(true)} onDropdownClose={() => setOpen(false)}
      filter={({ options }) => options /* the server has searched */}
      renderOption={({ option }) => (
        <span>{option.label}{' '}<span className="meta">{known.get(option.value)?.login}</span></span>
      )}
    />
  )
}
