/** What the list does not read of people, for what is done with several of them. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { ConsoleBulkPeopleQuery } from '@/gql/graphql'
import { request } from '@/lib/request'

const BulkPeopleDocument = graphql(`
  query ConsoleBulkPeople($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Member {
        id
        user { id emailProven }
        roleAssignments { id inherited role { id key name } group { id } orgUnit { id } session { id } }
      }
    }
  }
`)

type BulkPerson = Extract<NonNullable<ConsoleBulkPeopleQuery['nodes'][number]>, { user: object }>

/** How many objects one question names at most. */
const chunk = 100

/** Roles with their places, and whether a card may be issued, of the selected people. */
export const bulkPeopleQuery = (ids: string[]) => queryOptions({
  queryKey: ['bulk-people', ids],
  staleTime: 0,
  queryFn: async ({ signal }): Promise<BulkPerson[]> => {
    const parts = Array.from({ length: Math.ceil(ids.length / chunk) }, (_, i) => ids.slice(i * chunk, (i + 1) * chunk))
    const answers = await Promise.all(parts.map((part) => request(BulkPeopleDocument, { ids: part }, signal)))
    return answers.flatMap(({ nodes }) => nodes.flatMap((node) => node && 'user' in node ? [node as BulkPerson] : []))
  },
})

export const BulkUpdateDocument = graphql(`
  mutation ConsoleBulkUpdate($input: UpdateMemberInput!) {
    updateMember(input: $input) { member { ...MemberRow } }
  }
`)
