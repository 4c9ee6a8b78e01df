/** Sends operations to the API as the signed-in person. Nothing here knows React. */
import type { TypedDocumentString } from '@/gql/graphql'
import { ApiError } from './faults'
import { accessToken, renewAccess, waitForSignIn } from './session'
import { post, type Encode } from './transport'

/**
 * Runs an operation as the signed-in person and returns its data. It renews the access token when
 * needed. When the session is over it waits until somebody signs in over the page, so that no typed
 * work is lost. Throws ApiError.
 */
export async function request<Result, Variables>(
  operation: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
  encode?: Encode,
): Promise<Result> {
  const query = operation.toString()
  let token = await accessToken()
  for (let attempt = 0; ; attempt++) {
    const answer = await post<Result>(query, variables, token, signal, encode)
    const error = answer.errors?.[0]
    if (!error) {
      if (answer.data) return answer.data
      throw new ApiError('INTERNAL', 'The answer was empty.')
    }
    const fault = ApiError.from(error)
    // UNAUTHENTICATED at a field of the input is a wrong password, not the end of the session.
    if (fault.code !== 'UNAUTHENTICATED' || fault.violations.length > 0 || attempt === 2) throw fault
    token = (await renewAccess()) ?? (await waitForSignIn())
  }
}
