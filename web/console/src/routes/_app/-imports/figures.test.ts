import { expect, test } from 'vitest'
import { countOf, effective, groupFaults, isMoving, isOfSync, outcomes } from './figures'

const row = (number: number, message: string, code = 'BAD_USER_INPUT') => ({ number, errors: [{ column: 'email', code, message }] })

test('faults are grouped by what repairs them, the most frequent first, remarks last', () => {
  const groups = groupFaults([
    row(2, 'Remark', 'WARNING'), row(3, 'Remark', 'WARNING'), row(4, 'Remark', 'WARNING'),
    row(5, 'No such group'), row(6, 'No @'), row(9, 'No @'),
  ])
  expect(groups.map(({ message, rows }) => [message, rows])).toEqual([
    ['No @', [6, 9]], ['No such group', [5]], ['Remark', [2, 3, 4]],
  ])
})

test('a row with two faults stands in both groups', () => {
  const errors = [{ column: 'email', code: 'BAD_USER_INPUT', message: 'a' }, { column: null, code: 'FORBIDDEN', message: 'b' }]
  expect(groupFaults([{ number: 7, errors }])).toHaveLength(2)
})

test('figures: every outcome has its own, only what changes something is counted', () => {
  const counts = { invite: 1, create: 2, update: 4, unchanged: 8, error: 16, deactivate: 32, reactivate: 64 }
  expect(outcomes.map((outcome) => countOf(outcome, counts))).toEqual([1, 2, 4, 32, 64, 8, 16])
  expect(effective(counts)).toBe(103)
  expect(outcomes.filter(isOfSync)).toEqual(['DEACTIVATE', 'REACTIVATE'])
  expect(isMoving('RUNNING')).toBe(true)
  expect(isMoving('PREVIEWED')).toBe(false)
})
