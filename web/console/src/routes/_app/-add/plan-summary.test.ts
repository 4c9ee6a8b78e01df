import { expect, test } from 'vitest'
import type { InviteWarning } from '@/gql/graphql'
import { summarize, warningsOf } from './plan-summary'

test('a plan is summed up; emails of later days are told', () => {
  const now = Date.parse('2026-11-29T12:00:00Z')
  const person = (status: string, more: object = {}) => ({ input: status, status, warnings: [] as InviteWarning[], groups: [], sessions: [], emails: [], ...more })
  const summary = summarize({
    people: [
      person('INVITED', { groups: [{ name: 'Sales' }], emails: [{ at: '2026-11-29T12:00:01Z' }, { at: '2026-12-06T08:00:00Z' }] }),
      person('INVITED', { groups: [{ name: 'Sales' }] }),
      person('UPDATED'), person('INVALID_ADDRESS'),
    ],
  }, now)
  expect(summary.counts).toEqual({ invited: 2, updated: 1, added: 0 })
  expect(summary.groups).toEqual(['Sales'])
  expect(summary.lastEmail).toBe('2026-12-06T08:00:00Z')
})

test('warnings are told with their people, those about addresses first', () => {
  const person = (input: string, ...warnings: InviteWarning[]) => ({ input, warnings })
  const told = warningsOf([
    person('a', 'ACCOUNT_EXISTS_ELSEWHERE'), person('b', 'DOMAIN_TYPO', 'SAME_NAME'), person('c'), person('d', 'DOMAIN_TYPO'),
  ])
  expect(told.map(({ warning, people }) => `${warning}: ${people.map(({ input }) => input).join(' ')}`))
    .toEqual(['DOMAIN_TYPO: b d', 'SAME_NAME: b', 'ACCOUNT_EXISTS_ELSEWHERE: a'])
})
