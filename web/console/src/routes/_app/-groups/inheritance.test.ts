import { expect, test } from 'vitest'
import { inheritanceChange, inheritingGroups, type GroupLike } from './inheritance'

const group = (id: string, visibility: GroupLike['visibility'], parent?: string): [string, GroupLike] =>
  [id, { id, name: id, visibility, parent: parent ? { id: parent } : null }]

// school (public) > evening (private) > bookkeeping (public) > level (public); school > library (public)
const groups = new Map([
  group('school', 'PUBLIC'), group('evening', 'PRIVATE', 'school'), group('bookkeeping', 'PUBLIC', 'evening'),
  group('level', 'PUBLIC', 'bookkeeping'), group('library', 'PUBLIC', 'school'),
])
const ids = (found: GroupLike[]) => found.map(({ id }) => id)

test('learners of a public group are in each group above, up to and including the first private one', () => {
  expect(ids(inheritingGroups(groups, { visibility: 'PUBLIC', parentId: 'bookkeeping' }))).toEqual(['bookkeeping', 'evening'])
  expect(ids(inheritingGroups(groups, { visibility: 'PUBLIC', parentId: 'library' }))).toEqual(['library', 'school'])
  expect(inheritingGroups(groups, { visibility: 'PRIVATE', parentId: 'bookkeeping' })).toEqual([])
  expect(inheritingGroups(groups, { visibility: 'PUBLIC', parentId: null })).toEqual([])
  expect(inheritingGroups(groups, { visibility: 'PUBLIC', parentId: 'hidden' })).toEqual([])
})

test('a change tells which groups the learners enter and leave', () => {
  const now = { visibility: 'PUBLIC', parentId: 'bookkeeping' } as const
  const moved = inheritanceChange(groups, now, { visibility: 'PUBLIC', parentId: 'library' })
  expect([ids(moved.joined), ids(moved.left)]).toEqual([['library', 'school'], ['bookkeeping', 'evening']])
  const closed = inheritanceChange(groups, now, { ...now, visibility: 'PRIVATE' })
  expect([ids(closed.joined), ids(closed.left)]).toEqual([[], ['bookkeeping', 'evening']])
  const up = inheritanceChange(groups, now, { ...now, parentId: 'evening' })
  expect([ids(up.joined), ids(up.left)]).toEqual([[], ['bookkeeping']])
})
