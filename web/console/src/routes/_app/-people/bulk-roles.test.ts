import { expect, test } from 'vitest'
import { changedBy, holds, onlyHolding, rolesGiven } from './bulk-roles'

const held = (key: string, place: object = {}, inherited = false) =>
  ({ inherited, role: { id: `rol_${key}`, key, name: key.toUpperCase() }, ...place })
const inA = { group: { id: 'grp_a', name: 'A' } }
const inUnit = { orgUnit: { id: 'unit_u', name: 'U' } }
const coachInA = { role: 'coach', place: { groupId: 'grp_a' } }

const people = [
  { id: 'learner', orgUnit: { id: 'unit_u' }, roleAssignments: [held('learner', inA)] },
  { id: 'coach', roleAssignments: [held('coach', inA), held('learner', inA)] },
  { id: 'heir', roleAssignments: [held('coach', inA, true), held('manager', inUnit)] },
  { id: 'only', roleAssignments: [held('coach', inA), held('instructor', { session: { id: 'ses_1' } })] },
]

test('a role is held where it was given, not where it is inherited', () => {
  expect(people.filter((person) => holds(person, coachInA)).map(({ id }) => id)).toEqual(['coach', 'only'])
  expect(people.some((person) => holds(person, { role: 'coach' }))).toBe(false)
})

test('giving and taking concern those whom it changes', () => {
  expect(changedBy('give', coachInA, people)).toEqual(['learner', 'heir'])
  expect(changedBy('take', coachInA, people)).toEqual(['coach', 'only'])
  expect(changedBy('give', { role: 'manager', place: { orgUnitId: 'unit_u' } }, people)).toEqual(['learner'])
  expect(onlyHolding(coachInA, people)).toEqual(['only'])
})

test('roles are told with their places and how many hold them', () => {
  expect(rolesGiven(people).map(({ name, where, ids }) => [name, where, ids.length]))
    .toEqual([['LEARNER', 'A', 2], ['COACH', 'A', 2], ['MANAGER', 'U', 1]])
})
