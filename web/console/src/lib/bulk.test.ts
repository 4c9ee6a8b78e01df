import { expect, test } from 'vitest'
import { byReason, inChunks, runBulk, whileMore } from './bulk'

const refused = (id: string, message: string) => ({ id, error: { message } })

test('the named objects are changed in chunks, and a refusal leaves the others alone', async () => {
  const asked: string[][] = []
  const counts: number[] = []
  const result = await runBulk(inChunks(['a', 'b', 'c', 'd', 'e'], 2, async (ids) => {
    asked.push(ids)
    return Promise.resolve({ results: ids.map((id) => id === 'c' ? refused(id, 'The last administrator') : { id }) })
  }), (count) => counts.push(count))
  expect(asked).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  expect(counts).toEqual([2, 4, 5])
  expect(result).toEqual({ done: ['a', 'b', 'd', 'e'], failed: [{ id: 'c', reason: 'The last administrator' }], stopped: null })
})

test('a filter is followed to its end', async () => {
  const asked: (string | null)[] = []
  const answers = [
    { results: [{ id: 'a' }, { id: 'b' }], nextAfterId: 'b' },
    { results: [refused('c', 'Not yours')], nextAfterId: 'c' },
    { results: [{ id: 'd' }], nextAfterId: null },
  ]
  const result = await runBulk(whileMore(async (afterId) => Promise.resolve(answers[asked.push(afterId) - 1] as typeof answers[0])))
  expect(asked).toEqual([null, 'b', 'c'])
  expect(result.done).toEqual(['a', 'b', 'd'])
})

test('a failed request ends the change and keeps what was done', async () => {
  const result = await runBulk(inChunks(['a', 'b', 'c'], 1, async ([id = '']) => {
    if (id === 'b') throw new Error('No connection')
    return Promise.resolve({ results: [{ id }] })
  }))
  expect(result).toEqual({ done: ['a'], failed: [], stopped: 'No connection' })
})

test('refusals are told by their reason, the most frequent first', () => {
  expect(byReason([{ id: 'a', reason: 'x' }, { id: 'b', reason: 'y' }, { id: 'c', reason: 'y' }]))
    .toEqual([{ reason: 'y', ids: ['b', 'c'] }, { reason: 'x', ids: ['a'] }])
})
