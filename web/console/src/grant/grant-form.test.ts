import { expect, test } from 'vitest'
import { emptyGrant, grantChanges, grantFormOf, grantOf } from './grant-form'

const stored = {
  roles: [{ role: { id: 'rol_1' } }, { role: { id: 'rol_1' } }], groups: [{ id: 'grp_1', name: 'Nursing' }], sessions: [],
  programs: [], orgUnit: null, labels: ['a', 'b'], locale: 'fr', accessExpiresAt: '2027-01-01T22:30:00Z', customFields: { size: 4 },
}

test('a grant is edited and only its changes are sent', () => {
  const start = grantFormOf(stored, 'Europe/Paris')
  expect(start).toMatchObject({ roles: ['rol_1'], labels: 'a, b', accessEnd: '2027-01-01', answers: { size: '4' } })
  expect(grantChanges(start, { ...start })).toBeUndefined()
  expect(grantChanges(start, { ...start, groups: [], labels: 'a' })).toEqual({ groupIds: null, labels: ['a'] })
  expect(grantChanges(start, { ...start, answers: { size: '' } })).toEqual({ customFields: { size: null } })
})

test('what was left empty is no part of a new grant', () => {
  expect(grantOf(emptyGrant)).toEqual({})
  expect(grantOf({ ...emptyGrant, labels: ' x ,, y ' })).toEqual({ labels: ['x', 'y'] })
})
