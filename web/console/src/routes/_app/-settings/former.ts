/** Whether a former secret still works: its end is ahead. */
export const isStillValid = (endsAt: string | null | undefined, now = Date.now()): endsAt is string =>
  Boolean(endsAt) && Date.parse(endsAt ?? '') > now
