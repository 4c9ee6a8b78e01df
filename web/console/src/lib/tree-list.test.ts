import { QueryClient } from '@tanstack/react-query'
import { beforeEach, expect, test } from 'vitest'
import { loadLevel, loadTree, mergeRows, needsLevel, revealRow, wholeLimit, type LevelRow, type TreeList, type TreeSource } from './tree-list'

// A tree of three levels: a top row has ten rows below it, each of those as many.
const row = (id: string, childCount = 0): LevelRow => {
  const end = id.lastIndexOf('.')
  return { id, name: id, childCount, parent: end < 0 ? null : { id: id.slice(0, end) } }
}
const digits = Array.from({ length: 10 }, (_, i) => String(i))
const tops = Array.from({ length: 30 }, (_, i) => String(10 + i))
const all = tops.flatMap((top) => [
  row(top, 10), ...digits.flatMap((middle) => [row(`${top}.${middle}`, 10), ...digits.map((low) => row(`${top}.${middle}.${low}`))]),
])

let asked: string[] = []
const source = (rows: LevelRow[]): TreeSource<LevelRow> => ({
  key: ['tree'],
  load: (filter, after, withTotal) => {
    asked.push(filter.parentId ?? (filter.isRoot ? 'roots' : 'all'))
    const found = rows.filter(({ parent }) => filter.isRoot ? !parent : filter.parentId === undefined || parent?.id === filter.parentId)
    const from = after ? Number(after) : 0
    return Promise.resolve({
      edges: found.slice(from, from + 100).map((node) => ({ node })),
      pageInfo: { hasNextPage: from + 100 < found.length, endCursor: String(from + 100) },
      ...(withTotal && { totalCount: rows.length }),
    })
  },
  loadRow: (id) => Promise.resolve(rows.find((found) => found.id === id) ?? null),
})

beforeEach(() => { asked = [] })

test('a tree within the limit is fetched whole', async () => {
  const list = await loadTree(source(all.slice(0, 250)))
  expect(list.rows).toHaveLength(250)
  expect(list.levels).toBeNull()
  expect(asked).toEqual(['all', 'all', 'all'])
})

test('of a larger tree the first level is fetched, then one level at a time', async () => {
  expect(all.length).toBeGreaterThan(wholeLimit)
  const client = new QueryClient()
  const tree = source(all)
  const list = await loadTree(tree)
  client.setQueryData(tree.key, list)
  expect(list.rows.map(({ id }) => id)).toEqual(tops)
  expect(needsLevel(list, '12')).toBe(true)
  await loadLevel(client, tree, '12')
  await loadLevel(client, tree, '12')
  expect(asked).toEqual(['all', 'roots', '12'])
  const now = client.getQueryData<TreeList<LevelRow>>(tree.key)
  expect(now?.rows).toHaveLength(40)
  expect(needsLevel(now, '12')).toBe(false)
  expect(needsLevel(now, '12.3')).toBe(true)
})

test('a row that an address names is shown with what lies above it and beside it', async () => {
  const client = new QueryClient()
  const tree = source(all)
  client.setQueryData(tree.key, await loadTree(tree))
  await revealRow(client, tree, '15.4.2')
  const now = client.getQueryData<TreeList<LevelRow>>(tree.key)
  expect(now?.rows.filter(({ id }) => id.startsWith('15'))).toHaveLength(21)
  expect(needsLevel(now, '15.4')).toBe(false)
  expect(needsLevel(now, '15.5')).toBe(true)
})

test('a changed row takes the place of the former one', () => {
  expect(mergeRows([row('b'), row('c')], [{ ...row('c'), name: 'a' }]).map(({ name }) => name)).toEqual(['a', 'b'])
})
