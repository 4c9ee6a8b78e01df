/** The part of the address that the list of people reads. */
import type { MemberOrder, MemberStatus } from '@/gql/graphql'

export type ListSearch = {
  q?: string
  status?: MemberStatus
  sort?: SortKey
  descending?: boolean
}

const sortKeys = ['NAME', 'JOINED_AT'] as const
export type SortKey = (typeof sortKeys)[number]

const statuses: readonly MemberStatus[] = ['ACTIVE', 'DEACTIVATED']

/** Reads what is known and drops the rest, so that an old link still opens the list. */
export function readListSearch(search: Record<string, unknown>): ListSearch {
  return {
    q: typeof search.q === 'string' && search.q ? search.q : typeof search.q === 'number' ? String(search.q) : undefined,
    status: statuses.find((status) => status === search.status),
    sort: sortKeys.find((key) => key === search.sort),
    descending: search.descending === true ? true : undefined,
  }
}

/** The order that the API is asked for. People stand by name unless said. */
export function orderOf({ sort = 'NAME', descending }: ListSearch): MemberOrder {
  return { field: sort, direction: descending ? 'DESC' : 'ASC' }
}
