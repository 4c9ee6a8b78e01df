// Where a journey ends: in the application of the workspace, which is a second server on a port of its own.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@playwright/test'
import { academy, ask, asked, base, fresh, heading, invited, joinLink, mail, password, signIn, someone, workspace, type Workspace } from './support'

let application: Server
let app = ''
const referrers: (string | undefined)[] = []

test.beforeAll(async () => {
  application = createServer((request, answer) => {
    referrers.push(request.headers.referer)
    answer.setHeader('Content-Type', 'text/html; charset=utf-8')
    answer.end(`<!doctype html><title>Application</title><h1>Application ${request.url}</h1>`)
  })
  await new Promise<void>(listening => application.listen(0, '127.0.0.1', listening))
  app = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
})
test.afterAll(() => { application.close() })

// settled makes a workspace of its own, so that the other specs of the shared demo keep theirs.
async function settled(homeUrl: string | null, allowedRedirectUrls: string[]): Promise<Workspace> {
  const { organization } = await workspace(academy, 'organization { id }')
  const name = fresh('Harbour').split('@')[0].replace('.', ' ')
  const slug = name.toLowerCase().replace(' ', '-')
  const { createWorkspace } = await ask(
    'mutation($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { workspace { id } } }',
    { input: { organizationId: organization.id, name, slug } }, academy.admin,
  )
  await ask('mutation($input: UpdateWorkspaceInput!) { updateWorkspace(input: $input) { workspace { id } } }',
    { input: { workspaceId: createWorkspace.workspace.id, homeUrl, allowedRedirectUrls } }, academy.admin)
  return { slug, name, admin: academy.admin }
}

test('an invitation ends in the application, and so do the welcome and the home page', async ({ page }) => {
  const at = await settled(`${app}/home`, [`${app}/courses`])
  const email = fresh('lea')
  const { link } = await invited(at, email, { grant: { redirectUrl: `${app}/courses/1` } })
  await page.goto(link)
  await page.getByLabel('First name').fill('Léa')
  await page.getByLabel('Last name').fill('Durand')
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${at.name}`)
  await page.getByRole('link', { name: 'Continue' }).click()
  await expect(heading(page)).toHaveText('Application /courses/1')
  // The address of the page holds a token. A browser names the application's own page when it asks for its icon.
  expect(referrers.filter(from => from?.startsWith(base))).toEqual([])

  await page.goto('/')
  await page.getByRole('link', { name: at.name }).click()
  await expect(heading(page)).toHaveText('Application /home')
  expect((await mail(email, 'courses/1')).text).toContain(`${app}/courses/1`)
})

test('a join link ends in the application', async ({ page }) => {
  const at = await settled(`${app}/home`, [])
  const { slug } = await joinLink(at)
  const email = fresh('noor')
  await page.goto(await asked(slug, email))
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Confirm and join' }).click()
  await page.getByRole('link', { name: 'Continue' }).click()
  await expect(heading(page)).toHaveText('Application /home')
  await page.goto(`/join/${slug}`)
  await expect(page.getByRole('link', { name: 'Continue' })).toHaveAttribute('href', `${app}/home`)
})

test('without an application the page says that it can be closed', async ({ page }) => {
  const at = await settled(null, [])
  const email = await someone('Hugo')
  const { link } = await invited(at, email)
  await signIn(page, email)
  await page.goto(link)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(page.getByText('You can close this page.')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Continue' })).toHaveCount(0)
})
