import { expect, test } from 'vitest'
import { commonFilter, filterOf, orderOf, readListSearch } from './list-search'

test('an address with unknown parts still opens the list', () => {
  expect(readListSearch({ tab: 'nonsense', q: 42, days: 'x', sort: 'SIZE', ascending: 'yes' })).toEqual({ q: '42' })
  expect(readListSearch({ tab: 'all' }).tab).toBeUndefined()
})

test('a tab adds its conditions to those that the counts share', () => {
  const now = new Date(2026, 10, 29, 15)
  const search = { tab: 'failed' as const, q: 'jane', days: 7 }
  expect(commonFilter(search, now)).toEqual({ search: 'jane', createdAfter: new Date(2026, 10, 22).toISOString() })
  expect(filterOf(search, now)).toMatchObject({ search: 'jane', status: ['PENDING'], deliveryStatus: ['FAILED', 'BOUNCED'] })
  expect(filterOf({})).toEqual({})
})

test('the newest invitations come first unless said', () => {
  expect(orderOf({})).toEqual({ field: 'CREATED_AT', direction: 'DESC' })
  expect(orderOf({ sort: 'EMAIL', ascending: true })).toEqual({ field: 'EMAIL', direction: 'ASC' })
})
