/** The list of addresses as it was typed or pasted. An entry is never dropped, and rewritten only by who typed it. */
import type { InviteWarning } from '@/gql/graphql'

export type Entry = { id: number; text: string }

/** What the server says of one entry. */
export type Verdict = {
  input: string
  status: string
  message: string
  member?: { id: string } | null
  /** What to look at again although it can be sent. */
  warnings?: InviteWarning[]
}

/** Statuses after which an entry is done and leaves the list. */
const doneStatuses = new Set(['INVITED', 'UPDATED', 'ADDED', 'INVITED_INSTEAD'])

/** Statuses of people who are here already: nothing to correct, nothing to send. */
const knownStatuses = new Set(['ALREADY_MEMBER', 'DEACTIVATED'])

export type Kind = 'new' | 'known' | 'bad'

export function kindOf(status: string): Kind {
  if (doneStatuses.has(status)) return 'new'
  return knownStatuses.has(status) ? 'known' : 'bad'
}

const separators = new Set(['\n', '\r', '\t', ',', ';', '，', '；', '、'])

/**
 * Splits a pasted list at commas, semicolons, tabs and lines, but not inside quotation marks and angle
 * brackets. Addresses that only spaces separate become entries of their own.
 */
export function splitList(text: string): string[] {
  const parts: { text: string; end: string }[] = []
  let part = ''
  let closing = ''
  for (const letter of text) {
    if (closing) {
      if (letter === closing || letter === '\n') closing = ''
    } else if (letter === '"') closing = '"'
    else if (letter === '<') closing = '>'
    if (!closing && separators.has(letter)) {
      parts.push({ text: part.trim(), end: letter })
      part = ''
    } else {
      part += letter
    }
  }
  parts.push({ text: part.trim(), end: '' })
  return joinNames(parts).flatMap(splitAtSpaces).filter(Boolean)
}

/** Puts "Doe, Jane <jane@…>" together again, as address books write it. */
function joinNames(parts: { text: string; end: string }[]): string[] {
  const joined: string[] = []
  let surname = ''
  for (const { text, end } of parts) {
    const whole = surname ? `${surname}, ${text}` : text
    surname = ''
    if (end === ',' && whole && !whole.includes('@')) surname = whole
    else joined.push(...(isContact(whole) || !whole.includes(', ') ? [whole] : whole.split(', ')))
  }
  if (surname) joined.push(surname)
  return joined
}

const isContact = (text: string): boolean => /<[^<>]*>\s*$/.test(text)

function splitAtSpaces(text: string): string[] {
  const at = text.split('@').length - 1
  if (at < 2 || isContact(text) && at === 1) return [text]
  const contacts = text.match(/[^<>]*<[^<>]*>/g)
  if (contacts && contacts.join('').length === text.length) return contacts.map((contact) => contact.trim())
  const words = text.split(/\s+/)
  return words.length > 1 && words.every((word) => word.includes('@')) ? words : [text]
}

/** Adds what was typed to the list; each entry gets an id of its own, so that twins stay apart. */
export function addEntries(entries: readonly Entry[], text: string): Entry[] {
  const last = Math.max(0, ...entries.map(({ id }) => id))
  return [...entries, ...splitList(text).map((entry, i) => ({ id: last + i + 1, text: entry }))]
}

/** Puts another address into the entries of one text. A name beside the address stays. */
export function withAddress(entries: readonly Entry[], input: string, email: string, address: string): Entry[] {
  return entries.map((entry) => {
    if (entry.text !== input) return entry
    const start = input.toLowerCase().lastIndexOf(email.toLowerCase())
    return { ...entry, text: start < 0 ? address : input.slice(0, start) + address + input.slice(start + email.length) }
  })
}

/** Warnings about the address itself. */
const aboutAddress = new Set<InviteWarning>(['DOMAIN_TYPO', 'LOOK_ALIKE', 'SAME_PERSON', 'SAME_NAME'])

/** Whether an address should be looked at again before it is sent. */
export const isDoubtful = ({ warnings = [] }: Verdict): boolean => warnings.some((warning) => aboutAddress.has(warning))

/** The verdicts by the text of their entry. */
export function verdictsByText(verdicts: readonly Verdict[]): Map<string, Verdict> {
  return new Map(verdicts.map((verdict) => [verdict.input, verdict]))
}

/**
 * Takes the outcomes into the list: those that were done leave it together with their twins, the
 * others stay for correction.
 */
export function withoutDone(entries: readonly Entry[], outcomes: readonly Verdict[]): Entry[] {
  const done = new Set(outcomes.filter(({ status }) => kindOf(status) === 'new').map(({ input }) => input))
  return entries.filter(({ text }) => !done.has(text))
}

/** How many entries stand where. An entry that was not judged yet counts as new. */
export function countKinds(entries: readonly Entry[], verdicts: ReadonlyMap<string, Verdict>): Record<Kind, number> {
  const counts = { new: 0, known: 0, bad: 0 }
  for (const { text } of entries) {
    const verdict = verdicts.get(text)
    counts[verdict ? kindOf(verdict.status) : 'new']++
  }
  return counts
}
