import { expect, test } from 'vitest'
import { emptyGrant } from '@/grant/grant-form'
import { isSlug, joinChanges, stateOf } from './join-form'

const form = {
  slug: 'evening', title: 'Evening', welcomeText: '', whitelist: 'a.test', requiresApproval: false, maxJoins: '60', closesOn: '',
  grant: emptyGrant,
}

test('only what changed is sent, and an emptied field is cleared', () => {
  expect(joinChanges(form, { ...form })).toEqual({})
  expect(joinChanges(form, { ...form, title: ' ', maxJoins: '', whitelist: 'a.test,\n*.b.test a.test' }))
    .toEqual({ title: null, maxJoins: null, whitelist: ['a.test', '*.b.test'] })
  expect(joinChanges(form, { ...form, closesOn: '2027-01-08', grant: { ...emptyGrant, locale: 'fr' } }))
    .toEqual({ expiresAt: '2027-01-08', grant: { locale: 'fr' } })
})

test('slugs and states', () => {
  expect(['abc', 'a-b-c1', 'ab', 'A-b', 'a--b', '-ab', 'a_b'].map(isSlug)).toEqual([true, true, false, false, false, false, false])
  const open = { enabled: true, joinCount: 3, maxJoins: 4, expiresAt: '2027-01-01T00:00:00Z' }
  const now = Date.parse('2026-12-01')
  expect(stateOf(open, now)).toBe('OPEN')
  expect(stateOf({ ...open, joinCount: 4 }, now)).toBe('FULL')
  expect(stateOf(open, Date.parse('2027-01-02'))).toBe('EXPIRED')
  expect(stateOf({ ...open, enabled: false }, now)).toBe('OFF')
})
