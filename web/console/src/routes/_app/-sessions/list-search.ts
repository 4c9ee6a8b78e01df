/** The part of the address that the list of sessions reads. */
import type { SessionFilter, SessionOrder, SessionPhase } from '@/gql/graphql'
import { readText } from '../-places/place-search'

export const phases = ['COMING', 'ONGOING', 'OVER'] as const satisfies readonly SessionPhase[]
const sortKeys = ['STARTS_AT', 'NAME', 'CREATED_AT'] as const
export type SortKey = (typeof sortKeys)[number]

export type SessionSearch = {
  phase?: SessionPhase
  q?: string
  /** Id of a program. */
  program?: string
  sort?: SortKey
  descending?: boolean
}

/** Reads what is known and drops the rest, so that an old link still opens the list. */
export function readSessionSearch(search: Record<string, unknown>): SessionSearch {
  return {
    phase: phases.find((phase) => phase === search.phase),
    q: readText(search.q),
    program: readText(search.program),
    sort: sortKeys.find((key) => key === search.sort),
    descending: search.descending === true ? true : undefined,
  }
}

export function filterOf({ phase, q, program }: SessionSearch): SessionFilter {
  return { ...(phase && { phase: [phase] }), ...(q && { search: q }), ...(program && { programId: program }) }
}

/** What starts first stands first, unless said; of what is over, what was last. */
export function orderOf({ sort = 'STARTS_AT', descending, phase }: SessionSearch): SessionOrder {
  const isNewestFirst = descending ?? (sort === 'STARTS_AT' && phase === 'OVER')
  return { field: sort, direction: isNewestFirst ? 'DESC' : 'ASC' }
}
