/** What a join page lets people do, as one sentence. */
import { plural } from '@/i18n/format'
import { currentLanguage, type Language } from '@/i18n/language'

type Page = {
  enabled: boolean
  whitelist: readonly string[]
  requiresApproval: boolean
  roles: readonly { name: string }[] | null | undefined
}

const words = {
  en: {
    off: 'Nobody can join with the link.',
    anyone: 'Anyone with the link', and: ' and ', or: ' or ', domain: (names: string) => `an address at ${names}`,
    below: (name: string) => `${name} and its subdomains`,
    listed: (n: number) => plural('en', n, { one: 'the one listed address', other: 'one of # listed addresses' }),
    join: ' can join', ask: ' can ask to join', as: (roles: string) => ` as ${roles}.`, end: '.',
  },
  fr: {
    off: 'Personne ne peut s’inscrire avec le lien.',
    anyone: 'Toute personne ayant le lien', and: ' et ', or: ' ou ', domain: (names: string) => `une adresse de ${names}`,
    below: (name: string) => `${name} et ses sous-domaines`,
    listed: (n: number) => plural('fr', n, { one: 'la seule adresse indiquée', other: 'l’une des # adresses indiquées' }),
    join: ' peut s’inscrire', ask: ' peut demander à s’inscrire', as: (roles: string) => ` comme ${roles}.`, end: '.',
  },
}

/** Lists with more domains than this say only the first ones. */
const shownDomains = 4

/** Says who can join by a page, and as what: the meaning of its switch. */
export function joinSentence(page: Page, language: Language = currentLanguage()): string {
  const t = words[language]
  if (!page.enabled) return t.off
  const addresses = page.whitelist.filter((entry) => entry.includes('@'))
  const domains = page.whitelist
    .filter((entry) => !entry.includes('@'))
    .map((entry) => entry.startsWith('*.') ? t.below(entry.slice(2)) : entry)
  const shown = domains.slice(0, shownDomains)
  if (domains.length > shownDomains) shown.push(`+${domains.length - shownDomains}`)
  const conditions = [
    ...(shown.length > 0 ? [t.domain(joinWords(shown, t.or))] : []),
    ...(addresses.length > 0 ? [t.listed(addresses.length)] : []),
  ]
  const who = conditions.length > 0 ? t.anyone + t.and + conditions.join(t.or) : t.anyone
  const roles = [...new Set((page.roles ?? []).map(({ name }) => name))]
  return who + (page.requiresApproval ? t.ask : t.join) + (roles.length > 0 ? t.as(joinWords(roles, t.and)) : t.end)
}

function joinWords(items: string[], last: string): string {
  return items.length < 2 ? items.join('') : items.slice(0, -1).join(', ') + last + (items.at(-1) ?? '')
}
