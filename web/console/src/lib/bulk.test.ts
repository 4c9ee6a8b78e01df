import { expect, test } from 'vitest'
import { runForEach } from './bulk'

test('a failure is told with its reason and leaves the others alone', async () => {
  const counts: number[] = []
  let running = 0
  let most = 0
  const result = await runForEach(['a', 'b', 'c', 'd', 'e', 'f'], async (id) => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running--
    if (id === 'c') throw new Error('The last administrator')
  }, (count) => counts.push(count))
  expect(result.done.toSorted()).toEqual(['a', 'b', 'd', 'e', 'f'])
  expect(result.failed).toEqual([{ id: 'c', reason: 'The last administrator' }])
  expect(counts.at(-1)).toBe(6)
  expect(most).toBeLessThanOrEqual(4)
})
