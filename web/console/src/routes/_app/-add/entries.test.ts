import { expect, test } from 'vitest'
import { addEntries, countKinds, splitList, verdictsByText, withAddress, withoutDone } from './entries'

test('a list is split as people write it', () => {
  expect(splitList('a@x.example, b@x.example;c@x.example\nd@x.example\t e@x.example')).toHaveLength(5)
  expect(splitList('a@x.example b@x.example  c@x.example')).toEqual(['a@x.example', 'b@x.example', 'c@x.example'])
  expect(splitList('Jane Doe <jane@x.example>, "Doe, John" <john@x.example>')).toEqual([
    'Jane Doe <jane@x.example>', '"Doe, John" <john@x.example>',
  ])
  expect(splitList('Doe, Jane <jane@x.example>; Roe, Max <max@x.example>')).toEqual([
    'Doe, Jane <jane@x.example>', 'Roe, Max <max@x.example>',
  ])
  expect(splitList('Jane <jane@x.example> Max <max@x.example>')).toEqual(['Jane <jane@x.example>', 'Max <max@x.example>'])
})

test('no entry is dropped or rewritten, however bad it is', () => {
  expect(splitList('tom@@becker.example, nobody, , Jane Doe')).toEqual(['tom@@becker.example', 'nobody', 'Jane Doe'])
  expect(splitList('JANE@X.example')).toEqual(['JANE@X.example'])
})

test('twins keep ids of their own', () => {
  const entries = addEntries(addEntries([], 'a@x.example'), 'a@x.example,b@x.example')
  expect(new Set(entries.map(({ id }) => id)).size).toBe(3)
})

test('what was done leaves the list, the rest stays for correction', () => {
  const entries = addEntries([], 'a@x.example,tom@@x.example,b@x.example,a@x.example')
  const outcomes = [
    { input: 'a@x.example', status: 'INVITED', message: '' },
    { input: 'tom@@x.example', status: 'INVALID_ADDRESS', message: 'two @ signs' },
    { input: 'b@x.example', status: 'ALREADY_MEMBER', message: 'here' },
  ]
  expect(countKinds(entries, verdictsByText(outcomes))).toEqual({ new: 2, known: 1, bad: 1 })
  expect(withoutDone(entries, outcomes).map(({ text }) => text)).toEqual(['tom@@x.example', 'b@x.example'])
})

test('the address that is meant takes the place of the misspelt one, beside the name', () => {
  const entries = addEntries([], '"Doe, Jane" <Jane@Gmial.com>, max@gmial.com')
  const corrected = withAddress(entries, '"Doe, Jane" <Jane@Gmial.com>', 'jane@gmial.com', 'jane@gmail.com')
  expect(corrected.map(({ text }) => text)).toEqual(['"Doe, Jane" <jane@gmail.com>', 'max@gmial.com'])
  expect(withAddress(entries, 'max@gmial.com', 'max@gmial.com', 'max@gmail.com').map(({ text }) => text))
    .toEqual(['"Doe, Jane" <Jane@Gmial.com>', 'max@gmail.com'])
})
