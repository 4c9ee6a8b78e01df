/** Which rows of a long list are held, and which page is needed next. */
import type { Page } from '@/lib/pages'

type Identified = { id: string }

/** The held rows: a window of the list that begins at first. */
export type ListWindow<Row extends Identified> = {
  first: number
  rows: Row[]
  /** How many rows the scrollbar stands for: the window, and a page more where the list continues. */
  count: number
}

/** How many rows beyond the window the scrollbar makes room for. */
const ahead = 100

/** How close to the edge of the window the next page is fetched, in rows. */
const margin = 30

export function windowOf<Row extends Identified>(
  pages: readonly Page<Row>[], hasNext: boolean,
): ListWindow<Row> {
  const first = pages[0]?.start ?? 0
  const rows = pages.flatMap((page) => page.edges.map(({ node }) => node))
  return { first, rows, count: first + rows.length + (hasNext ? ahead : 0) }
}

/** The page that the visible rows need: the next one, the previous one, or none. */
export function neededPage(
  list: ListWindow<Identified>, hasNext: boolean, firstVisible: number, lastVisible: number,
): 'next' | 'previous' | null {
  if (list.first > 0 && firstVisible < list.first + margin) return 'previous'
  if (hasNext && lastVisible > list.first + list.rows.length - margin) return 'next'
  return null
}
