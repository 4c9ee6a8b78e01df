/** The part of the address that the list of people reads. */
import type { MemberFilter, MemberOrder, MemberStatus } from '@/gql/graphql'

export type ListSearch = {
  q?: string
  status?: MemberStatus
  /** Ids of a role, a group and a unit. */
  role?: string
  group?: string
  unit?: string
  sort?: SortKey
  descending?: boolean
}

/** What the filters get: the part of the address, and how to change it. */
export type FilterProps = { search: ListSearch; change: (next: Partial<ListSearch>) => void }

/** The filters whose values are objects. */
export const placed = ['role', 'group', 'unit'] as const

const sortKeys = ['NAME', 'JOINED_AT', 'ACCESS_EXPIRES_AT'] as const
export type SortKey = (typeof sortKeys)[number]

const statuses: readonly MemberStatus[] = ['ACTIVE', 'DEACTIVATED']

const text = (value: unknown): string | undefined => typeof value === 'string' && value ? value : undefined

/** Reads what is known and drops the rest, so that an old link still opens the list. */
export function readListSearch(search: Record<string, unknown>): ListSearch {
  return {
    q: typeof search.q === 'number' ? String(search.q) : text(search.q),
    status: statuses.find((status) => status === search.status),
    role: text(search.role),
    group: text(search.group),
    unit: text(search.unit),
    sort: sortKeys.find((key) => key === search.sort),
    descending: search.descending === true ? true : undefined,
  }
}

/** The order that the API is asked for. People stand by name unless said. */
export function orderOf({ sort = 'NAME', descending }: ListSearch): MemberOrder {
  return { field: sort, direction: descending ? 'DESC' : 'ASC' }
}

/** The filter that the API is asked for. */
export function filterOf({ q, status, role, group, unit }: ListSearch): MemberFilter {
  return {
    ...(q && { search: q }),
    ...(status && { status: [status] }),
    ...(role && { roleId: role }),
    ...(group && { groupId: group }),
    ...(unit && { orgUnitId: unit }),
  }
}
