/** The settings of a join page as a form, and what it changed. */
import type { UpdateJoinLinkInput } from '@/gql/graphql'
import { grantChanges, grantFormOf, type GrantForm } from '@/grant/grant-form'
import { dayIn } from '@/i18n/format'
import { whitelistOf, whitelistText } from '@/lib/whitelist'
import type { JoinLinkDetail } from './queries'

export type JoinForm = {
  slug: string
  title: string
  welcomeText: string
  whitelist: string
  requiresApproval: boolean
  maxJoins: string
  closesOn: string
  grant: GrantForm
}

export function joinFormOf(link: JoinLinkDetail, timeZone: string): JoinForm {
  return {
    slug: link.slug, title: link.title ?? '', welcomeText: link.welcomeText ?? '', whitelist: whitelistText(link.whitelist),
    requiresApproval: link.requiresApproval, maxJoins: link.maxJoins?.toString() ?? '',
    closesOn: dayIn(link.expiresAt, timeZone), grant: grantFormOf(link.grant, timeZone),
  }
}

/** What of a form is sent: only what changed. An emptied field is cleared. */
export function joinChanges(start: JoinForm, form: JoinForm): Omit<UpdateJoinLinkInput, 'joinLinkId'> {
  const isChanged = (key: keyof JoinForm) => form[key] !== start[key]
  const grant = grantChanges(start.grant, form.grant)
  return {
    ...(isChanged('slug') && { slug: form.slug.trim() }),
    ...(isChanged('title') && { title: form.title.trim() || null }),
    ...(isChanged('welcomeText') && { welcomeText: form.welcomeText.trim() || null }),
    ...(isChanged('whitelist') && { whitelist: whitelistOf(form.whitelist) }),
    ...(isChanged('requiresApproval') && { requiresApproval: form.requiresApproval }),
    ...(isChanged('maxJoins') && { maxJoins: form.maxJoins.trim() ? Number(form.maxJoins) : null }),
    ...(isChanged('closesOn') && { expiresAt: form.closesOn || null }),
    ...(grant && { grant }),
  }
}

/** Reports whether a text can be a slug: the server knows the rest. */
export const isSlug = (text: string): boolean => text.length >= 3 && text.length <= 64 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text)

export type PageState = 'OPEN' | 'OFF' | 'EXPIRED' | 'FULL'

/** Whether people can join by a page now, and if not, why. */
export function stateOf(
  { enabled, expiresAt, maxJoins, joinCount }: { enabled: boolean; expiresAt?: string | null; maxJoins?: number | null; joinCount: number },
  now = Date.now(),
): PageState {
  if (!enabled) return 'OFF'
  if (expiresAt && Date.parse(expiresAt) <= now) return 'EXPIRED'
  return maxJoins && joinCount >= maxJoins ? 'FULL' : 'OPEN'
}
