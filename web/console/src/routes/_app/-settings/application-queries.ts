/** Documents of the applications. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { ApplicationRowFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { connectionQuery } from '@/lib/pages'
import { request } from '@/lib/request'

export const ApplicationRowDocument = graphql(`
  fragment ApplicationRow on Application {
    id name confidential redirectUris postLogoutRedirectUris initiateLoginUri idTokenAlgorithm formerSecretEndsAt
  }
`)

export type ApplicationRow = ApplicationRowFragment

const ApplicationsDocument = graphql(`
  query ConsoleApplications($workspace: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    workspace(id: $workspace) {
      applications(first: $first, after: $after, last: $last, before: $before) {
        edges { node { ...ApplicationRow } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

export const applicationsKey = (workspace: string) => ['applications', workspace] as const

/** The applications by name. */
export const applicationsQuery = (workspace: string) =>
  connectionQuery(applicationsKey(workspace), async (page, signal) => {
    const answer = await request(ApplicationsDocument, { workspace, ...page }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.applications
  })

const discoveryPath = '/.well-known/openid-configuration'

/** The issuer as client libraries read it, which is the public address of the installation. */
export const issuerQuery = queryOptions({
  queryKey: ['issuer'],
  staleTime: Infinity,
  queryFn: async ({ signal }): Promise<string> => {
    const answer = await fetch(discoveryPath, { credentials: 'omit', signal })
    if (!answer.ok) throw new ApiError('INTERNAL', '')
    const { issuer } = await answer.json() as { issuer: string }
    return issuer
  },
})

/** Where client libraries read everything else. */
export const discoveryUrl = (issuer: string): string => issuer.replace(/\/$/, '') + discoveryPath

export const CreateApplicationDocument = graphql(`
  mutation ConsoleCreateApplication($input: CreateApplicationInput!) {
    createApplication(input: $input) { application { ...ApplicationRow } clientSecret }
  }
`)

export const UpdateApplicationDocument = graphql(`
  mutation ConsoleUpdateApplication($input: UpdateApplicationInput!) {
    updateApplication(input: $input) { application { ...ApplicationRow } }
  }
`)

export const RotateApplicationDocument = graphql(`
  mutation ConsoleRotateApplication($input: RotateApplicationSecretInput!) {
    rotateApplicationSecret(input: $input) { application { ...ApplicationRow } clientSecret }
  }
`)

export const DeleteApplicationDocument = graphql(`
  mutation ConsoleDeleteApplication($input: DeleteApplicationInput!) { deleteApplication(input: $input) { deletedId } }
`)
