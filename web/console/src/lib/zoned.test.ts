import { expect, test } from 'vitest'
import { fromZonedInput, toZonedInput } from './zoned'

test('a wall clock in a time zone and back', () => {
  expect(toZonedInput('2026-12-01T17:30:00Z', 'Europe/Paris')).toBe('2026-12-01T18:30')
  expect(fromZonedInput('2026-12-01T18:30', 'Europe/Paris')).toBe('2026-12-01T17:30:00.000Z')
  expect(fromZonedInput('2026-07-01T00:15', 'America/New_York')).toBe('2026-07-01T04:15:00.000Z')
  expect(toZonedInput('2026-07-01T04:00:00Z', 'America/New_York')).toBe('2026-07-01T00:00')
})

test('the hours around a change of the clock', () => {
  // Paris, 29 March 2026: 02:00 becomes 03:00; 25 October: 03:00 becomes 02:00.
  expect(fromZonedInput('2026-03-29T01:59', 'Europe/Paris')).toBe('2026-03-29T00:59:00.000Z')
  expect(fromZonedInput('2026-03-29T03:00', 'Europe/Paris')).toBe('2026-03-29T01:00:00.000Z')
  expect(fromZonedInput('2026-10-25T04:00', 'Europe/Paris')).toBe('2026-10-25T03:00:00.000Z')
})

test('an empty input is no moment', () => {
  expect(fromZonedInput('', 'Europe/Paris')).toBeNull()
  expect(toZonedInput(null, 'Europe/Paris')).toBe('')
})
