import { expect, test } from 'vitest'
import { summarize } from './plan-summary'

test('a plan is summed up; emails of later days are told', () => {
  const now = Date.parse('2026-11-29T12:00:00Z')
  const person = (status: string, more = {}) => ({ status, warnings: [], groups: [], sessions: [], mails: [], ...more })
  const summary = summarize({
    people: [
      person('INVITED', { groups: [{ name: 'Sales' }], mails: [{ at: '2026-11-29T12:00:01Z' }, { at: '2026-12-06T08:00:00Z' }] }),
      person('INVITED', { groups: [{ name: 'Sales' }], warnings: ['ACCOUNT_EXISTS_ELSEWHERE'] }),
      person('UPDATED'), person('INVALID_ADDRESS'),
    ],
  }, now)
  expect(summary.counts).toEqual({ invited: 2, updated: 1, added: 0 })
  expect(summary.groups).toEqual(['Sales'])
  expect(summary.elsewhere).toBe(1)
  expect(summary.lastEmail).toBe('2026-12-06T08:00:00Z')
})
