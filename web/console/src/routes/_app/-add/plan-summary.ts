/** What a plan says, in figures. */
import type { InviteWarning } from '@/gql/graphql'

type PlannedPerson = {
  input: string
  status: string
  warnings: InviteWarning[]
  groups: { name: string }[]
  sessions: { name: string }[]
  emails: { at: string }[]
}

/** Emails later than this are told with their day, in milliseconds. */
const soon = 3_600_000

export function summarize(plan: { people: PlannedPerson[] }, now = Date.now()) {
  const { people } = plan
  const count = (...statuses: string[]) => people.filter(({ status }) => statuses.includes(status)).length
  const names = (places: (person: PlannedPerson) => { name: string }[]) =>
    [...new Set(people.flatMap(places).map(({ name }) => name))].sort((a, b) => a.localeCompare(b))
  const last = people.flatMap(({ emails }) => emails.map(({ at }) => at)).sort().at(-1)
  return {
    counts: { invited: count('INVITED', 'INVITED_INSTEAD'), updated: count('UPDATED'), added: count('ADDED') },
    groups: names((person) => person.groups),
    sessions: names((person) => person.sessions),
    /** The moment of the last email, when it is not sent right away. */
    lastEmail: last && Date.parse(last) - now > soon ? last : null,
  }
}

/** The warnings in the order in which they are told: first those that ask for a look at an address. */
const order: InviteWarning[] = [
  'DOMAIN_TYPO', 'LOOK_ALIKE', 'SAME_PERSON', 'SAME_NAME', 'ADMINISTRATOR_ROLE_ADDED', 'ORG_UNIT_REPLACED', 'PARTS_IGNORED', 'ADDRESS_KEPT',
  'ACCOUNT_EXISTS_ELSEWHERE', 'NO_CURRENT_SESSION', 'PASSWORD_NOT_SENT',
]

/** The people of each warning. */
export function warningsOf<Person extends { warnings: InviteWarning[] }>(
  people: readonly Person[],
): { warning: InviteWarning; people: Person[] }[] {
  return order.map((warning) => ({ warning, people: people.filter(({ warnings }) => warnings.includes(warning)) }))
    .filter(({ people: warned }) => warned.length > 0)
}
