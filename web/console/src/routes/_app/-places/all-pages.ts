/** Lists that are shown whole, such as a tree. */
import type { Connection } from '@/lib/pages'

/** A list that was fetched to its end, or to its limit. */
export type WholeList<Row> = { rows: Row[]; isCut: boolean }

/** At most so many pages of 100 rows: who has more finds the rest by search. */
const pageLimit = 20

/** Fetches the pages of a connection one after the other. */
export async function allPages<Row extends { id: string }>(
  load: (after: string | null) => Promise<Connection<Row>>,
): Promise<WholeList<Row>> {
  const rows: Row[] = []
  let after: string | null = null
  for (let page = 0; page < pageLimit; page++) {
    const { edges, pageInfo }: Connection<Row> = await load(after)
    rows.push(...edges.map(({ node }) => node))
    if (!pageInfo.hasNextPage || !pageInfo.endCursor) return { rows, isCut: false }
    after = pageInfo.endCursor
  }
  return { rows, isCut: true }
}
