/** The figures of the home screen, in one request. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { Permission } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { daysAgo } from '@/lib/days'
import { isAllowed } from '@/lib/permissions'
import { request } from '@/lib/request'
import type { FunnelCounts } from './funnel'

const HomeDocument = graphql(`
  query ConsoleHome($workspace: ID!, $requests: Boolean!, $joinPages: Boolean!, $usage: Boolean!, $imports: Boolean!) {
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
      runningImports: imports(first: 1, filter: { status: [RUNNING, PAUSED] }) @include(if: $imports) {
        totalCount
        edges { node { id totalRows counts { done } } }
      }
      readyImports: imports(first: 1, filter: { status: [PREVIEWED] }) @include(if: $imports) {
        totalCount
        edges { node { id totalRows counts { done } } }
      }
      usage @include(if: $usage) { seats seatsTaken }
    }
  }
`)

type Imports = { totalCount: number; edges: { node: { id: string; totalRows: number; counts: { done: number } } }[] }

/** How many imports there are in a state, and the newest of them. */
const importsOf = (list?: Imports | null) => ({ count: list?.totalCount ?? 0, newest: list?.edges[0]?.node })

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
      imports: held.includes('MEMBERS_IMPORT'),
    }, signal)
    if (!found) throw new ApiError('NOT_FOUND', '')
    const { pending, active, cancelled, declined, expired } = found.invitationCounts
    return {
      members: found.members.totalCount, groups: found.groups.totalCount,
      sessions: found.sessions.totalCount, running: found.running.totalCount,
      pending, expired, accepted: active, invitations: pending + active + cancelled + declined + expired,
      failed: found.failed.totalCount, asked: found.asked.totalCount,
      requests: found.joinRequests?.totalCount ?? 0, joinPages: found.joinLinks?.totalCount ?? null,
      runningImports: importsOf(found.runningImports), readyImports: importsOf(found.readyImports),
      usage: found.usage ?? null,
    }
  },
})

export type HomeFigures = Awaited<ReturnType<NonNullable<ReturnType<typeof homeQuery>['queryFn']>>>

const FunnelDocument = graphql(`
  query ConsoleFunnel($workspace: ID!, $all: InvitationFilter!, $failed: InvitationFilter!, $unsent: InvitationFilter!) {
    workspace(id: $workspace) {
      invitationCounts(filter: $all) { pending active cancelled declined expired }
      failed: invitations(filter: $failed) { totalCount }
      unsent: invitations(filter: $unsent) { totalCount }
    }
  }
`)

/** What became of the invitations of the last days. */
export const funnelQuery = (workspace: string, days: number) => queryOptions({
  queryKey: ['home-funnel', workspace, days],
  staleTime: 0,
  queryFn: async ({ signal }): Promise<FunnelCounts> => {
    const all = { createdAfter: daysAgo(days) }
    const { workspace: found } = await request(FunnelDocument, {
      workspace, all,
      failed: { ...all, deliveryStatus: ['FAILED', 'BOUNCED'] },
      unsent: { ...all, deliveryStatus: ['NOT_SENT', 'QUEUED'] },
    }, signal)
    if (!found) throw new ApiError('NOT_FOUND', '')
    return { ...found.invitationCounts, failed: found.failed.totalCount, unsent: found.unsent.totalCount }
  },
})
