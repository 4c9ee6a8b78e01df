import { beforeEach, expect, test, vi } from 'vitest'

const viewer = { user: { id: 'usr_1' }, memberships: [] }
const auth = (seconds: number) => ({
  accessToken: `token-${seconds}`, expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
  mustChangePassword: false, viewer,
})
const answer = (body: object) => new Response(JSON.stringify(body))
const unauthenticated = { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] }

let fetched: ReturnType<typeof vi.fn<typeof fetch>>
let session: typeof import('./session')
let requests: typeof import('./request')

beforeEach(async () => {
  vi.resetModules()
  fetched = vi.fn<typeof fetch>()
  vi.stubGlobal('fetch', fetched)
  session = await import('./session')
  requests = await import('./request')
})

test('requests that need a token at the same time share one refresh', async () => {
  fetched.mockResolvedValueOnce(answer({ data: { refreshSession: { auth: auth(300) } } }))
  const tokens = await Promise.all([session.accessToken(), session.accessToken()])
  expect(tokens).toEqual(['token-300', 'token-300'])
  expect(fetched).toHaveBeenCalledTimes(1)
  expect(session.sessionState().status).toBe('in')
})

test('a token that is about to end is renewed before it is used', async () => {
  fetched.mockResolvedValueOnce(answer({ data: { refreshSession: { auth: auth(10) } } }))
  fetched.mockResolvedValueOnce(answer({ data: { refreshSession: { auth: auth(300) } } }))
  await session.accessToken()
  expect(await session.accessToken()).toBe('token-300')
})

test('a network that is gone does not end the session', async () => {
  fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'))
  await expect(session.renewAccess()).rejects.toMatchObject({ code: 'OFFLINE' })
  expect(session.sessionState().status).toBe('starting')
})

test('a request whose session has ended waits for the next sign-in and then goes on', async () => {
  fetched.mockResolvedValueOnce(answer({ data: { refreshSession: { auth: auth(300) } } }))
  await session.accessToken()
  fetched.mockResolvedValueOnce(answer(unauthenticated)) // the request
  fetched.mockResolvedValueOnce(answer(unauthenticated)) // the refresh
  const result = requests.request({ toString: () => '{ x }' } as never, {})
  await vi.waitFor(() => expect(session.sessionState().status).toBe('ended'))
  fetched.mockResolvedValueOnce(answer({ data: { signIn: { auth: auth(200) } } }))
  fetched.mockResolvedValueOnce(answer({ data: { x: 1 } }))
  await session.signIn({ login: 'a', password: 'b' })
  expect(await result).toEqual({ x: 1 })
  const last = fetched.mock.calls.at(-1)?.[1]
  expect(new Headers(last?.headers).get('Authorization')).toBe('Bearer token-200')
})

test('a wrong password of a form is a fault of that form and not the end of the session', async () => {
  fetched.mockResolvedValueOnce(answer({ data: { refreshSession: { auth: auth(300) } } }))
  fetched.mockResolvedValueOnce(answer({
    errors: [{ message: 'Wrong', extensions: { code: 'UNAUTHENTICATED', field: 'password' } }],
  }))
  await expect(requests.request({ toString: () => '{ x }' } as never, {}))
    .rejects.toMatchObject({ violations: [{ field: 'password', message: 'Wrong' }] })
  expect(session.sessionState().status).toBe('in')
})
