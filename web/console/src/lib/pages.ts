/** Cursor pages of a connection for infinite lists, and patches of what is cached. */
import {
  infiniteQueryOptions, type InfiniteData, type QueryClient, type QueryKey,
} from '@tanstack/react-query'

/** How many rows a page of a list has. */
export const pageSize = 100

/** How many pages of a list are held at the same time; further ones are fetched again. */
const heldPages = 20

type Node = { id: string }
export type Edge<Row extends Node> = { node: Row }
export type Connection<Row extends Node> = {
  edges: Edge<Row>[]
  pageInfo: { hasNextPage: boolean; endCursor?: string | null; startCursor?: string | null }
}

/** One page and the index of its first row in the list. */
export type Page<Row extends Node> = Connection<Row> & { start: number }

/** The arguments of a connection for one page. */
export type PageArguments = { first?: number; after?: string; last?: number; before?: string }
type Cursor = { start: number; after?: string; before?: string }

/** Options of an infinite query over a connection. load fetches one page. */
export function connectionQuery<Row extends Node>(
  queryKey: QueryKey,
  load: (page: PageArguments, signal: AbortSignal) => Promise<Connection<Row>>,
) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: async ({ pageParam: { start, after, before }, signal }): Promise<Page<Row>> => {
      const page = before ? { last: pageSize, before } : { first: pageSize, ...(after && { after }) }
      return { start, ...(await load(page, signal)) }
    },
    initialPageParam: { start: 0 } as Cursor,
    getNextPageParam: ({ start, edges, pageInfo }): Cursor | undefined =>
      pageInfo.hasNextPage && pageInfo.endCursor
        ? { start: start + edges.length, after: pageInfo.endCursor }
        : undefined,
    getPreviousPageParam: ({ start, pageInfo }): Cursor | undefined =>
      start > 0 && pageInfo.startCursor
        ? { start: Math.max(0, start - pageSize), before: pageInfo.startCursor }
        : undefined,
    maxPages: heldPages,
    staleTime: Infinity, // an invalidation would fetch all held pages again; rows are patched instead
  })
}

type Pages<Row extends Node> = InfiniteData<Page<Row>, Cursor>

/**
 * Patches cached rows; returns them as they were, so that undo is the same call. A list without any of the rows stays
 * the same object, so that it is not drawn again for each of the changes elsewhere that an import makes.
 */
export function patchRows(
  client: QueryClient, queryKey: QueryKey, changes: ReadonlyMap<string, object>,
): Map<string, object> {
  const previous = new Map<string, object>()
  const patch = (edge: Edge<Node>): Edge<Node> => {
    const change = changes.get(edge.node.id)
    if (!change) return edge
    previous.set(edge.node.id, edge.node)
    return { ...edge, node: { ...edge.node, ...change } }
  }
  client.setQueriesData<Pages<Node>>({ queryKey }, (data) => {
    if (!holdsAny(data, changes)) return data
    return {
      ...data,
      pages: data.pages.map((page) => hasAny(page, changes) ? { ...page, edges: page.edges.map(patch) } : page),
    }
  })
  return previous
}

type Ids = { has: (id: string) => boolean }

const hasAny = (page: Page<Node>, ids: Ids): boolean => page.edges.some(({ node }) => ids.has(node.id))

const holdsAny = (data: Pages<Node> | undefined, ids: Ids): data is Pages<Node> =>
  data?.pages.some((page) => hasAny(page, ids)) ?? false

/** Takes rows out of the cached pages and moves the pages behind them up. */
export function removeRows(client: QueryClient, queryKey: QueryKey, ids: ReadonlySet<string>): void {
  client.setQueriesData<Pages<Node>>({ queryKey }, (data) => {
    if (!holdsAny(data, ids)) return data
    let removed = 0
    const pages = data.pages.map((page) => {
      const edges = page.edges.filter(({ node }) => !ids.has(node.id))
      const moved = { ...page, edges, start: page.start - removed }
      removed += page.edges.length - edges.length
      return moved
    })
    return { ...data, pages }
  })
}
