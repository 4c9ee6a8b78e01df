/**
 * The session of this tab. The refresh token is an HttpOnly cookie that all tabs share; the access
 * token lives in the memory of the tab.
 */
import type { SignInInput, ViewerFieldsFragment } from '@/gql/graphql'
import { ApiError } from './faults'
import { RefreshDocument, SignInDocument, SignOutDocument } from './session-queries'
import { post } from './transport'

/** How long before its end an access token is renewed, in milliseconds. */
const spare = 30_000

export type Viewer = ViewerFieldsFragment

export type SessionState =
  | { status: 'starting' }
  /** Nobody has signed in since the page was opened. */
  | { status: 'out' }
  /** The password must be changed before anything else. */
  | { status: 'password' }
  | { status: 'in'; viewer: Viewer }
  /** The session ended while somebody worked: the page stays and a sign-in lies over it. */
  | { status: 'ended'; viewer: Viewer }

type Auth = {
  accessToken: string
  expiresAt: string
  mustChangePassword: boolean
  viewer?: Viewer | null
}

let state: SessionState = { status: 'starting' }
let token: { value: string; expiresAt: number } | null = null
let renewing: Promise<string | null> | null = null
let waiting: ((token: string) => void)[] = []
const listeners = new Set<() => void>()

export const sessionState = (): SessionState => state

/** Calls listener after each change; returns how to stop. */
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function setState(next: SessionState): void {
  state = next
  for (const listener of listeners) listener()
}

/** Takes what a sign-in or a refresh answered. */
function keep(auth: Auth): string | null {
  if (auth.mustChangePassword) {
    setState({ status: 'password' })
    return null
  }
  token = { value: auth.accessToken, expiresAt: Date.parse(auth.expiresAt) }
  if (state.status === 'ended' && auth.viewer && auth.viewer.user.id !== state.viewer.user.id) {
    // Somebody else signed in over the page: what it holds is not theirs.
    window.location.reload()
    return token.value
  }
  if (auth.viewer) setState({ status: 'in', viewer: auth.viewer })
  const resume = waiting
  waiting = []
  for (const go of resume) go(auth.accessToken)
  return auth.accessToken
}

/**
 * Asks for a new access token by the cookie. Tabs take turns, because a refresh token that is used
 * twice ends the sign-in. Returns null when the session is over. Throws ApiError when the server
 * cannot be reached: that does not end the session.
 */
export function renewAccess(): Promise<string | null> {
  renewing ??= inTurn(async () => {
    const { data, errors } = await post<{ refreshSession: { auth: Auth } | null }>(
      RefreshDocument.toString(), { input: {} }, null)
    if (data?.refreshSession) return keep(data.refreshSession.auth)
    const fault = errors?.[0] ? ApiError.from(errors[0]) : null
    if (fault && fault.code !== 'UNAUTHENTICATED') throw fault
    token = null
    setState(state.status === 'in' || state.status === 'ended'
      ? { status: 'ended', viewer: state.viewer }
      : { status: 'out' })
    return null
  }).finally(() => { renewing = null })
  return renewing
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | null | undefined // absent on plain http
  return locks ? locks.request('usher-refresh', work) : work()
}

/** Returns an access token that is good for a while; waits for a sign-in when the session is over. */
export async function accessToken(): Promise<string> {
  if (token && token.expiresAt - Date.now() > spare) return token.value
  return (await renewAccess()) ?? (await waitForSignIn())
}

/** Resolves with the access token of the next sign-in. */
export function waitForSignIn(): Promise<string> {
  return new Promise((resolve) => waiting.push(resolve))
}

/** Signs in with a password. Throws ApiError. */
export async function signIn(input: Omit<SignInInput, 'tokenDelivery'>): Promise<void> {
  const { data, errors } = await post<{ signIn: { auth: Auth } | null }>(
    SignInDocument.toString(), { input: { ...input, tokenDelivery: 'COOKIE' } }, null)
  if (data?.signIn) {
    keep(data.signIn.auth)
    return
  }
  throw errors?.[0] ? ApiError.from(errors[0]) : new ApiError('INTERNAL', 'The answer was empty.')
}

/** Ends the sign-in and leaves for the public page. */
export async function signOut(): Promise<void> {
  await post(SignOutDocument.toString(), {}, token?.value ?? null)
  token = null
  window.location.assign('/?done=signed_out')
}

/** Reads who is signed in again, after a change of the profile or of a workspace. */
export async function refreshViewer(): Promise<void> {
  await renewAccess()
}
