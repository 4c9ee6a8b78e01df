import { expect, test } from 'vitest'
import { emptyGrant, grantChanges, grantFormOf, grantOf, withoutPlace, withPlace } from './grant-form'

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

test('a place is filled in once and taken out again', () => {
  const group = { kind: 'groups', id: 'grp_1', name: 'Class 1', where: 'School' } as const
  const twice = withPlace(withPlace(emptyGrant, group), group)
  expect(grantOf(twice)).toEqual({ groupIds: ['grp_1'] })
  expect(withoutPlace(twice, group)).toEqual(emptyGrant)
})

test('a person is in one unit at most', () => {
  const unit = (id: string) => ({ kind: 'units', id, name: id, where: '' }) as const
  expect(grantOf(withPlace(withPlace(emptyGrant, unit('a')), unit('b')))).toEqual({ orgUnitId: 'b' })
})
