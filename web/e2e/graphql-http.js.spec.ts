// What clients rely on in GraphQL over HTTP: the 61 audits of graphql-http, and what they leave out.
import { expect, test } from '@playwright/test'
import { buildClientSchema, getIntrospectionQuery, validateSchema } from 'graphql'
import { serverAudits } from 'graphql-http'
import { academy, ask, base, password } from './support'

const url = `${base}/graphql`
const json = 'application/json'
const response = 'application/graphql-response+json'

const post = (body: object | string, headers: Record<string, string> = {}) => fetch(url, {
  method: 'POST', headers: { 'Content-Type': json, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body),
})

test('all audits of graphql-http pass', async () => {
  const results = await Promise.all(serverAudits({ url, fetchFn: fetch }).map(audit => audit.fn()))
  expect(results.length).toBeGreaterThanOrEqual(61)
  const failed = results.flatMap(result => result.status === 'ok' ? [] : `${result.status}: ${result.name}: ${result.reason}`)
  expect(failed).toEqual([])
})

test('the Accept header chooses the media type', async () => {
  for (const [accept, type] of [
    [undefined, json], ['*/*', json], [json, json], [response, response], [`${response}, ${json};q=0.9`, response],
    [`${response};q=0.1, ${json}`, json], ['text/html', json],
  ]) {
    const answer = await post({ query: '{ __typename }' }, accept ? { Accept: accept } : {})
    expect(answer.headers.get('content-type'), accept).toContain(type)
    expect(await answer.json(), accept).toEqual({ data: { __typename: 'Query' } })
  }
  expect((await post('{ __typename }', { 'Content-Type': 'text/plain' })).status).toBe(415)
})

test('a document that cannot run has a status of its own only where the client asks for it', async () => {
  for (const query of ['{', '{ nothing }', 'query($a: Int!) { __typename }']) {
    expect((await post({ query }, { Accept: response })).status, query).toBe(400)
    expect((await post({ query }, { Accept: json })).status, query).toBe(200)
  }
})

test('a token that is not valid is a 401 with a challenge', async () => {
  const { signIn } = await ask('mutation($input: SignInInput!) { signIn(input: $input) { auth { accessToken } } }', {
    input: { login: academy.admin, password, tokenDelivery: 'BODY' },
  })
  const token = signIn.auth.accessToken
  const viewer = { query: '{ viewer { user { email } } }' }
  const accepted = await post(viewer, { Accept: response, Authorization: `Bearer ${token}` })
  expect((await accepted.json()).data.viewer.user.email).toBe(academy.admin)

  await post({ query: 'mutation { signOut { deletedId } }' }, { Authorization: `Bearer ${token}` })
  for (const dead of [token, 'nonsense']) {
    const refused = await post(viewer, { Accept: response, Authorization: `Bearer ${dead}` })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('Bearer error="invalid_token"')
    expect((await refused.json()).errors[0].extensions.code).toBe('UNAUTHENTICATED')
  }
})

test('tools read the whole schema, in one query within the limits', async () => {
  const query = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true })
  const schema = buildClientSchema(await ask(query, {}, academy.admin))
  expect(validateSchema(schema)).toEqual([])
  expect(Object.keys(schema.getMutationType()?.getFields() ?? {}).length).toBeGreaterThan(70)
})
