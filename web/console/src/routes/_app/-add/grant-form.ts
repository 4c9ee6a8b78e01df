/** What the dialog gives to the people it adds. */
import type { GrantInput, Permission } from '@/gql/graphql'
import type { Place } from './queries'

export type GrantForm = {
  roles: string[]
  groups: Place[]
  sessions: Place[]
  units: Place[]
  programs: Place[]
  labels: string
  locale: string
  accessEnd: string
  answers: Record<string, string>
}

export const emptyGrant: GrantForm = {
  roles: [], groups: [], sessions: [], units: [], programs: [], labels: '', locale: '', accessEnd: '', answers: {},
}

const idsOf = (places: Place[]) => places.map(({ id }) => id)

/** The grant as the API takes it: what was left empty is left out. */
export function grantOf(form: GrantForm): GrantInput {
  const labels = form.labels.split(',').map((label) => label.trim()).filter(Boolean)
  const customFields = Object.fromEntries(Object.entries(form.answers).filter(([, answer]) => answer !== ''))
  return {
    ...(form.roles.length > 0 && { roles: form.roles }),
    ...(form.groups.length > 0 && { groupIds: idsOf(form.groups) }),
    ...(form.sessions.length > 0 && { sessionIds: idsOf(form.sessions) }),
    ...(form.programs.length > 0 && { programIds: idsOf(form.programs) }),
    ...(form.units[0] && { orgUnitId: form.units[0].id }),
    ...(labels.length > 0 && { labels }),
    ...(form.locale && { locale: form.locale }),
    ...(form.accessEnd && { accessExpiresAt: form.accessEnd }),
    ...(Object.keys(customFields).length > 0 && { customFields }),
  }
}

/** The roles that somebody may give: nobody gives what they do not hold. The server decides for each place. */
export function grantableRoles<Role extends { permissions: Permission[] }>(roles: Role[], held: readonly Permission[]): Role[] {
  return roles.filter(({ permissions }) => permissions.every((permission) => held.includes(permission)))
}
