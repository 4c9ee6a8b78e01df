/** Numbers, dates and plurals as the two languages write them. */
import { currentLanguage, type Language } from './language'

const tags: Record<Language, string> = { en: 'en-GB', fr: 'fr-FR' }

/** A whole number with the separators of the language. */
export function formatNumber(value: number): string {
  return new Intl.NumberFormat(tags[currentLanguage()]).format(value)
}

/** A share in percent: 98% in English, 98 % in French. */
export function formatPercent(percent: number): string {
  return new Intl.NumberFormat(tags[currentLanguage()], { style: 'percent' }).format(percent / 100)
}

/** Names one after the other, the last one after "and". */
export function formatList(names: string[]): string {
  return new Intl.ListFormat(tags[currentLanguage()], { type: 'conjunction' }).format(names)
}

/** Chooses the form of a word for a number; # stands for the number. */
export function plural(language: Language, count: number, forms: { one: string; other: string }): string {
  const rule = new Intl.PluralRules(tags[language]).select(count)
  const number = new Intl.NumberFormat(tags[language]).format(count)
  return (rule === 'one' ? forms.one : forms.other).replaceAll('#', number)
}

/** A day: 21 November 2026. Its words stay together. */
export function formatDay(iso: string, timeZone?: string): string {
  return keepTogether(new Intl.DateTimeFormat(tags[currentLanguage()], {
    day: 'numeric', month: 'long', year: 'numeric', timeZone,
  }).format(new Date(iso)))
}

/** A day in a column: 21 Nov 2026. */
export function formatShortDay(iso: string, timeZone?: string): string {
  return keepTogether(new Intl.DateTimeFormat(tags[currentLanguage()], {
    day: 'numeric', month: 'short', year: 'numeric', timeZone,
  }).format(new Date(iso)))
}

/** A moment: 21 November 2026 at 09:30. */
export function formatMoment(iso: string, timeZone?: string): string {
  return keepTogether(new Intl.DateTimeFormat(tags[currentLanguage()], {
    dateStyle: 'long', timeStyle: 'short', timeZone,
  }).format(new Date(iso)))
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['minute', 60], ['hour', 3600], ['day', 86_400],
]

/** How long ago or ahead something is: 2 hours ago; a day after a month. */
export function formatDistance(iso: string, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000
  if (Math.abs(seconds) > 30 * 86_400) return formatShortDay(iso)
  const format = new Intl.RelativeTimeFormat(tags[currentLanguage()], { numeric: 'auto' })
  const [unit, size] = steps.findLast(([, length]) => Math.abs(seconds) >= length) ?? ['minute', 60]
  return keepTogether(format.format(Math.round(seconds / size), unit))
}

/** The calendar day of a moment in a time zone, as inputs of dates want it. */
export function dayIn(iso: string | null | undefined, timeZone: string): string {
  return iso ? new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date(iso)) : ''
}

const keepTogether = (text: string): string => text.replaceAll(' ', '\u00a0')
