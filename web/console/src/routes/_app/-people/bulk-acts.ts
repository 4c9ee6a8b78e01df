/** What can be done with several people. */
import type { MemberFilter, Permission } from '@/gql/graphql'
import type { MemberRow } from './queries'

export const acts = ['group', 'give', 'take', 'unit', 'cards', 'end', 'deactivate', 'reactivate', 'remove'] as const
export type Act = (typeof acts)[number]

/** What an act needs somewhere in the workspace: viewerCan of a person does not name these. */
export const needsSomewhere: Partial<Record<Act, Permission>> = { group: 'MEMBERS_INVITE', cards: 'MEMBERS_CREATE' }

/** What an act needs for each person. Adding to a group needs a right at the group instead. */
const needs: Record<Exclude<Act, 'group'>, Permission> = {
  give: 'MEMBERS_UPDATE', take: 'MEMBERS_UPDATE', unit: 'MEMBERS_UPDATE', cards: 'MEMBERS_UPDATE',
  end: 'MEMBERS_DEACTIVATE', deactivate: 'MEMBERS_DEACTIVATE', reactivate: 'MEMBERS_DEACTIVATE', remove: 'MEMBERS_DEACTIVATE',
}

/** The selected people on whom an act has an effect and is allowed, as far as the list knows. */
export function concerned(act: Act, members: MemberRow[]): MemberRow[] {
  if (act === 'group') return members
  return members.filter(({ status, viewerCan, user }) => {
    if (!viewerCan.includes(needs[act])) return false
    if (act === 'cards') return status === 'ACTIVE' && !user.emailProven // others set their password by email
    if (act === 'deactivate') return status === 'ACTIVE'
    return act !== 'reactivate' || status !== 'ACTIVE'
  })
}

/** The acts that the API does for all people of a filter. */
const byFilter: readonly Act[] = ['give', 'take', 'unit', 'cards', 'end', 'deactivate', 'reactivate']

/**
 * The filter for an act on all people of a list: without those on whom it has no effect, so that it can be undone
 * for all others. Null if the API has no such act, or if nobody is left.
 */
export function filterFor(act: Act, filter: MemberFilter): MemberFilter | null {
  if (!byFilter.includes(act)) return null
  const status = act === 'deactivate' || act === 'cards' ? 'ACTIVE' : act === 'reactivate' ? 'DEACTIVATED' : null
  if (!status) return filter
  return filter.status && ![filter.status].flat().includes(status) ? null : { ...filter, status: [status] }
}

/** What an act on all people of a filter needs somewhere. The server decides for each of them. */
export function needsForAll(act: Act): Permission[] {
  return act === 'group' ? [] : [needs[act]]
}
