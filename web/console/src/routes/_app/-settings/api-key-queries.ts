/** Documents of the API keys. */
import { graphql } from '@/gql'
import type { ApiKeyRowFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { connectionQuery } from '@/lib/pages'
import { request } from '@/lib/request'

export const ApiKeyRowDocument = graphql(`
  fragment ApiKeyRow on ApiKey {
    id name hint status permissions wholeWorkspace allowedNetworks expiresAt lastUsedAt revokedAt formerSecretEndsAt
    groups { id name } orgUnits { id name } sessions { id name }
  }
`)

export type ApiKeyRow = ApiKeyRowFragment

const ApiKeysDocument = graphql(`
  query ConsoleApiKeys(
    $workspace: ID!, $status: [ApiKeyStatus!], $first: Int, $after: String, $last: Int, $before: String
  ) {
    workspace(id: $workspace) {
      apiKeys(filter: { status: $status }, first: $first, after: $after, last: $last, before: $before) {
        edges { node { ...ApiKeyRow } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

export const apiKeysKey = (workspace: string) => ['api-keys', workspace] as const

/** The keys that were revoked, or all others. */
export const apiKeysQuery = (workspace: string, areRevoked: boolean) =>
  connectionQuery([...apiKeysKey(workspace), areRevoked], async (page, signal) => {
    const status = areRevoked ? ['REVOKED' as const] : ['ACTIVE' as const, 'EXPIRED' as const]
    const answer = await request(ApiKeysDocument, { workspace, status, ...page }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.apiKeys
  })

export const CreateApiKeyDocument = graphql(`
  mutation ConsoleCreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) { apiKey { ...ApiKeyRow } secret }
  }
`)

export const UpdateApiKeyDocument = graphql(`
  mutation ConsoleUpdateApiKey($input: UpdateApiKeyInput!) {
    updateApiKey(input: $input) { apiKey { ...ApiKeyRow } }
  }
`)

export const RotateApiKeyDocument = graphql(`
  mutation ConsoleRotateApiKey($input: RotateApiKeyInput!) {
    rotateApiKey(input: $input) { apiKey { ...ApiKeyRow } secret }
  }
`)

export const RevokeApiKeyDocument = graphql(`
  mutation ConsoleRevokeApiKey($input: RevokeApiKeyInput!) {
    revokeApiKey(input: $input) { apiKey { ...ApiKeyRow } }
  }
`)
