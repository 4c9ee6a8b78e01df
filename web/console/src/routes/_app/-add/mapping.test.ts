import { expect, test } from 'vitest'
import { ApiError } from '@/lib/faults'
import { fingerprint } from './import-content'
import { createInput, emptyImport } from './import-form'
import { atColumns, columnInputs, hasUnknown, heldBy, isGuess, isIdentified, questionsOf, takenBy } from './mapping'
import type { InspectedColumn } from './queries'

const column = (letter: string, header: string | null, name: string | null, more: Partial<InspectedColumn> = {}): InspectedColumn => ({
  recognized: name !== null, suggestedName: null, samples: [], column: { letter, header, name, ignored: false }, ...more,
})

const columns = [
  column('A', 'Pochta', null, { suggestedName: 'email' }), column('B', 'Ismi', null), column('C', 'Groups', 'groups'),
  column('D', 'Deactivated', 'deactivated'),
]
const [email, ismi] = columns as [InspectedColumn, InspectedColumn]

test('a column holds what was chosen, else what was recognized, else the suggestion', () => {
  expect(columns.map((one) => heldBy(one, {}))).toEqual(['email', '', 'groups', 'deactivated'])
  expect(columns.map((one) => heldBy(one, { A: '', B: 'fullName', C: 'labels' }))).toEqual(['', 'fullName', 'labels', 'deactivated'])
})

test('a suggestion is a guess until somebody chooses, even the same', () => {
  expect(columns.map((one) => isGuess(one, {}))).toEqual([true, false, false, false])
  expect(isGuess(email, { A: 'email' })).toBe(false)
})

test('unknown columns are asked about, the others stand aside; with none unknown all are asked', () => {
  expect(hasUnknown(columns)).toBe(true)
  const { asked, others } = questionsOf(columns)
  expect([asked, others].map((list) => list.map((one) => one.column.letter))).toEqual([['A', 'B'], ['C']])
  const known = columns.slice(2)
  expect(hasUnknown(known)).toBe(false)
  expect(questionsOf(known)).toEqual({ asked: [columns[2]], others: [] })
})

test('what one column holds is taken elsewhere, except lists; a full name excludes its parts', () => {
  expect(takenBy('email', 'B', columns, {})).toBe('A')
  expect(takenBy('email', 'A', columns, {})).toBeUndefined()
  expect(takenBy('groups', 'B', columns, {})).toBeUndefined()
  expect(takenBy('', 'B', columns, { A: '' })).toBeUndefined()
  expect(takenBy('customFields.size', 'A', columns, { B: 'customFields.size' })).toBe('B')
  expect(takenBy('firstName', 'A', columns, { B: 'fullName' })).toBe('B')
  expect(takenBy('fullName', 'A', columns, { B: 'lastName' })).toBe('B')
  expect(takenBy('firstName', 'A', columns, { B: 'lastName' })).toBeUndefined()
})

test('a list needs a column that tells who a person is', () => {
  expect(isIdentified(columns, {})).toBe(true)
  expect(isIdentified(columns, { A: '' })).toBe(false)
  expect(isIdentified(columns, { A: '', B: 'fullName' })).toBe(true)
})

test('the server gets every column that can be chosen by its letter, null for one that is left out', () => {
  expect(columnInputs(columns, { A: 'email' })).toEqual([
    { column: 'A', name: 'email' }, { column: 'B', name: null }, { column: 'C', name: 'groups' },
  ])
})

test('where a header looks like a letter, that column is named by its header', () => {
  const odd = [column('A', 'b', null), column('B', 'Mail', null), column('C', null, null)]
  expect(columnInputs(odd, { B: 'email' }).map((one) => one.column)).toEqual(['A', 'Mail', 'C'])
})

test('faults of columns stand at their letters, the others stay', () => {
  const fault = new ApiError('BAD_USER_INPUT', 'no', {
    violations: [{ field: 'columns.1.name', message: 'no' }, { field: 'message', message: 'long' }, { field: 'columns', message: 'many' }],
    requestId: 'r1',
  })
  const moved = atColumns(fault, [column('A', 'D', 'deactivated'), email, ismi]) as ApiError
  expect(moved.violations.map(({ field }) => field)).toEqual(['columns.B', 'message', 'columns'])
  expect(moved.requestId).toBe('r1')
  const other = new Error('x')
  expect(atColumns(other, columns)).toBe(other)
})

test('choices go to the server from the columns only, and a list without headings is not held against the usual order', () => {
  const reading = { encoding: 'UTF-8', headerRow: 1, sheet: null }
  const form = { ...emptyImport, text: 'x', choices: { B: 'fullName' } }
  expect(createInput('w', form, { columns, reading })).not.toHaveProperty('columns')
  expect(createInput('w', { ...form, isMapping: true }, { columns, reading })).not.toHaveProperty('header')
  expect(createInput('w', { ...form, isMapping: true }, { columns, reading: { ...reading, headerRow: null } })).toMatchObject({
    header: 'NONE', columns: [{ name: 'email' }, { name: 'fullName' }, { name: 'groups' }], content: { text: 'x' },
  })
})

test('the options go along where they mean something', () => {
  const inspection = { columns, reading: { encoding: null, headerRow: 1, sheet: null } }
  const form = { ...emptyImport, text: 'x', message: ' Hello ', expiresAt: '2099-01-01' }
  expect(createInput('w', form, inspection)).toMatchObject({ message: 'Hello', expiresAt: '2099-01-01' })
  const silent = createInput('w', { ...form, isWithoutEmail: true }, inspection)
  expect(silent).toMatchObject({ sendEmail: false, expiresAt: '2099-01-01' })
  expect(silent).not.toHaveProperty('message')
  const created = createInput('w', { ...form, action: 'CREATE' }, inspection)
  expect(Object.keys(created)).not.toContain('message')
  expect(Object.keys(created)).not.toContain('expiresAt')
})

test('another list has another key', () => {
  const file = (name: string) => new File(['a'], name, { lastModified: 1 })
  const of = (text: string, chosen: File | null = null) => fingerprint({ file: chosen, text })
  expect(of('a,b')).toBe(of('a,b'))
  expect(new Set([of('a,b'), of('b,a'), of('x', file('a.csv')), of('x', file('b.csv'))]).size).toBe(4)
})
