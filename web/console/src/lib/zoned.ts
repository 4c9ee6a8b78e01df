/** Times of inputs, which have no time zone, in the time zone of a workspace. */

/** The wall clock of a moment in a time zone, as an input of type datetime-local wants it. */
export function toZonedInput(iso: string | null | undefined, timeZone: string): string {
  if (!iso) return ''
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }).formatToParts(new Date(iso))
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`
}

/** The moment at which the wall clock of a time zone shows what an input holds; null for an empty input. */
export function fromZonedInput(text: string, timeZone: string): string | null {
  const wanted = text ? Date.parse(`${text}:00Z`) : NaN // an engine reads ":00Z" alone as a date
  if (Number.isNaN(wanted)) return null
  let moment = wanted
  // The offset depends on the moment that is searched: around a change of the clock the second step corrects the first.
  for (let step = 0; step < 2; step++) {
    const shown = Date.parse(`${toZonedInput(new Date(moment).toISOString(), timeZone)}:00Z`)
    moment += wanted - shown
  }
  return new Date(moment).toISOString()
}
