/** The part of the address that the list of invitations reads. */
import type { InvitationFilter, InvitationOrder, InvitationStatus } from '@/gql/graphql'
import { daysAgo } from '@/lib/days'

export const tabs = [
  'all', 'pending', 'active', 'failed', 'asked', 'expired', 'declined', 'cancelled', 'requests',
] as const
export type Tab = (typeof tabs)[number]

const sortKeys = ['CREATED_AT', 'EMAIL', 'LAST_SENT_AT', 'EXPIRES_AT'] as const
export type SortKey = (typeof sortKeys)[number]

export type ListSearch = {
  tab?: Tab
  q?: string
  /** Id of a group, a session or the member who invited. */
  group?: string
  session?: string
  by?: string
  /** Invited in the last days. */
  days?: number
  sort?: SortKey
  ascending?: boolean
  /** Id of the invitation that is shown over the list. */
  show?: string
}

const text = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(value) : typeof value === 'string' && value ? value : undefined

/** Reads what is known and drops the rest, so that an old link still opens the list. */
export function readListSearch(search: Record<string, unknown>): ListSearch {
  const days = Number(search.days)
  return {
    tab: tabs.find((tab) => tab === search.tab && tab !== 'all'),
    q: text(search.q),
    group: text(search.group),
    session: text(search.session),
    by: text(search.by),
    days: Number.isInteger(days) && days > 0 && days <= 3650 ? days : undefined,
    sort: sortKeys.find((key) => key === search.sort),
    ascending: search.ascending === true ? true : undefined,
    show: text(search.show),
  }
}

const statusOfTab: Partial<Record<Tab, InvitationStatus>> = {
  pending: 'PENDING', active: 'ACTIVE', expired: 'EXPIRED', declined: 'DECLINED', cancelled: 'CANCELLED',
}

/** The conditions beside the tab: the counts of the tabs are under these. */
export function commonFilter(search: ListSearch, now = new Date()): InvitationFilter {
  return {
    ...(search.q && { search: search.q }),
    ...(search.group && { groupId: search.group }),
    ...(search.session && { sessionId: search.session }),
    ...(search.by && { invitedById: search.by }),
    ...(search.days && { createdAfter: daysAgo(search.days, now) }),
  }
}

/** The conditions of one tab. */
export function tabFilter(tab: Tab): InvitationFilter {
  if (tab === 'failed') return { status: ['PENDING'], deliveryStatus: ['FAILED', 'BOUNCED'] }
  if (tab === 'asked') return { renewalAsked: true }
  const status = statusOfTab[tab]
  return status ? { status: [status] } : {}
}

/** What the list asks the API for. */
export function filterOf(search: ListSearch, now = new Date()): InvitationFilter {
  return { ...commonFilter(search, now), ...tabFilter(search.tab ?? 'all') }
}

/** The newest first unless said. */
export function orderOf({ sort = 'CREATED_AT', ascending }: ListSearch): InvitationOrder {
  return { field: sort, direction: ascending ? 'ASC' : 'DESC' }
}

/** The parts of the address that make a saved view. */
export function viewOf({ tab, q, group, session, by, days, sort, ascending }: ListSearch): ListSearch {
  return { tab, q, group, session, by, days, sort, ascending }
}
