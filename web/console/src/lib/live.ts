/** Live changes over server-sent events. */
import type { Client } from 'graphql-sse'
import type { TypedDocumentString } from '@/gql/graphql'
import { accessToken } from './session'

let client: Promise<Client> | null = null

/** Loads the client of streams when the first one opens: no screen needs it to show. */
function loadClient(): Promise<Client> {
  client ??= import('graphql-sse').then(({ createClient }) => createClient({
    url: '/graphql',
    headers: async () => ({ Authorization: `Bearer ${await accessToken()}` }),
    retryAttempts: Infinity,
  }))
  client.catch(() => { client = null }) // the next stream tries again
  return client
}

/**
 * Watches a subscription until the returned function is called. The stream opens again when it
 * breaks off; what changed in between is not sent.
 */
export function watch<Result, Variables extends Record<string, unknown>>(
  operation: TypedDocumentString<Result, Variables>,
  variables: Variables,
  receive: (data: Result) => void,
): () => void {
  let isOver = false
  let stop = () => { isOver = true }
  void loadClient().then((streams) => {
    if (isOver) return
    stop = streams.subscribe<Result>(
      { query: operation.toString(), variables },
      {
        next: ({ data }) => { if (data) receive(data) },
        // The stream ends with an error when the caller loses the right to it: the list stays as it is.
        error: () => undefined,
        complete: () => undefined,
      },
    )
  }, () => undefined) // without a network the list stays as it is
  return () => stop()
}
