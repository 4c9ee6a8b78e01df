/** Operations with a file, as the GraphQL multipart request specification writes them. */
import type { Encode } from './transport'

/** Encodes an operation with a file in the place of the one at path, such as input.content.file, which becomes null. */
export const withFile = (file: File, path: string): Encode => (query, variables) => {
  const body = new FormData()
  body.append('operations', JSON.stringify({ query, variables }, (_, value: unknown) => value instanceof File ? null : value))
  body.append('map', JSON.stringify({ 0: [`variables.${path}`] }))
  body.append('0', file)
  // The server takes no form without this header, which a form on another site cannot send.
  return { headers: { 'GraphQL-Require-Preflight': '1' }, body }
}
