/** The rows of a tree: all of them, or level by level where there are too many. */
import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { Connection } from './pages'

/** A row that names its parent, and how many rows lie right below it. */
export type LevelRow = { id: string; name: string; childCount: number; parent?: { id: string } | null }

/** Which rows of a tree to list; all without a field. */
export type TreeFilter = { isRoot?: true; parentId?: string }

export type TreeList<Row> = {
  rows: Row[]
  /** The rows whose children are held; null when all rows of the tree are. */
  levels: string[] | null
}

/** Where the rows of a tree come from, and where they are cached. */
export type TreeSource<Row extends LevelRow> = {
  key: QueryKey
  /** One page of at most 100 rows, ordered by name. The number of all rows is asked for once. */
  load: (filter: TreeFilter, after: string | null, withTotal: boolean) => Promise<Connection<Row> & { totalCount?: number }>
  /** One row; null for one that is hidden from the person. */
  loadRow: (id: string) => Promise<Row | null>
}

/** At most so many rows are fetched together. */
export const wholeLimit = 2_000

/** Fetches all rows of a tree, or its first level where the tree is too large. */
export async function loadTree<Row extends LevelRow>({ load }: Pick<TreeSource<Row>, 'load'>): Promise<TreeList<Row>> {
  const first = await load({}, null, true)
  if ((first.totalCount ?? 0) <= wholeLimit) return { rows: await allRows(load, {}, first), levels: null }
  return { rows: await allRows(load, { isRoot: true }), levels: [] }
}

/** Fetches the rows right below one, unless they are held. */
export async function loadLevel<Row extends LevelRow>(
  client: QueryClient, { key, load }: TreeSource<Row>, parentId: string,
): Promise<void> {
  if (!needsLevel(client.getQueryData<TreeList<Row>>(key), parentId)) return
  const children = await allRows(load, { parentId })
  client.setQueryData<TreeList<Row>>(key, (list) => list?.levels
    ? { rows: mergeRows(list.rows, children), levels: [...list.levels.filter((id) => id !== parentId), parentId] } : list)
}

/** Fetches what is needed to show where a row lies: the rows above it, what lies beside those, and what lies below it. */
export async function revealRow<Row extends LevelRow>(
  client: QueryClient, source: TreeSource<Row>, id: string,
): Promise<void> {
  const held = client.getQueryData<TreeList<Row>>(source.key)
  if (!held?.levels) return
  const known = new Map(held.rows.map((row) => [row.id, row]))
  const path: Row[] = []
  for (let next: string | undefined = id; next && path.every((row) => row.id !== next);) {
    const row: Row | null = known.get(next) ?? await source.loadRow(next)
    if (row) path.push(row)
    next = row?.parent?.id
  }
  client.setQueryData<TreeList<Row>>(source.key, (list) => list?.levels
    ? { ...list, rows: mergeRows(list.rows, path) } : list)
  await Promise.all(path.map((row) => loadLevel(client, source, row.id)))
}

/** Puts rows into a list that is ordered by name. */
export function mergeRows<Row extends LevelRow>(rows: readonly Row[], added: readonly Row[]): Row[] {
  const merged = new Map([...rows, ...added].map((row) => [row.id, row]))
  return [...merged.values()].sort((a, b) => a.name.localeCompare(b.name))
}

/** Reports whether rows lie below one that are not held. */
export function needsLevel(list: TreeList<LevelRow> | undefined, id: string): boolean {
  if (!list?.levels || list.levels.includes(id)) return false
  return (list.rows.find((row) => row.id === id)?.childCount ?? 1) > 0
}

/** The rows of a filter to the end, or to the limit: beyond it, the rest of a level is found by search. */
async function allRows<Row extends LevelRow>(
  load: TreeSource<Row>['load'], filter: TreeFilter, first?: Connection<Row>,
): Promise<Row[]> {
  const rows: Row[] = []
  let page = first ?? await load(filter, null, false)
  for (;;) {
    rows.push(...page.edges.map(({ node }) => node))
    const { hasNextPage, endCursor } = page.pageInfo
    if (!hasNextPage || !endCursor || rows.length >= wholeLimit) return rows
    page = await load(filter, endCursor, false)
  }
}
