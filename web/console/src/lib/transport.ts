/** Posts operations to the API as they are. */
import { ApiError, type WireError } from './faults'

const endpoint = '/graphql'

export type Answer<Result> = { data?: Result | null; errors?: WireError[] }

/** Writes an operation as the body of a request. */
export type Encode = (query: string, variables: unknown) => { headers: Record<string, string>; body: BodyInit }

const asJSON: Encode = (query, variables) => ({
  headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ query, variables }),
})

/** Posts one operation as it is and returns the answer. Throws ApiError OFFLINE without a network. */
export async function post<Result>(
  query: string,
  variables: unknown,
  token: string | null,
  signal?: AbortSignal,
  encode: Encode = asJSON,
): Promise<Answer<Result>> {
  const { headers, body } = encode(query, variables)
  headers.Accept = 'application/graphql-response+json, application/json'
  headers['Accept-Language'] = document.documentElement.lang || 'en'
  if (token) headers.Authorization = `Bearer ${token}`
  let response: Response
  try {
    response = await fetch(endpoint, { method: 'POST', headers, body, signal })
  } catch (problem) {
    if (signal?.aborted) throw problem
    throw new ApiError('OFFLINE', 'No connection to the server.')
  }
  try {
    return (await response.json()) as Answer<Result>
  } catch {
    // A proxy in front of the server answers in its own words.
    throw new ApiError('UNAVAILABLE', `The server answered ${response.status}.`)
  }
}
