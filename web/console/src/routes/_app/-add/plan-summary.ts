/** What a plan says, in figures. */

type PlannedPerson = {
  status: string
  warnings: string[]
  groups: { name: string }[]
  sessions: { name: string }[]
  mails: { at: string }[]
}

/** Emails later than this are told with their day, in milliseconds. */
const soon = 3_600_000

export function summarize(plan: { people: PlannedPerson[] }, now = Date.now()) {
  const { people } = plan
  const count = (...statuses: string[]) => people.filter(({ status }) => statuses.includes(status)).length
  const names = (places: (person: PlannedPerson) => { name: string }[]) =>
    [...new Set(people.flatMap(places).map(({ name }) => name))].sort((a, b) => a.localeCompare(b))
  const last = people.flatMap(({ mails }) => mails.map(({ at }) => at)).sort().at(-1)
  return {
    counts: { invited: count('INVITED', 'INVITED_INSTEAD'), updated: count('UPDATED'), added: count('ADDED') },
    groups: names((person) => person.groups),
    sessions: names((person) => person.sessions),
    elsewhere: people.filter(({ warnings }) => warnings.includes('ACCOUNT_EXISTS_ELSEWHERE')).length,
    /** The moment of the last email, when it is not sent right away. */
    lastEmail: last && Date.parse(last) - now > soon ? last : null,
  }
}
