import type { QueryClient } from '@tanstack/react-query'
import { createRouter } from '@tanstack/react-router'
import type { Permission } from './gql/graphql'
import { routeTree } from './route-tree.gen'
import type { IconName } from './ui/icon'
import { RouteFailure, RouteMissing } from './ui/route-states'
import { Loading } from './ui/states'

/** What a screen says of itself, so that the navigation lists it. */
export type NavigationEntry = {
  title: { en: string; fr: string }
  icon: IconName
  /** Smaller numbers stand above: home 0, people 10, invitations 20, import 30, groups 40 … */
  order: number
  /** Shown to those who hold one of these somewhere in the workspace. */
  needs: Permission[]
  section?: 'workspace'
}

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    basepath: '/console',
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 300,
    defaultPendingComponent: Loading,
    defaultErrorComponent: RouteFailure,
    defaultNotFoundComponent: RouteMissing,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register { router: ReturnType<typeof makeRouter> }
  interface StaticDataRouteOption { nav?: NavigationEntry }
}
