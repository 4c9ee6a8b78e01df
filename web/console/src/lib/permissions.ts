/** What the signed-in person may do. The server decides all the same. */
import type { Permission } from '@/gql/graphql'

/** Reports whether at least one of the needed permissions is held; true when none is needed. */
export function isAllowed(held: readonly Permission[], needs?: readonly Permission[]): boolean {
  return !needs?.length || needs.some((permission) => held.includes(permission))
}

/** An action of a menu, a toolbar or a bulk bar, offered to those who hold what it needs. */
export type Needing = { needs?: readonly Permission[] }

/** Keeps the actions that may be done to an object whose viewerCan is given. */
export function allowedActions<Action extends Needing>(actions: Action[], held: readonly Permission[]): Action[] {
  return actions.filter((action) => isAllowed(held, action.needs))
}
