// Who is signed in. The access token stays in memory. The refresh token is in a cookie that scripts cannot read (COOKIE, for
// front ends of Usher's own site), or in this tab's storage (BODY, for front ends of other sites).
import { print, type DocumentNode } from 'graphql'
import { RefreshDocument, type RefreshMutation, type SignedInFragment, type TokenDelivery } from './gql/graphql'

export const usher: string = import.meta.env.VITE_USHER_URL ?? 'http://127.0.0.1:8080'

let access: { token: string, until: number } | undefined
let refreshing: Promise<string | undefined> | undefined
const listeners = new Set<() => void>()

// tokenDelivery is what every sign-in of this front end asks for: ?delivery=BODY chooses, for this tab.
export function tokenDelivery(): TokenDelivery {
  const chosen = new URLSearchParams(location.search).get('delivery')
  if (chosen) sessionStorage.setItem('delivery', chosen)
  return sessionStorage.getItem('delivery') === 'BODY' ? 'BODY' : 'COOKIE'
}

// keep stores the tokens of a sign-in or a refresh; null ends the session in this tab.
export function keep(auth: SignedInFragment | null | undefined): void {
  access = auth ? { token: auth.accessToken, until: Date.parse(auth.expiresAt) } : undefined
  if (auth?.refreshToken) sessionStorage.setItem('refreshToken', auth.refreshToken)
  if (!auth) sessionStorage.removeItem('refreshToken')
  for (const changed of listeners) changed()
}

export const isSignedIn = (): boolean => access !== undefined

export function onSessionChange(changed: () => void): () => void {
  listeners.add(changed)
  return () => listeners.delete(changed)
}

// freshToken is an access token that is valid for some seconds more, undefined for a visitor.
export async function freshToken(): Promise<string | undefined> {
  if (!access) return undefined
  return access.until - 15_000 > Date.now() ? access.token : refresh()
}

// refresh exchanges the refresh token. Requests that fail together share one exchange, and so do the tabs that share the
// cookie: a refresh token that is used twice ends the sign-in.
export function refresh(): Promise<string | undefined> {
  refreshing ??= navigator.locks.request('usher-refresh', exchange).finally(() => { refreshing = undefined })
  return refreshing
}

async function exchange(): Promise<string | undefined> {
  const refreshToken = tokenDelivery() === 'BODY' ? sessionStorage.getItem('refreshToken') : undefined
  if (refreshToken === null) return undefined
  const { data } = await post<RefreshMutation>(RefreshDocument, { input: refreshToken ? { refreshToken } : {} })
  keep(data?.refreshSession?.auth) // an error means that the session has ended
  return access?.token
}

export interface Answer<T> { data?: T | null, errors?: { message: string, extensions?: { code?: string } }[] }

// post sends one operation without the client, and a file beside it where there is one.
export async function post<T>(document: DocumentNode, variables: { input: object }, file?: File): Promise<Answer<T>> {
  const operation = JSON.stringify({ query: print(document), variables })
  const headers: Record<string, string> = access ? { authorization: `Bearer ${access.token}` } : {}
  let body: string | FormData = operation
  if (file) { // as graphql-multipart-request-spec says
    body = new FormData()
    body.append('operations', operation)
    body.append('map', JSON.stringify({ 0: ['variables.input.content.file'] }))
    body.append('0', file)
    headers['graphql-require-preflight'] = '1'
  } else {
    headers['content-type'] = 'application/json'
  }
  const response = await fetch(`${usher}/graphql`, { method: 'POST', credentials: 'include', headers, body })
  return await response.json() as Answer<T>
}
