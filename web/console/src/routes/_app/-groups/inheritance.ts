/** Which groups the learners of a group belong to besides it. */
import type { GroupVisibility } from '@/gql/graphql'
import { ancestorsOf, type TreeRow } from '@/ui/tree/tree-model'

export type GroupLike = TreeRow & { visibility: GroupVisibility }

/** Where a group stands, and whether it passes its learners up. */
export type Standing = { visibility: GroupVisibility; parentId: string | null }

/**
 * The groups that inherit the learners of a group: none for a private one, else each ancestor up to and
 * including the first private one.
 */
export function inheritingGroups<Group extends GroupLike>(
  groups: ReadonlyMap<string, Group>, { visibility, parentId }: Standing,
): Group[] {
  const parent = parentId ? groups.get(parentId) : undefined
  if (visibility === 'PRIVATE' || !parent) return []
  const above = [parent, ...ancestorsOf(groups, parent.id)]
  const end = above.findIndex((group) => group.visibility === 'PRIVATE')
  return end < 0 ? above : above.slice(0, end + 1)
}

/** The groups that the learners enter and leave when their group changes. */
export function inheritanceChange<Group extends GroupLike>(
  groups: ReadonlyMap<string, Group>, now: Standing, next: Standing,
): { joined: Group[]; left: Group[] } {
  const before = inheritingGroups(groups, now)
  const after = inheritingGroups(groups, next)
  return {
    joined: after.filter((group) => !before.includes(group)),
    left: before.filter((group) => !after.includes(group)),
  }
}
