/** What the dialog gives to the people it adds. */
import type { GrantInput, Permission, UpdateGrantInput } from '@/gql/graphql'
import { dayIn } from '@/i18n/format'
import type { Place, PlaceKind } from './queries'

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

/** A place and the list of the form that it belongs to. */
export type PlaceOfKind = Place & { kind: PlaceKind }

/** The grant with a place, once. A person is in one unit at most. */
export function withPlace(grant: GrantForm, { kind, ...place }: PlaceOfKind): GrantForm {
  const others = kind === 'units' ? [] : grant[kind].filter(({ id }) => id !== place.id)
  return { ...grant, [kind]: [...others, place] }
}

export function withoutPlace(grant: GrantForm, { kind, id }: PlaceOfKind): GrantForm {
  return { ...grant, [kind]: grant[kind].filter((place) => place.id !== id) }
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

/** A grant as the API answers it. */
export type GrantAnswer = {
  roles: { role: { id: string } }[]
  groups: Named[]
  sessions: Named[]
  programs: Named[]
  orgUnit?: Named | null
  labels: string[]
  locale?: string | null
  accessExpiresAt?: string | null
  customFields: Record<string, unknown>
}

type Named = { id: string; name: string }

const textOf = (answer: unknown): string =>
  typeof answer === 'string' ? answer : typeof answer === 'number' ? String(answer) : ''

/** A stored grant as a form. The places of its roles are its groups and units, as the API holds it. */
export function grantFormOf(grant: GrantAnswer, timeZone: string): GrantForm {
  const places = (list: Named[]): Place[] => list.map(({ id, name }) => ({ id, name, where: '' }))
  return {
    roles: [...new Set(grant.roles.map(({ role }) => role.id))],
    groups: places(grant.groups), sessions: places(grant.sessions), programs: places(grant.programs),
    units: grant.orgUnit ? places([grant.orgUnit]) : [],
    labels: grant.labels.join(', '), locale: grant.locale ?? '', accessEnd: dayIn(grant.accessExpiresAt, timeZone),
    answers: Object.fromEntries(Object.entries(grant.customFields).map(([key, answer]) => [key, textOf(answer)])),
  }
}

/** The parts of a grant that a form changed; undefined when there are none. What was emptied is cleared. */
export function grantChanges(start: GrantForm, form: GrantForm): UpdateGrantInput | undefined {
  const isChanged = (key: keyof GrantForm) => JSON.stringify(start[key]) !== JSON.stringify(form[key])
  const next = grantOf(form)
  const cleared = Object.fromEntries(Object.keys(start.answers).map((key) => [key, null]))
  const changes: UpdateGrantInput = {
    ...(isChanged('roles') && { roles: next.roles ?? null }),
    ...(isChanged('groups') && { groupIds: next.groupIds ?? null }),
    ...(isChanged('sessions') && { sessionIds: next.sessionIds ?? null }),
    ...(isChanged('programs') && { programIds: next.programIds ?? null }),
    ...(isChanged('units') && { orgUnitId: next.orgUnitId ?? null }),
    ...(isChanged('labels') && { labels: next.labels ?? null }),
    ...(isChanged('locale') && { locale: next.locale ?? null }),
    ...(isChanged('accessEnd') && { accessExpiresAt: next.accessExpiresAt ?? null }),
    ...(isChanged('answers') && { customFields: { ...cleared, ...next.customFields } }),
  }
  return Object.keys(changes).length > 0 ? changes : undefined
}
