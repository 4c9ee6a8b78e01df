/** Roles of several people at once. The API replaces all roles of a person at all places together. */

type Held = {
  inherited: boolean
  role: { key: string; name: string }
  group?: { id: string } | null
  orgUnit?: { id: string } | null
  session?: { id: string } | null
}

export type WithRoles = { id: string; roleAssignments?: Held[] | null }

/** The roles that a person was given, without those that are inherited or end with a session. */
const givenTo = (person: WithRoles): Held[] =>
  (person.roleAssignments ?? []).filter(({ inherited, session }) => !inherited && !session)

/**
 * The keys of the roles that a person was given, when they are the same at all their places; else null,
 * because a change in bulk would then carry a role from one place to another.
 */
export function sameRoles(person: WithRoles): string[] | null {
  const places = new Map<string, Set<string>>()
  for (const { role, group, orgUnit } of givenTo(person)) {
    const place = group?.id ?? orgUnit?.id ?? ''
    places.set(place, (places.get(place) ?? new Set()).add(role.key))
  }
  const [first = new Set<string>(), ...others] = places.values()
  const isSame = others.every((set) => set.size === first.size && [...set].every((key) => first.has(key)))
  return isSame ? [...first].sort() : null
}

export type RoleChange = { id: string; previous: string[]; next: string[] }

/** What giving or taking a role changes; people whom it would not change, or not honestly, are left out. */
export function roleChanges(act: 'give' | 'take', key: string, people: readonly WithRoles[]): RoleChange[] {
  return people.flatMap((person) => {
    const previous = sameRoles(person)
    if (!previous || previous.includes(key) === (act === 'give')) return []
    const next = act === 'give' ? [...previous, key] : previous.filter((held) => held !== key)
    return [{ id: person.id, previous, next }]
  })
}

/** The roles that at least one person was given, by their keys. */
export function rolesGiven(people: readonly WithRoles[]): Map<string, string> {
  return new Map(people.flatMap((person) => givenTo(person).map(({ role }) => [role.key, role.name] as const)))
}
