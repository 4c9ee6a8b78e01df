// What the tests of the console share: signing in on its own page, and a workspace of its own for tests that change things.
import { expect, type Page } from '@playwright/test'
import { academy, ask, password, type Workspace } from './support'

// openConsole opens an address of the console as somebody who signs in there.
export async function openConsole(page: Page, path: string, login: string): Promise<void> {
  await page.goto(`/console/${path}`)
  await page.locator('#login').fill(login)
  await page.locator('#password').fill(password)
  await page.locator('button[type=submit]').click()
  await expect(page.locator('#login')).toHaveCount(0)
}

// foundWorkspace makes a workspace, so that its lists hold only what one test puts there.
export async function foundWorkspace(): Promise<Workspace & { id: string }> {
  const { viewer } = await ask('{ viewer { organizations { id } } }', {}, academy.admin)
  const slug = `console-${Math.random().toString(36).slice(2, 10)}`
  const { createWorkspace } = await ask(
    'mutation($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { workspace { id } } }',
    { input: { organizationId: viewer.organizations[0].id, name: 'Console', slug } },
    academy.admin,
  )
  return { id: createWorkspace.workspace.id, slug, name: 'Console', admin: academy.admin }
}

// createMember makes a member without a mailbox and returns their id.
export async function createMember(at: { id: string, admin: string }, firstName: string): Promise<string> {
  const username = `${firstName.toLowerCase()}.${Math.random().toString(36).slice(2, 8)}`
  const { createUser } = await ask(
    'mutation($input: CreateUserInput!) { createUser(input: $input) { member { id } } }',
    { input: { workspaceId: at.id, firstName, lastName: 'Visitor', username } },
    at.admin,
  )
  return createUser.member.id
}

// row is the row of a list that holds some text.
export const row = (page: Page, text: string) => page.locator('table.list tbody tr').filter({ hasText: text })
