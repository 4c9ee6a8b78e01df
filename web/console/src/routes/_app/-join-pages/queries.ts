/** Documents of join pages. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { ConsoleJoinLinkQuery, JoinLinkFieldsFragment } from '@/gql/graphql'
import type { Language } from '@/i18n/language'
import { ApiError } from '@/lib/faults'
import { connectionQuery } from '@/lib/pages'
import { request } from '@/lib/request'

export const JoinLinkFieldsDocument = graphql(`
  fragment JoinLinkFields on JoinLink {
    id slug url enabled title welcomeText whitelist expiresAt maxJoins joinCount requiresApproval viewerCan
    roles { id name }
    groups { id name }
  }
`)

export type JoinLinkRow = JoinLinkFieldsFragment

const JoinLinksDocument = graphql(`
  query ConsoleJoinLinks($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {
    workspace(id: $workspace) {
      joinLinks(filter: { search: $search }, first: $first, after: $after, last: $last, before: $before) {
        edges { node { ...JoinLinkFields } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

export const joinLinksKey = (workspace: string) => ['join-links', workspace] as const

export const joinLinksQuery = (workspace: string, search?: string) =>
  connectionQuery([...joinLinksKey(workspace), search ?? ''], async (page, signal) => {
    const answer = await request(JoinLinksDocument, { workspace, search: search || null, ...page }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.joinLinks
  })

const JoinLinkDocument = graphql(`
  query ConsoleJoinLink($id: ID!) {
    node(id: $id) {
      ... on JoinLink {
        ...JoinLinkFields
        freeMailEntries
        grant {
          roles { role { id name } }
          groups { id name } sessions { id name } programs { id name } orgUnit { id name }
          labels locale accessExpiresAt customFields
        }
      }
    }
  }
`)

export type JoinLinkDetail = Extract<NonNullable<ConsoleJoinLinkQuery['node']>, { slug: string }>

export const joinLinkQuery = (id: string) => queryOptions({
  queryKey: ['join-link', id],
  queryFn: async ({ signal }): Promise<JoinLinkDetail> => {
    const { node } = await request(JoinLinkDocument, { id }, signal)
    if (!node || !('slug' in node)) throw new ApiError('NOT_FOUND', '')
    return node as JoinLinkDetail // an object of another kind has none of the fields
  },
})

const WaitingDocument = graphql(`
  query ConsoleJoinLinkWaiting($workspace: ID!, $link: ID!) {
    workspace(id: $workspace) { joinRequests(filter: { joinLinkId: $link, status: [WAITING] }) { totalCount } }
  }
`)

/** How many requests to join by a page wait for a decision. */
export const waitingQuery = (workspace: string, link: string) => queryOptions({
  queryKey: ['join-link-waiting', workspace, link],
  queryFn: async ({ signal }) =>
    (await request(WaitingDocument, { workspace, link }, signal)).workspace?.joinRequests.totalCount ?? 0,
})

const SlugDocument = graphql(`
  query ConsoleJoinSlug($slug: String!) { publicJoinPage(slug: $slug) { slug } }
`)

/** Whether a page, of whatever workspace, answers at an address now. */
export const slugTakenQuery = (slug: string) => queryOptions({
  queryKey: ['join-slug', slug],
  queryFn: async ({ signal }) => Boolean((await request(SlugDocument, { slug }, signal)).publicJoinPage),
})

const ExplainDocument = graphql(`
  query ConsoleExplainJoin($link: ID!, $email: String!) {
    explainJoin(joinLinkId: $link, email: $email) { allowed reason }
  }
`)

/** Whether an address may join, and why. */
export const explainQuery = (link: string, email: string) => queryOptions({
  queryKey: ['explain-join', link, email],
  queryFn: async ({ signal }) => (await request(ExplainDocument, { link, email }, signal)).explainJoin,
  retry: false,
  staleTime: 0,
})

export const UpdateJoinLinkDocument = graphql(`
  mutation ConsoleUpdateJoinLink($input: UpdateJoinLinkInput!) {
    updateJoinLink(input: $input) { joinLink { ...JoinLinkFields } warnings }
  }
`)

/** The public page of a link in a language, as its HTML. It is read as a stranger reads it: without a session. */
export const pageQuery = (link: JoinLinkDetail, language: Language) => queryOptions({
  // What the page shows is in the key, so that a change is read again.
  queryKey: ['join-page-preview', link.id, language, link],
  queryFn: async ({ signal }) => {
    const answer = await fetch(`/join/${link.slug}?lang=${language}`, { credentials: 'omit', signal })
    // A page that is closed or gone is sent with a status of its own, and is what people see.
    if (!answer.headers.get('Content-Type')?.startsWith('text/html')) throw new ApiError('INTERNAL', '')
    return answer.text()
  },
})
