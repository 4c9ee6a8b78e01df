/** What the columns of a list hold: what the server recognized or suggests, and what was chosen. Nothing here knows React. */
import type { ImportColumnInput } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import type { InspectedColumn } from './queries'

/** The value of a column that is left out. */
export const leftOut = ''

/** What was chosen, by the letter of the column: a name of the API, customFields.KEY, or leftOut. */
export type Choices = Readonly<Record<string, string>>

/** Columns of which a list may have several: their values are united. */
const listNames = ['groups', 'roles', 'sessions', 'labels']

/** Names that cannot stand beside fullName, which would give way to them. */
const partsOfName = ['firstName', 'lastName']

/** Names of which one must be there, to know who a person is. */
const identities = ['email', 'username', 'fullName', ...partsOfName]

/** Columns that are recognized and that nobody can choose, such as the reasons of a file of rejected rows. */
const fixedNames = ['passwordHash', 'deactivated', 'reasons']

/** Reports whether it can be chosen what a column holds. */
export const isChoosable = ({ column: { name } }: InspectedColumn) => !fixedNames.includes(name ?? '')

/** What a column holds as things stand: what was chosen, else what was recognized, else the suggestion. */
export function heldBy({ column, recognized, suggestedName }: InspectedColumn, choices: Choices): string {
  return choices[column.letter] ?? (recognized ? column.name : suggestedName) ?? leftOut
}

/** Reports whether what a column holds is a suggestion that nobody has confirmed. */
export function isGuess({ column, recognized, suggestedName }: InspectedColumn, choices: Choices): boolean {
  return !recognized && Boolean(suggestedName) && choices[column.letter] === undefined
}

/** The columns to ask about: those that were not recognized, or all when somebody wants to choose anyway. */
export function questionsOf(columns: InspectedColumn[]): { asked: InspectedColumn[]; others: InspectedColumn[] } {
  const choosable = columns.filter(isChoosable)
  const unknown = choosable.filter(({ recognized }) => !recognized)
  if (unknown.length === 0) return { asked: choosable, others: [] }
  return { asked: unknown, others: choosable.filter(({ recognized }) => recognized) }
}

/** Reports whether a list cannot be imported before somebody says what its columns hold. */
export const hasUnknown = (columns: InspectedColumn[]) => columns.some(({ recognized }) => !recognized)

/** The letter of the other column that holds a name already, so that it cannot be chosen; undefined if it is free. */
export function takenBy(name: string, letter: string, columns: InspectedColumn[], choices: Choices): string | undefined {
  if (name === leftOut || listNames.includes(name)) return undefined
  const excluded = name === 'fullName' ? [name, ...partsOfName] : partsOfName.includes(name) ? [name, 'fullName'] : [name]
  return columns.find((other) => other.column.letter !== letter && excluded.includes(heldBy(other, choices)))?.column.letter
}

/** Reports whether some column tells who a person is. */
export const isIdentified = (columns: InspectedColumn[], choices: Choices) =>
  columns.some((column) => identities.includes(heldBy(column, choices)))

/** A text as headers are compared by the server: letters and digits, without accents and case. */
const fold = (text: string) => text.normalize('NFKD').replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()

/**
 * What createImport takes: every column that can be chosen, since the choices for the latest file with this header
 * do not hold beside others. A letter names exactly one column. Where a header looks like that letter, and would
 * count before it, the column is named by its own header.
 */
export function columnInputs(columns: InspectedColumn[], choices: Choices): ImportColumnInput[] {
  const headers = columns.map(({ column }) => fold(column.header ?? ''))
  return columns.filter(isChoosable).map((inspected) => {
    const { letter, header } = inspected.column
    const isAmbiguous = headers.includes(letter.toLowerCase())
    return { column: isAmbiguous && header ? header : letter, name: heldBy(inspected, choices) || null }
  })
}

/** The id of the field of a column, and the path of its faults. */
export const fieldOf = (letter: string) => `columns.${letter}`

/** An error of createImport with the faults of columns at their fields: the API counts what columnInputs lists. */
export function atColumns(error: unknown, columns: InspectedColumn[]): unknown {
  if (!(error instanceof ApiError)) return error
  const letters = columns.filter(isChoosable).map(({ column }) => column.letter)
  const violations = error.violations.map(({ field, message }) => {
    const letter = letters[Number(/^columns\.(\d+)/.exec(field)?.[1])]
    return { field: letter ? fieldOf(letter) : field, message }
  })
  return new ApiError(error.code, error.message, {
    violations, retryAfterSeconds: error.retryAfterSeconds ?? undefined, requestId: error.requestId ?? undefined,
  })
}
