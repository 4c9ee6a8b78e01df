/** Documents of the list of people. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { MemberFilter, MemberOrder, MemberRowFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { connectionQuery } from '@/lib/pages'
import { request } from '@/lib/request'

export const MemberRowDocument = graphql(`
  fragment MemberRow on Member {
    id status labels joinedAt accessExpiresAt updatedAt viewerCan
    user { id firstName lastName email emailProven username }
    orgUnit { id name }
    groups { id name }
    roleAssignments { id inherited role { id key name } }
  }
`)

export type MemberRow = MemberRowFragment

const MembersDocument = graphql(`
  query ConsoleMembers(
    $workspace: ID!, $filter: MemberFilter, $orderBy: MemberOrder,
    $first: Int, $after: String, $last: Int, $before: String
  ) {
    workspace(id: $workspace) {
      members(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        edges { node { ...MemberRow } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

const MemberCountDocument = graphql(`
  query ConsoleMemberCount($workspace: ID!, $filter: MemberFilter) {
    workspace(id: $workspace) { members(filter: $filter) { totalCount } }
  }
`)

export const membersKey = (workspace: string) => ['members', workspace] as const

export const membersQuery = (workspace: string, filter: MemberFilter, orderBy: MemberOrder) =>
  connectionQuery([...membersKey(workspace), filter, orderBy], async (page, signal) => {
    const answer = await request(MembersDocument, { workspace, filter, orderBy, ...page }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.members
  })

/** Counted apart from the list, which should not wait for a count of a million rows. */
export const memberCountQuery = (workspace: string, filter: MemberFilter) => queryOptions({
  queryKey: ['member-count', workspace, filter],
  queryFn: async ({ signal }) =>
    (await request(MemberCountDocument, { workspace, filter }, signal)).workspace?.members.totalCount ?? 0,
})

export const DeactivateDocument = graphql(`
  mutation ConsoleDeactivate($input: DeactivateMemberInput!) {
    deactivateMember(input: $input) { member { ...MemberRow } }
  }
`)

export const ReactivateDocument = graphql(`
  mutation ConsoleReactivate($input: ReactivateMemberInput!) {
    reactivateMember(input: $input) { member { ...MemberRow } }
  }
`)

export const RemoveDocument = graphql(`
  mutation ConsoleRemove($input: RemoveMemberInput!) {
    removeMember(input: $input) { deletedId }
  }
`)

export const MembersChangedDocument = graphql(`
  subscription ConsoleMembersChanged($workspace: ID!) {
    membersChanged(workspaceId: $workspace) {
      changes { kind id member { ...MemberRow } }
    }
  }
`)

export const AddToGroupDocument = graphql(`
  mutation ConsoleAddToGroup($input: AddToGroupInput!) {
    addToGroup(input: $input) { outcomes { status error { message } } }
  }
`)

export const ExportDocument = graphql(`
  query ConsoleMembersExport($workspace: ID!, $format: SpreadsheetFormat!, $locale: String) {
    workspace(id: $workspace) { membersExportUrl(format: $format, locale: $locale) }
  }
`)
