import { describe, expect, test } from 'vitest'
import { ApiError, faultsByInput } from './faults'

describe('an error of the API', () => {
  test('keeps its violations, or makes one of the field of older servers', () => {
    const violations = [{ field: 'emails.3', message: 'Not an address' }]
    expect(ApiError.from({ message: 'no', extensions: { code: 'BAD_USER_INPUT', violations } }).violations)
      .toEqual(violations)
    expect(ApiError.from({ message: 'Taken', extensions: { code: 'CONFLICT', field: 'name' } }).violations)
      .toEqual([{ field: 'name', message: 'Taken' }])
  })

  test('without a code is an internal one', () => {
    expect(ApiError.from({ message: 'broken' }).code).toBe('INTERNAL')
  })
})

test('a fault goes to the input with the longest path, else to nobody', () => {
  const groups = faultsByInput(['grant', 'grant.roles', 'emails'], [
    { field: 'grant.roles.0', message: 'a' },
    { field: 'grant.groupIds', message: 'b' },
    { field: 'emailsOfOthers', message: 'c' },
  ])
  expect(groups.get('grant.roles')?.map(({ message }) => message)).toEqual(['a'])
  expect(groups.get('grant')?.map(({ message }) => message)).toEqual(['b'])
  expect(groups.get(null)?.map(({ message }) => message)).toEqual(['c'])
})
