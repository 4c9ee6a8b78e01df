/** Documents of the dialog that adds people. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { ConsoleInspectImportQuery, PlanInput } from '@/gql/graphql'
import { request } from '@/lib/request'
import { contentInput, encodeContent, fingerprint, type ImportContent } from './import-content'

const PlanDocument = graphql(`
  query ConsolePlan($input: PlanInput!) {
    plan(input: $input) {
      emailCount seatsTaken seatsLeft
      people {
        email input status message warnings suggestedEmail member { id }
        groups { id name } sessions { id name }
        emails { kind at }
      }
    }
  }
`)

/** What would happen; nothing does. The refusals are those of the mutation. */
export const planQuery = (input: PlanInput) => queryOptions({
  queryKey: ['plan', input],
  queryFn: async ({ signal }) => (await request(PlanDocument, { input }, signal)).plan,
  retry: false,
  staleTime: 10_000,
})

export const InviteDocument = graphql(`
  mutation ConsoleInvite($input: InviteUsersInput!) {
    inviteUsers(input: $input) {
      invitedCount
      outcomes { input status message warnings member { id } invitation { id } }
    }
  }
`)

export const CreateUserDocument = graphql(`
  mutation ConsoleCreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      status warnings
      member { id user { firstName lastName username email } }
      invitation { id }
    }
  }
`)

export const IssueCardDocument = graphql(`
  mutation ConsoleIssueFirstCard($input: IssueCardInput!) {
    issueCard(input: $input) { card { code codeUrl pin html } }
  }
`)

const InspectImportDocument = graphql(`
  query ConsoleInspectImport($input: InspectImportInput!) {
    inspectImport(input: $input) {
      reading { encoding headerRow sheet }
      columns { recognized suggestedName samples column { letter header name ignored } }
    }
  }
`)

export type Inspection = NonNullable<ConsoleInspectImportQuery['inspectImport']>
export type InspectedColumn = Inspection['columns'][number]

/** Inspections of a workspace. They are old once an import has remembered its choices of columns. */
export const inspectionsKey = (workspaceId: string) => ['inspections', workspaceId] as const

/** What a list holds. Nothing is written. */
export const inspectionQuery = (workspaceId: string, content: ImportContent) => queryOptions({
  // The content itself is too long for a key: a key is compared each time a screen is drawn.
  queryKey: [...inspectionsKey(workspaceId), fingerprint(content)],
  queryFn: async ({ signal }) => {
    const input = { workspaceId, content: contentInput(content) }
    const { inspectImport } = await request(InspectImportDocument, { input }, signal, encodeContent(content))
    if (!inspectImport) throw new Error('inspectImport is null without an error') // request throws its errors
    return inspectImport
  },
  retry: false,
  staleTime: 60_000,
  refetchOnWindowFocus: false, // the list would be uploaded again
})

export const CreateImportDocument = graphql(`
  mutation ConsoleCreateImport($input: CreateImportInput!) {
    createImport(input: $input) { import { id } }
  }
`)

export const TemplateDocument = graphql(`
  query ConsoleImportTemplate($workspace: ID!, $format: SpreadsheetFormat!, $locale: String) {
    workspace(id: $workspace) { importTemplateUrl(format: $format, locale: $locale) }
  }
`)

const FirstJoinLinksDocument = graphql(`
  query ConsoleFirstJoinLinks($workspace: ID!) {
    workspace(id: $workspace) {
      joinLinks(first: 5) {
        edges { node { id slug url title enabled whitelist requiresApproval viewerCan roles { id name } } }
        pageInfo { hasNextPage }
      }
    }
  }
`)

/** The newest join pages. */
export const firstJoinLinksQuery = (workspace: string) => queryOptions({
  queryKey: ['first-join-links', workspace],
  queryFn: async ({ signal }) => {
    const links = (await request(FirstJoinLinksDocument, { workspace }, signal)).workspace?.joinLinks
    return { links: links?.edges.map(({ node }) => node) ?? [], isMore: links?.pageInfo.hasNextPage ?? false }
  },
})

export const CreateJoinLinkDocument = graphql(`
  mutation ConsoleCreateJoinLink($input: CreateJoinLinkInput!) {
    createJoinLink(input: $input) { joinLink { id } warnings }
  }
`)

export const SwitchJoinLinkDocument = graphql(`
  mutation ConsoleSwitchJoinLink($input: UpdateJoinLinkInput!) {
    updateJoinLink(input: $input) { joinLink { id enabled } }
  }
`)
