import { expect, test } from 'vitest'
import { sortOutcomes } from './registration'

test('outcomes are sorted by what becomes of the people', () => {
  const outcome = (status: string) => ({ status })
  const { now, invited, left } = sortOutcomes(
    ['ADDED', 'INVITED', 'UPDATED', 'ALREADY_MEMBER', 'INVALID_ADDRESS', 'INVITED_INSTEAD', 'SUPPRESSED'].map(outcome))
  expect(now.map(({ status }) => status)).toEqual(['ADDED'])
  expect(invited.map(({ status }) => status)).toEqual(['INVITED', 'UPDATED', 'INVITED_INSTEAD'])
  expect(left.map(({ status }) => status)).toEqual(['ALREADY_MEMBER', 'INVALID_ADDRESS', 'SUPPRESSED'])
})
