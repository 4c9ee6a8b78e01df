import { expect, test } from 'vitest'
import { filterOf, orderOf, readSessionSearch } from './list-search'

test('the address keeps what is known and drops the rest', () => {
  expect(readSessionSearch({ phase: 'OVER', q: 2027, program: 'prg_1', sort: 'NAME', descending: true }))
    .toEqual({ phase: 'OVER', q: '2027', program: 'prg_1', sort: 'NAME', descending: true })
  expect(Object.values(readSessionSearch({ phase: 'LATER', sort: 'COLOUR', descending: 'yes' })).filter(Boolean)).toEqual([])
})

test('the filter holds what was chosen only', () => {
  expect(filterOf({})).toEqual({})
  expect(filterOf({ phase: 'COMING', q: 'first', program: 'prg_1' }))
    .toEqual({ phase: ['COMING'], search: 'first', programId: 'prg_1' })
})

test('what starts first stands first; of what is over, what was last', () => {
  expect(orderOf({})).toEqual({ field: 'STARTS_AT', direction: 'ASC' })
  expect(orderOf({ phase: 'OVER' })).toEqual({ field: 'STARTS_AT', direction: 'DESC' })
  expect(orderOf({ sort: 'NAME', phase: 'OVER' })).toEqual({ field: 'NAME', direction: 'ASC' })
  expect(orderOf({ sort: 'NAME', descending: true })).toEqual({ field: 'NAME', direction: 'DESC' })
})
