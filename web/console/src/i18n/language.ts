/** The two languages of the console. */
import { readStored, store } from '@/lib/storage'

export type Language = 'en' | 'fr'
export const languages: readonly Language[] = ['en', 'fr']

/** Each language in its own words. */
export const languageNames: Record<Language, string> = { en: 'English', fr: 'Français' }

const isLanguage = (text: unknown): text is Language => text === 'en' || text === 'fr'

let chosen: Language | null = null
const listeners = new Set<() => void>()

/** The language in use: the choice in this browser, else the account's, else the browser's. */
export function currentLanguage(): Language {
  if (chosen) return chosen
  const stored = readStored<unknown>('language', null)
  const browser = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage)
  chosen = isLanguage(stored) ? stored : browser ?? 'en'
  document.documentElement.lang = chosen
  return chosen
}

/** Takes the language of the account unless somebody has chosen one in this browser. */
export function suggestLanguage(language: string | null | undefined): void {
  if (isLanguage(language) && !isLanguage(readStored<unknown>('language', null))) apply(language)
}

/** Chooses a language and keeps the choice in this browser. */
export function chooseLanguage(language: Language): void {
  store('language', language)
  apply(language)
}

function apply(language: Language): void {
  chosen = language
  document.documentElement.lang = language
  for (const listener of listeners) listener()
}

export function onLanguageChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
