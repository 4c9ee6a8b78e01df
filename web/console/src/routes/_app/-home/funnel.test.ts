import { expect, test } from 'vitest'
import { stagesOf, type FunnelCounts } from './funnel'

const none: FunnelCounts = { pending: 0, active: 0, cancelled: 0, declined: 0, expired: 0, failed: 0, unsent: 0 }

test('a period without invitations has no steps', () => {
  expect(stagesOf(none)).toBeNull()
})

test('each step is a share of all invitations of the period', () => {
  const stages = stagesOf({ ...none, pending: 5, active: 12, cancelled: 1, declined: 1, expired: 1, failed: 2, unsent: 3 })
  expect(stages?.map(({ key, count, share }) => `${key} ${count} ${share}`)).toEqual([
    'invited 20 100', 'delivered 18 90', 'accepted 12 60', 'open 5 25',
  ])
  expect(stages?.[1]?.details).toEqual({ failed: 2, unsent: 3 })
})
