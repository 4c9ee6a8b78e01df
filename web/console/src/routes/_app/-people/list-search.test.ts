import { expect, test } from 'vitest'
import { filterOf, orderOf, readListSearch } from './list-search'

test('an address is read as far as it is known', () => {
  expect(readListSearch({ q: 12, status: 'LEFT', sort: 'NAME', group: 'grp_1', other: 'x' })).toEqual({
    q: '12', status: undefined, role: undefined, group: 'grp_1', unit: undefined, sort: 'NAME', descending: undefined,
  })
})

test('the filter holds only what is asked for', () => {
  expect(filterOf({})).toEqual({})
  expect(filterOf({ q: 'am', status: 'ACTIVE', role: 'rol_1' }))
    .toEqual({ search: 'am', status: ['ACTIVE'], roleId: 'rol_1' })
})

test('people stand by name unless said', () => {
  expect(orderOf({})).toEqual({ field: 'NAME', direction: 'ASC' })
  expect(orderOf({ sort: 'JOINED_AT', descending: true })).toEqual({ field: 'JOINED_AT', direction: 'DESC' })
})
