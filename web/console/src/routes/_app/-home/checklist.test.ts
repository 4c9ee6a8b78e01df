import { expect, test } from 'vitest'
import type { Permission } from '@/gql/graphql'
import { isWorthShowing, stepsOf, type Counts } from './checklist'

const all: Permission[] = ['GROUPS_MANAGE', 'MEMBERS_INVITE', 'SESSIONS_MANAGE', 'JOIN_LINKS_MANAGE']
const fresh: Counts = { groups: 0, sessions: 0, invitations: 0, accepted: 0, members: 1, joinPages: 0 }
const states = (counts: Partial<Counts>, held = all) =>
  stepsOf({ ...fresh, ...counts }, held).map(({ key, state }) => `${key} ${state}`)

test('a new workspace begins with its first group', () => {
  expect(states({})).toEqual([
    'workspace done', 'group next', 'invite later', 'accept later', 'session later', 'join later',
  ])
})

test('the first step that is open comes next, whatever is done behind it', () => {
  expect(states({ groups: 2, joinPages: 1 })).toEqual([
    'workspace done', 'group done', 'invite next', 'accept later', 'session later', 'join done',
  ])
  expect(states({ groups: 2, invitations: 3 })[3]).toBe('accept next')
})

test('what somebody may not do is not in the list', () => {
  expect(states({}, ['MEMBERS_INVITE'])).toEqual(['workspace done', 'invite next', 'accept later'])
  expect(isWorthShowing(stepsOf(fresh, []))).toBe(false)
})

test('a list whose steps are all done is not shown', () => {
  const counts = { groups: 1, sessions: 1, invitations: 1, accepted: 1, members: 2, joinPages: 1 }
  expect(isWorthShowing(stepsOf(counts, all))).toBe(false)
  expect(isWorthShowing(stepsOf({ ...counts, joinPages: 0 }, all))).toBe(true)
})
