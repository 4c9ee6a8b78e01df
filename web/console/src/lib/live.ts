/** Live changes over server-sent events. */
import { createClient } from 'graphql-sse'
import type { TypedDocumentString } from '@/gql/graphql'
import { accessToken } from './session'

const client = createClient({
  url: '/graphql',
  headers: async () => ({ Authorization: `Bearer ${await accessToken()}` }),
  retryAttempts: Infinity,
})

/**
 * Watches a subscription until the returned function is called. The stream opens again when it
 * breaks off; what changed in between is not sent.
 */
export function watch<Result, Variables extends Record<string, unknown>>(
  operation: TypedDocumentString<Result, Variables>,
  variables: Variables,
  receive: (data: Result) => void,
): () => void {
  return client.subscribe<Result>(
    { query: operation.toString(), variables },
    {
      next: ({ data }) => { if (data) receive(data) },
      // The stream ends with an error when the caller loses the right to it: the list stays as it is.
      error: () => undefined,
      complete: () => undefined,
    },
  )
}
