/** What becomes of the people of a registration. */

const invitedStatuses = new Set(['INVITED', 'UPDATED', 'INVITED_INSTEAD'])
const nowStatuses = new Set(['ADDED', 'CREATED'])

/** Sorts outcomes: registered now, invited, and those for whom nothing is done. */
export function sortOutcomes<Outcome extends { status: string }>(outcomes: readonly Outcome[]) {
  const sorted = { now: [] as Outcome[], invited: [] as Outcome[], left: [] as Outcome[] }
  for (const outcome of outcomes) {
    if (nowStatuses.has(outcome.status)) sorted.now.push(outcome)
    else if (invitedStatuses.has(outcome.status)) sorted.invited.push(outcome)
    else sorted.left.push(outcome)
  }
  return sorted
}
