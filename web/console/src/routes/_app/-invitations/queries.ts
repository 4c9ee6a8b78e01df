/** Documents of the list of invitations and of the requests to join. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type {
  ConsoleInvitationQuery, InvitationFilter, InvitationOrder, InvitationRowFragment, JoinRequestRowFragment,
} from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { connectionQuery } from '@/lib/pages'
import { request } from '@/lib/request'

export const InvitationRowDocument = graphql(`
  fragment InvitationRow on Invitation {
    id email firstName lastName status deliveryStatus deliveryError createdAt lastSentAt sentCount
    expiresAt acceptedAt cancelledAt declinedAt renewalAskedAt viewerCan
    groups { id name }
    sessions { id name }
    roles { id name }
    invitedBy { id user { firstName lastName email username } }
    member { id }
  }
`)

export type InvitationRow = InvitationRowFragment

const InvitationsDocument = graphql(`
  query ConsoleInvitations(
    $workspace: ID!, $filter: InvitationFilter, $orderBy: InvitationOrder,
    $first: Int, $after: String, $last: Int, $before: String
  ) {
    workspace(id: $workspace) {
      invitations(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        edges { node { ...InvitationRow } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

export const invitationsKey = (workspace: string) => ['invitations', workspace] as const

export const invitationsQuery = (workspace: string, filter: InvitationFilter, orderBy: InvitationOrder) =>
  connectionQuery([...invitationsKey(workspace), filter, orderBy], async (page, signal) => {
    const answer = await request(InvitationsDocument, { workspace, filter, orderBy, ...page }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.invitations
  })

const InvitationCountsDocument = graphql(`
  query ConsoleInvitationCounts($workspace: ID!, $filter: InvitationFilter, $failed: InvitationFilter, $asked: InvitationFilter) {
    workspace(id: $workspace) {
      invitationCounts(filter: $filter) { pending active cancelled declined expired }
      failed: invitations(filter: $failed) { totalCount }
      asked: invitations(filter: $asked) { totalCount }
    }
  }
`)

export const countsKey = (workspace: string) => ['invitation-counts', workspace] as const

type OtherTabs = Record<'failed' | 'asked', InvitationFilter>

/** The figures of the tabs: each status under the other filters of the list. */
export const countsQuery = (workspace: string, filter: InvitationFilter, others: OtherTabs) =>
  queryOptions({
    queryKey: [...countsKey(workspace), filter],
    queryFn: async ({ signal }) => {
      const { workspace: found } = await request(InvitationCountsDocument, { workspace, filter, ...others }, signal)
      if (!found) throw new ApiError('NOT_FOUND', '')
      const { pending, active, cancelled, declined, expired } = found.invitationCounts
      return {
        all: pending + active + cancelled + declined + expired,
        pending, active, cancelled, declined, expired,
        failed: found.failed.totalCount, asked: found.asked.totalCount,
      }
    },
  })

const InvitationDetailDocument = graphql(`
  query ConsoleInvitation($id: ID!) {
    node(id: $id) {
      ... on Invitation {
        ...InvitationRow
        message locale link
        grant {
          roles { role { id name } }
          groups { id name } orgUnit { id name } sessions { id name } programs { id name }
          labels accessExpiresAt
        }
        history { id at summary actorName details { name previousValue newValue } }
      }
    }
  }
`)

export const detailKey = (id: string) => ['invitation', id] as const

type InvitationDetail = Extract<NonNullable<ConsoleInvitationQuery['node']>, { id: string }>

/** One invitation with its history, its grant and its link. */
export const detailQuery = (id: string) => queryOptions({
  queryKey: detailKey(id),
  queryFn: async ({ signal }) => {
    const { node } = await request(InvitationDetailDocument, { id }, signal)
    if (!node || !('history' in node)) throw new ApiError('NOT_FOUND', '')
    return node as InvitationDetail
  },
})

export const ResendDocument = graphql(`
  mutation ConsoleResend($input: ResendInvitationsInput!) {
    resendInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }
  }
`)

export const ResendMatchingDocument = graphql(`
  mutation ConsoleResendMatching($input: ResendPendingInvitationsInput!) {
    resendPendingInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }
  }
`)

export const CancelDocument = graphql(`
  mutation ConsoleCancelInvitations($input: CancelInvitationsInput!) {
    cancelInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }
  }
`)

export const UpdateDocument = graphql(`
  mutation ConsoleUpdateInvitation($input: UpdateInvitationInput!) {
    updateInvitation(input: $input) { invitation { ...InvitationRow } }
  }
`)

export const CorrectEmailDocument = graphql(`
  mutation ConsoleCorrectEmail($input: CorrectInvitationEmailInput!) {
    correctInvitationEmail(input: $input) { invitation { ...InvitationRow } }
  }
`)

export const InvitationsChangedDocument = graphql(`
  subscription ConsoleInvitationsChanged($workspace: ID!) {
    invitationsChanged(workspaceId: $workspace) {
      changes { kind id invitation { ...InvitationRow } }
    }
  }
`)

export const JoinRequestRowDocument = graphql(`
  fragment JoinRequestRow on JoinRequest {
    id email firstName lastName status waitsFor message createdAt
    joinLink { id title slug }
  }
`)

export type JoinRequestRow = JoinRequestRowFragment

const JoinRequestsDocument = graphql(`
  query ConsoleJoinRequests(
    $workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String
  ) {
    workspace(id: $workspace) {
      joinRequests(filter: { status: [WAITING], search: $search }, first: $first, after: $after, last: $last, before: $before) {
        edges { node { ...JoinRequestRow } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

export const joinRequestsKey = (workspace: string) => ['join-requests', workspace] as const

export const joinRequestsQuery = (workspace: string, search: string | undefined) =>
  connectionQuery([...joinRequestsKey(workspace), search], async (page, signal) => {
    const answer = await request(JoinRequestsDocument, { workspace, search, ...page }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.joinRequests
  })

const JoinRequestCountDocument = graphql(`
  query ConsoleJoinRequestCount($workspace: ID!) {
    workspace(id: $workspace) { joinRequests(filter: { status: [WAITING] }) { totalCount } }
  }
`)

export const joinRequestCountQuery = (workspace: string) => queryOptions({
  queryKey: ['join-request-count', workspace],
  queryFn: async ({ signal }) =>
    (await request(JoinRequestCountDocument, { workspace }, signal)).workspace?.joinRequests.totalCount ?? 0,
})

export const ApproveDocument = graphql(`
  mutation ConsoleApprove($input: ApproveJoinRequestInput!) {
    approveJoinRequest(input: $input) { joinRequest { id } }
  }
`)

export const RejectDocument = graphql(`
  mutation ConsoleReject($input: RejectJoinRequestInput!) {
    rejectJoinRequest(input: $input) { joinRequest { id } }
  }
`)

export const LinkDocument = graphql(`
  query ConsoleInvitationLink($id: ID!) {
    node(id: $id) { ... on Invitation { link } }
  }
`)
