/** The figures of the home screen, in one request. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { Permission } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { isAllowed } from '@/lib/permissions'
import { request } from '@/lib/request'

const HomeDocument = graphql(`
  query ConsoleHome($workspace: ID!, $requests: Boolean!, $joinPages: Boolean!, $usage: Boolean!) {
    workspace(id: $workspace) {
      members(filter: { status: [ACTIVE] }) { totalCount }
      groups { totalCount }
      sessions { totalCount }
      running: sessions(filter: { phase: [COMING, ONGOING] }) { totalCount }
      invitationCounts { pending active cancelled declined expired }
      failed: invitations(filter: { status: [PENDING], deliveryStatus: [FAILED, BOUNCED] }) { totalCount }
      asked: invitations(filter: { renewalAsked: true }) { totalCount }
      joinRequests(filter: { status: [WAITING] }) @include(if: $requests) { totalCount }
      joinLinks @include(if: $joinPages) { totalCount }
      usage @include(if: $usage) { seats seatsTaken }
    }
  }
`)

/** What the home screen says. Lists that the person may not read are null. */
export const homeQuery = (workspace: string, held: readonly Permission[]) => queryOptions({
  queryKey: ['home', workspace],
  staleTime: 0, // figures are read again whenever the screen is opened
  queryFn: async ({ signal }) => {
    const { workspace: found } = await request(HomeDocument, {
      workspace,
      requests: isAllowed(held, ['JOIN_LINKS_MANAGE', 'MEMBERS_INVITE']),
      joinPages: held.includes('JOIN_LINKS_MANAGE'),
      usage: held.includes('USAGE_VIEW'),
    }, signal)
    if (!found) throw new ApiError('NOT_FOUND', '')
    const { pending, active, cancelled, declined, expired } = found.invitationCounts
    return {
      members: found.members.totalCount, groups: found.groups.totalCount,
      sessions: found.sessions.totalCount, running: found.running.totalCount,
      pending, expired, accepted: active, invitations: pending + active + cancelled + declined + expired,
      failed: found.failed.totalCount, asked: found.asked.totalCount,
      requests: found.joinRequests?.totalCount ?? 0, joinPages: found.joinLinks?.totalCount ?? null,
      usage: found.usage ?? null,
    }
  },
})

export type HomeFigures = Awaited<ReturnType<NonNullable<ReturnType<typeof homeQuery>['queryFn']>>>
