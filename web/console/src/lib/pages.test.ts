import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { connectionQuery, patchRows, removeRows, type Page } from './pages'

type Row = { id: string; name: string }

const page = (start: number, ...ids: string[]): Page<Row> => ({
  start,
  edges: ids.map((id) => ({ node: { id, name: id } })),
  pageInfo: { hasNextPage: true, startCursor: `s${start}`, endCursor: `e${start}` },
})

const cached = (client: QueryClient) =>
  client.getQueryData<{ pages: Page<Row>[] }>(['rows', 'all'])?.pages ?? []

function withRows(): QueryClient {
  const client = new QueryClient()
  client.setQueryData(['rows', 'all'], { pages: [page(0, 'a', 'b'), page(2, 'c', 'd')], pageParams: [] })
  return client
}

test('a patch answers the rows as they were, so that the same call undoes it', () => {
  const client = withRows()
  const previous = patchRows(client, ['rows'], new Map([['c', { name: 'changed' }], ['gone', { name: 'x' }]]))
  expect(cached(client)[1]?.edges[0]?.node.name).toBe('changed')
  expect([...previous.keys()]).toEqual(['c'])
  patchRows(client, ['rows'], previous)
  expect(cached(client)[1]?.edges[0]?.node.name).toBe('c')
})

test('a patch leaves pages alone that it does not concern', () => {
  const client = withRows()
  const untouched = cached(client)[0]
  patchRows(client, ['rows'], new Map([['c', { name: 'changed' }]]))
  expect(cached(client)[0]).toBe(untouched)
})

test('a list that holds none of the rows stays the same object', () => {
  const client = withRows()
  const untouched = client.getQueryData(['rows', 'all'])
  patchRows(client, ['rows'], new Map([['gone', { name: 'x' }]]))
  removeRows(client, ['rows'], new Set(['gone']))
  expect(client.getQueryData(['rows', 'all'])).toBe(untouched)
})

test('removed rows move the pages behind them up', () => {
  const client = withRows()
  removeRows(client, ['rows'], new Set(['a', 'd']))
  expect(cached(client).map(({ start, edges }) => [start, edges.length])).toEqual([[0, 1], [1, 1]])
})

test('pages are asked for by the cursors of their neighbours', async () => {
  const asked: unknown[] = []
  const query = connectionQuery(['rows'], async (args) => {
    asked.push(args)
    return page(0, 'a')
  })
  const context = { client: new QueryClient(), queryKey: ['rows'], signal: new AbortController().signal, direction: 'forward', meta: undefined } as const
  for (const pageParam of [{ start: 0 }, { start: 100, after: 'e0' }, { start: 0, before: 's100' }]) {
    await (query.queryFn as (c: object) => Promise<unknown>)({ ...context, pageParam })
  }
  expect(asked).toEqual([{ first: 100 }, { first: 100, after: 'e0' }, { last: 100, before: 's100' }])
})
