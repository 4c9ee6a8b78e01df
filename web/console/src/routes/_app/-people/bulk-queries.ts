/** Documents of what is done with several people. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { ConsoleBulkPeopleQuery } from '@/gql/graphql'
import { request } from '@/lib/request'

const BulkPeopleDocument = graphql(`
  query ConsoleBulkPeople($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Member {
        id
        user { id firstName lastName email username }
        orgUnit { id }
        roleAssignments { id inherited role { id key name } group { id name } orgUnit { id name } session { id } }
      }
    }
  }
`)

export type BulkPerson = Extract<NonNullable<ConsoleBulkPeopleQuery['nodes'][number]>, { user: object }>

/** How many objects one question names at most. */
const chunk = 100

/** Names and roles with their places. */
export const bulkPeopleQuery = (ids: string[]) => queryOptions({
  queryKey: ['bulk-people', ids],
  staleTime: 0,
  queryFn: async ({ signal }): Promise<BulkPerson[]> => {
    const parts = Array.from({ length: Math.ceil(ids.length / chunk) }, (_, i) => ids.slice(i * chunk, (i + 1) * chunk))
    const answers = await Promise.all(parts.map((part) => request(BulkPeopleDocument, { ids: part }, signal)))
    return answers.flatMap(({ nodes }) => nodes.flatMap((node) => node && 'user' in node ? [node as BulkPerson] : []))
  },
})

// The rows are asked for where the list shows them: not for thousands that a filter selects.
export const BulkResultDocument = graphql(`
  fragment BulkResult on MemberResult {
    id
    error { message }
    member @include(if: $rows) { ...MemberRow }
  }
`)

export const UpdateMembersDocument = graphql(`
  mutation ConsoleUpdateMembers($input: UpdateMembersInput!, $rows: Boolean!) {
    updateMembers(input: $input) { nextAfterId results { ...BulkResult } }
  }
`)

export const DeactivateMembersDocument = graphql(`
  mutation ConsoleDeactivateMembers($input: DeactivateMembersInput!, $rows: Boolean!) {
    deactivateMembers(input: $input) { nextAfterId results { ...BulkResult } }
  }
`)

export const ReactivateMembersDocument = graphql(`
  mutation ConsoleReactivateMembers($input: ReactivateMembersInput!, $rows: Boolean!) {
    reactivateMembers(input: $input) { nextAfterId results { ...BulkResult } }
  }
`)

// The roles tell who got it: the others are invited to it first, because their address is not verified.
export const AddRoleDocument = graphql(`
  mutation ConsoleAddRoleToMembers($input: AddRoleToMembersInput!, $rows: Boolean!) {
    addRoleToMembers(input: $input) {
      nextAfterId
      results { ...BulkResult member { id roleAssignments { id inherited role { id key name } group { id } orgUnit { id } session { id } } } }
    }
  }
`)

export const RemoveRoleDocument = graphql(`
  mutation ConsoleRemoveRoleFromMembers($input: RemoveRoleFromMembersInput!, $rows: Boolean!) {
    removeRoleFromMembers(input: $input) { nextAfterId results { ...BulkResult } }
  }
`)

