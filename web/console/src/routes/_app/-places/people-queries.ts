/** Documents of the people and pending people of a place: a group, a unit, a session. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { InvitationFilter, MemberFilter, PendingRowFragment, PlaceMemberFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { connectionQuery } from '@/lib/pages'
import { request } from '@/lib/request'

export const PlaceMemberDocument = graphql(`
  fragment PlaceMember on Member {
    id status joinedAt viewerCan
    user { id firstName lastName email username }
    roleAssignments { id inherited role { id name } group { id } orgUnit { id } session { id } }
  }
`)

export type PlaceMember = PlaceMemberFragment

const PlaceMembersDocument = graphql(`
  query ConsolePlaceMembers(
    $workspace: ID!, $filter: MemberFilter, $first: Int, $after: String, $last: Int, $before: String
  ) {
    workspace(id: $workspace) {
      members(
        filter: $filter, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before
      ) {
        edges { node { ...PlaceMember } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

/** Begins the keys of all lists of the people of places. */
export const placeMembersKey = (workspace: string) => ['place-members', workspace] as const

export const placeMembersQuery = (workspace: string, filter: MemberFilter) =>
  connectionQuery([...placeMembersKey(workspace), filter], async (page, signal) => {
    const answer = await request(PlaceMembersDocument, { workspace, filter, ...page }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.members
  })

export const PendingRowDocument = graphql(`
  fragment PendingRow on Invitation {
    id email firstName lastName deliveryStatus lastSentAt createdAt expiresAt
    roles { id name }
  }
`)

export type PendingRow = PendingRowFragment

const PendingDocument = graphql(`
  query ConsolePending(
    $workspace: ID!, $filter: InvitationFilter, $first: Int, $after: String, $last: Int, $before: String
  ) {
    workspace(id: $workspace) {
      invitations(
        filter: $filter, orderBy: { field: CREATED_AT, direction: DESC }
        first: $first, after: $after, last: $last, before: $before
      ) {
        edges { node { ...PendingRow } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

const PendingCountDocument = graphql(`
  query ConsolePendingCount($workspace: ID!, $filter: InvitationFilter) {
    workspace(id: $workspace) { invitations(filter: $filter) { totalCount } }
  }
`)

const pending = (filter: InvitationFilter): InvitationFilter => ({ ...filter, status: ['PENDING'] })

export const pendingQuery = (workspace: string, filter: InvitationFilter) =>
  connectionQuery(['place-pending', workspace, filter], async (page, signal) => {
    const answer = await request(PendingDocument, { workspace, filter: pending(filter), ...page }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.invitations
  })

export const pendingCountQuery = (workspace: string, filter: InvitationFilter) => queryOptions({
  queryKey: ['place-pending-count', workspace, filter],
  queryFn: async ({ signal }) => {
    const answer = await request(PendingCountDocument, { workspace, filter: pending(filter) }, signal)
    return answer.workspace?.invitations.totalCount ?? 0
  },
})
