// A person who has just come in arrives in an application of the workspace signed in. The application is a second server,
// which signs people in by the client library that most Node applications use.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@playwright/test'
import * as client from 'openid-client'
import { academy, ask, base, fresh, heading, invited, newcomer, password, signIn, workspace, type Workspace } from './support'

let application: Server
let app = ''
let config: client.Configuration
let idToken = ''
const pending = new Map<string, { verifier: string; target: string }>() // by state

test.beforeAll(async () => {
  application = createServer((request, answer) => {
    const url = new URL(request.url ?? '/', app)
    const reply = (html: string) => {
      answer.setHeader('Content-Type', 'text/html; charset=utf-8')
      answer.end(`<!doctype html><title>Application</title>${html}`)
    }
    const redirect = (to: URL | string) => answer.writeHead(302, { Location: String(to) }).end()
    const serve = async () => {
      switch (url.pathname) {
        case '/login': {
          const target = new URL(url.searchParams.get('target_link_uri') ?? '/', app)
          if (url.searchParams.get('iss') !== base || target.origin !== app) throw new Error('not from our issuer')
          const state = client.randomState()
          const verifier = client.randomPKCECodeVerifier()
          pending.set(state, { verifier, target: target.href })
          redirect(client.buildAuthorizationUrl(config, {
            redirect_uri: `${app}/callback`, scope: 'openid profile email', state,
            code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
          }))
          break
        }
        case '/callback': {
          const state = url.searchParams.get('state') ?? ''
          const begun = pending.get(state)
          if (!begun) throw new Error('nobody began this')
          const tokens = await client.authorizationCodeGrant(config, url,
            { pkceCodeVerifier: begun.verifier, expectedState: state, idTokenExpected: true })
          const { sub, name, email } = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub)
          idToken = tokens.id_token ?? ''
          reply(`<h1>Hello ${name}</h1><p>${sub} ${email} came for ${new URL(begun.target).pathname}</p>`)
          break
        }
        default:
          reply(`<h1>Application ${url.pathname}</h1>`)
      }
    }
    serve().catch((error: unknown) => { answer.statusCode = 500; reply(`<h1>${String(error)}</h1>`) })
  })
  await new Promise<void>(listening => application.listen(0, '127.0.0.1', listening))
  app = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
})
test.afterAll(() => { application.close() })

// settled makes a workspace of its own with the application.
async function settled(): Promise<Workspace> {
  const { organization } = await workspace(academy, 'organization { id }')
  const name = fresh('Lighthouse').split('@')[0].replace('.', ' ')
  const slug = name.toLowerCase().replace(' ', '-')
  const { createWorkspace } = await ask(
    'mutation($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { workspace { id } } }',
    { input: { organizationId: organization.id, name, slug } }, academy.admin,
  )
  const workspaceId = createWorkspace.workspace.id
  await ask('mutation($input: UpdateWorkspaceInput!) { updateWorkspace(input: $input) { workspace { id } } }',
    { input: { workspaceId, homeUrl: `${app}/courses` } }, academy.admin)
  const { createApplication } = await ask(
    'mutation($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } clientSecret } }',
    {
      input: {
        workspaceId, name: 'Courses', confidential: true, redirectUris: [`${app}/callback`],
        postLogoutRedirectUris: [`${app}/bye`], initiateLoginUri: `${app}/login`,
      },
    }, academy.admin,
  )
  config = await client.discovery(new URL(base), createApplication.application.id, createApplication.clientSecret,
    undefined, { execute: [client.allowInsecureRequests] }) // this machine
  return { slug, name, admin: academy.admin }
}

test('who has just accepted an invitation is signed in to the application', async ({ page }) => {
  const at = await settled()
  const email = fresh('lea')
  const { link } = await invited(at, email, {})
  await page.goto(link)
  await page.getByLabel('First name').fill('Léa')
  await page.getByLabel('Last name').fill('Durand')
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await page.getByRole('link', { name: 'Continue' }).click()
  await expect(heading(page)).toHaveText('Hello Léa Durand')
  await expect(page.getByText(`${email} came for /courses`)).toBeVisible()

  // The application signs the person out, and they come back by their password.
  await page.goto(client.buildEndSessionUrl(config,
    { id_token_hint: idToken, post_logout_redirect_uri: `${app}/bye` }).href)
  await expect(heading(page)).toHaveText('Application /bye')
  await page.goto(`${app}/login?iss=${encodeURIComponent(base)}`)
  await expect(page.getByLabel('Password', { exact: true })).toBeVisible()
  await page.getByLabel('Email address or username').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(heading(page)).toHaveText('Hello Léa Durand')
})

test('a person of another workspace is told why they cannot go on', async ({ page }) => {
  const at = await settled()
  await signIn(page, await newcomer('Omar'))
  await expect(heading(page)).toHaveText('Hello Omar')
  await page.goto(`${app}/login?iss=${encodeURIComponent(base)}`)
  await expect(heading(page)).toHaveText('You cannot sign in to Courses')
  await expect(page.getByText(`Courses is for members of ${at.name}.`)).toBeVisible()
  await page.getByRole('button', { name: 'Use another account' }).click()
  await expect(page.getByLabel('Password', { exact: true })).toBeVisible()
})
