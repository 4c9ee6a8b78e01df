/** Texts of a screen in both languages. */
import { useSyncExternalStore } from 'react'
import { currentLanguage, onLanguageChange, type Language } from './language'

/** The shape of texts in another language: the same keys, and the same parameters of functions. */
export type Like<Texts> = {
  [Key in keyof Texts]: Texts[Key] extends (...args: infer Args) => string
    ? (...args: Args) => string
    : Texts[Key] extends string ? string : Like<Texts[Key]>
}

export type Strings<Texts> = { en: Texts; fr: Like<Texts> }

/** Declares the texts of a screen. A missing or an extra French key is an error of types. */
export function defineStrings<Texts extends object>(strings: Strings<Texts>): Strings<Texts> {
  return strings
}

/** The language in use; the component renders again when it changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(onLanguageChange, currentLanguage)
}

/** The texts in the language in use. */
export function useStrings<Texts extends object>(strings: Strings<Texts>): Like<Texts> {
  return strings[useLanguage()] as Like<Texts>
}
