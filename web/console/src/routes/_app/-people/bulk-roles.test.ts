import { expect, test } from 'vitest'
import { roleChanges, rolesGiven, sameRoles } from './bulk-roles'

const held = (key: string, place: object = {}, inherited = false) => ({ inherited, role: { key, name: key.toUpperCase() }, ...place })
const inA = { group: { id: 'grp_a' } }
const inB = { group: { id: 'grp_b' } }

test('roles that are the same at all places can be changed together', () => {
  expect(sameRoles({ id: '1', roleAssignments: [held('learner', inA), held('learner', inB)] })).toEqual(['learner'])
  expect(sameRoles({ id: '1', roleAssignments: [held('learner', inA), held('coach', inB)] })).toBeNull()
  expect(sameRoles({ id: '1', roleAssignments: [held('admin'), held('learner', inA, true), held('coach', { session: { id: 'ses_1' } })] }))
    .toEqual(['admin'])
  expect(sameRoles({ id: '1', roleAssignments: [] })).toEqual([])
})

test('giving and taking change only those whom it concerns, and know what undoes it', () => {
  const people = [
    { id: 'learner', roleAssignments: [held('learner', inA)] },
    { id: 'coach', roleAssignments: [held('coach', inA), held('learner', inA)] },
    { id: 'mixed', roleAssignments: [held('coach', inA), held('learner', inB)] },
  ]
  expect(roleChanges('give', 'coach', people)).toEqual([{ id: 'learner', previous: ['learner'], next: ['learner', 'coach'] }])
  expect(roleChanges('take', 'coach', people)).toEqual([{ id: 'coach', previous: ['coach', 'learner'], next: ['learner'] }])
  expect([...rolesGiven(people).keys()]).toEqual(['learner', 'coach'])
})
