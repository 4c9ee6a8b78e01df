import { expect, test } from 'vitest'
import { apiKeyFormOf, emptyKey, keyChangesOf, keyInputOf, lacksPlace } from './api-key-form'
import type { ApiKeyRow } from './api-key-queries'

const group = { id: 'grp_1', name: 'Evening', where: '' }
const key = {
  id: 'key_1', name: 'Sync', hint: 'abcd', status: 'ACTIVE', permissions: ['MEMBERS_VIEW'], wholeWorkspace: false,
  allowedNetworks: ['192.0.2.0/24'], expiresAt: '2031-05-01T21:59:59Z', groups: [{ id: 'grp_1', name: 'Evening' }], orgUnits: [], sessions: [],
} as unknown as ApiKeyRow

test('a key of the whole workspace names no place, whatever was picked before', () => {
  const form = { ...emptyKey, name: ' Sync ', permissions: ['MEMBERS_VIEW' as const], groups: [group], networks: '192.0.2.0/24\n\n' }
  expect(keyInputOf(form)).toEqual({
    name: 'Sync', permissions: ['MEMBERS_VIEW'], groupIds: [], orgUnitIds: [], sessionIds: [], expiresAt: null,
    allowedNetworks: ['192.0.2.0/24'],
  })
  expect(keyInputOf({ ...form, isWhole: false }).groupIds).toEqual(['grp_1'])
})

test('a key that is to work at places needs one, because none would be the whole workspace', () => {
  expect(lacksPlace(emptyKey)).toBe(false)
  expect(lacksPlace({ ...emptyKey, isWhole: false })).toBe(true)
  expect(lacksPlace({ ...emptyKey, isWhole: false, groups: [group] })).toBe(false)
})

test('an edit sends only what changed', () => {
  const start = apiKeyFormOf(key, 'Europe/Paris')
  expect(start.expiresOn).toBe('2031-05-01')
  expect(keyChangesOf(start, { ...start })).toEqual({})
  expect(keyChangesOf(start, { ...start, expiresOn: '' })).toEqual({ expiresAt: null })
  expect(keyChangesOf(start, { ...start, isWhole: true, networks: '' })).toEqual({ groupIds: [], allowedNetworks: [] })
})
