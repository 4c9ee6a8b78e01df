import { createFileRoute } from '@tanstack/react-router'
import { ApiKeysTab } from './-settings/api-keys-tab'

export const Route = createFileRoute('/_app/settings/api-keys')({
  validateSearch: ({ revoked }: Record<string, unknown>): { revoked?: true } => ({ revoked: revoked ? true : undefined }),
  component: ApiKeysTab,
})
