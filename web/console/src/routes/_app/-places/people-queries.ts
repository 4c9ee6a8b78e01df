/** Documents of the people and pending people of a place: a group, a unit, a session. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { InvitationFilter, PendingRowFragment, PlaceMemberFragment } from '@/gql/graphql'
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

const GroupMembersDocument = graphql(`
  query ConsoleGroupMembers(
    $group: ID!, $filter: MemberFilter, $first: Int, $after: String, $last: Int, $before: String
  ) {
    node(id: $group) {
      ... on Group {
        id
        members(
          filter: $filter, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before
        ) {
          edges { node { ...PlaceMember } }
          pageInfo { hasNextPage startCursor endCursor }
        }
      }
    }
  }
`)

const UnitMembersDocument = graphql(`
  query ConsoleUnitMembers(
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

/** A place that people are in. */
export type Place = { kind: 'group' | 'unit'; id: string }

/** Begins the keys of all lists of the people of places. */
export const placeMembersKey = (workspace: string) => ['place-members', workspace] as const

/** The people of a group or a unit whose names or addresses begin with the words of a search. */
export const placeMembersQuery = (workspace: string, { kind, id }: Place, search?: string) =>
  connectionQuery([...placeMembersKey(workspace), kind, id, search ?? ''], async (page, signal) => {
    const filter = search ? { search } : {}
    if (kind === 'group') {
      const { node } = await request(GroupMembersDocument, { group: id, filter, ...page }, signal)
      if (!node || !('members' in node)) throw new ApiError('NOT_FOUND', '')
      return node.members
    }
    const answer = await request(UnitMembersDocument, { workspace, filter: { ...filter, orgUnitId: id }, ...page }, signal)
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
