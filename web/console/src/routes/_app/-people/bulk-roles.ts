/** One role at one place, of several people at once. */
import type { RolePlaceInput } from '@/gql/graphql'

/** A role and where it is held; the whole workspace without a place. */
export type RoleAtPlace = { role: string; place?: RolePlaceInput }

type Named = { id: string; name?: string }

type Assignment = {
  inherited: boolean
  role: { id: string; key: string; name: string }
  group?: Named | null
  orgUnit?: Named | null
  session?: Named | null
}

export type WithRoles = { id: string; orgUnit?: { id: string } | null; roleAssignments?: Assignment[] | null }

/** A role that people hold at a place, with the names of both and those who hold it. */
export type HeldRole = RoleAtPlace & { key: string; name: string; where: string | null; ids: string[] }

/** Names a role at a place. */
export const keyOf = ({ role, place }: RoleAtPlace): string => [role, place?.groupId ?? place?.orgUnitId ?? ''].join(' ')

/** What a person was given, without roles that are inherited or end with a session. */
function givenTo(person: WithRoles): (RoleAtPlace & { name: string; where: string | null })[] {
  return (person.roleAssignments ?? []).filter(({ inherited, session }) => !inherited && !session)
    .map(({ role, group, orgUnit }) => ({
      role: role.key, name: role.name, where: group?.name ?? orgUnit?.name ?? null,
      ...(group ? { place: { groupId: group.id } } : orgUnit ? { place: { orgUnitId: orgUnit.id } } : {}),
    }))
}

/** Whether a person was given a role at a place. */
export const holds = (person: WithRoles, wanted: RoleAtPlace): boolean =>
  givenTo(person).some((given) => keyOf(given) === keyOf(wanted))

/** The roles that the people were given, with their places. */
export function rolesGiven(people: readonly WithRoles[]): HeldRole[] {
  const found = new Map<string, HeldRole>()
  for (const person of people) {
    for (const given of givenTo(person)) {
      const key = keyOf(given)
      const held = found.get(key) ?? { ...given, key, ids: [] }
      held.ids.push(person.id)
      found.set(key, held)
    }
  }
  return [...found.values()]
}

/** The people whom giving or taking a role at a place would change. A role at a unit is for the people of the unit. */
export function changedBy(act: 'give' | 'take', wanted: RoleAtPlace, people: readonly WithRoles[]): string[] {
  const unit = wanted.place?.orgUnitId
  return people.filter((person) => holds(person, wanted) === (act === 'take') && (act === 'take' || !unit || person.orgUnit?.id === unit))
    .map(({ id }) => id)
}

/** Those of whom a role is the only one: without it the server makes them learners of the workspace. */
export const onlyHolding = (wanted: RoleAtPlace, people: readonly WithRoles[]): string[] =>
  people.filter((person) => givenTo(person).every((given) => keyOf(given) === keyOf(wanted))).map(({ id }) => id)
