/** What can be done with several people. */
import type { Permission } from '@/gql/graphql'
import type { MemberRow } from './queries'

export const acts = ['group', 'give', 'take', 'cards', 'end', 'deactivate', 'reactivate', 'remove'] as const
export type Act = (typeof acts)[number]

/** What an act needs somewhere in the workspace: viewerCan of a person does not name these. */
export const needsSomewhere: Partial<Record<Act, Permission>> = { group: 'MEMBERS_INVITE', cards: 'MEMBERS_CREATE' }

/** What an act needs for each person. Adding to a group needs a right at the group instead. */
const needs: Record<Exclude<Act, 'group'>, Permission> = {
  give: 'MEMBERS_UPDATE', take: 'MEMBERS_UPDATE', cards: 'MEMBERS_UPDATE',
  end: 'MEMBERS_DEACTIVATE', deactivate: 'MEMBERS_DEACTIVATE', reactivate: 'MEMBERS_DEACTIVATE', remove: 'MEMBERS_DEACTIVATE',
}

/** Acts that leave deactivated people alone. */
const forActive = new Set<Act>(['deactivate', 'cards'])

/** The selected people on whom an act has an effect and is allowed, as far as the list knows. */
export function concerned(act: Act, members: MemberRow[]): MemberRow[] {
  if (act === 'group') return members
  return members.filter(({ status, viewerCan }) => viewerCan.includes(needs[act])
    && !(forActive.has(act) && status !== 'ACTIVE') && !(act === 'reactivate' && status === 'ACTIVE'))
}
