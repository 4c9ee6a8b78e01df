/** What the server said of a join page when it was last saved here. It can be read at no other time. */
import { queryOptions, type QueryClient } from '@tanstack/react-query'
import type { JoinLinkWarning } from '@/gql/graphql'

/** The warnings about a page; none before it is saved. */
export const joinWarningsQuery = (link: string) => queryOptions({
  queryKey: ['join-warnings', link],
  queryFn: (): JoinLinkWarning[] => [],
  staleTime: Infinity,
  gcTime: Infinity,
})

/** Keeps the warnings of a page that was saved. */
export function keepJoinWarnings(client: QueryClient, link: string, warnings: JoinLinkWarning[]): void {
  client.setQueryData(joinWarningsQuery(link).queryKey, warnings)
}
