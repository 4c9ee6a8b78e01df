/** The part of the address that the page of a place reads. */

const placeTabs = ['people', 'pending', 'access'] as const
export type PlaceTab = (typeof placeTabs)[number]

export type PlaceSearch = {
  tab?: PlaceTab
  /** Search among the people. */
  q?: string
}

/** A text of the address. The router reads digits as a number. */
export const readText = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(value) : typeof value === 'string' && value ? value : undefined

export function readPlaceSearch(search: Record<string, unknown>): PlaceSearch {
  return { tab: placeTabs.find((tab) => tab === search.tab && tab !== 'people'), q: readText(search.q) }
}

/** The search for a place in a tree. Its name differs from the search among people. */
export type TreeSearch = { find?: string }

export function readTreeSearch(search: Record<string, unknown>): TreeSearch {
  return { find: readText(search.find) }
}
