import { expect, test } from 'vitest'
import { eventParts, strings, typesOf, wireName } from './event-types'

test('a type is called in requests as the documentation says', () => {
  expect(wireName('INVITATION_ACCEPTED')).toBe('invitation.accepted')
  expect(wireName('INVITATION_RENEWAL_REQUESTED')).toBe('invitation.renewal_requested')
  expect(wireName('JOIN_REQUEST_APPROVED')).toBe('join_request.approved')
  expect(wireName('API_KEY_ROTATED')).toBe('api_key.rotated')
})

test('every type is offered once', () => {
  expect(eventParts.flatMap(typesOf).toSorted()).toEqual(Object.keys(strings.en.names).toSorted())
})
