/** The navigation, read from the screens: a screen lists itself by staticData.nav. */
import { isAllowed } from '@/lib/permissions'
import type { Permission } from '@/gql/graphql'
import type { NavigationEntry } from '@/router'

/** The part of a route that the navigation reads. */
type Route = { fullPath: string; options: { staticData?: unknown } }

export type NavigationItem = NavigationEntry & { to: string }

/** The entries for those who hold the given permissions, in their order. */
export function navigationOf(routes: readonly Route[], held: readonly Permission[]): NavigationItem[] {
  return routes
    .flatMap(({ fullPath, options }) => {
      const nav = (options.staticData as { nav?: NavigationEntry } | undefined)?.nav
      return nav ? [{ ...nav, to: fullPath }] : []
    })
    .filter(({ needs }) => isAllowed(held, needs))
    .sort((a, b) => a.order - b.order)
}
