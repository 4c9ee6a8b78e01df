// What the tests of the console share: signing in on its own page, and a workspace of its own for tests that change things.
import { AxeBuilder } from '@axe-core/playwright'
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

// ways are the looks in which a screen is tried: each language, scheme and width with each other one.
const ways = [
  { language: 'en', colorScheme: 'light', width: 1280 }, { language: 'en', colorScheme: 'dark', width: 320 },
  { language: 'fr', colorScheme: 'dark', width: 1280 }, { language: 'fr', colorScheme: 'light', width: 320 },
] as const

// expectAccessible holds the screen that is open against axe in all ways, and that it does not scroll sideways. isReady
// waits until the screen shows what it has.
export async function expectAccessible(page: Page, isReady: () => Promise<void>, name = 'screen'): Promise<void> {
  for (const { language, colorScheme, width } of ways) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    if (language !== await page.evaluate(() => document.documentElement.lang)) {
      await page.evaluate((chosen) => localStorage.setItem('usher-console:language', JSON.stringify(chosen)), language)
      await page.reload()
    }
    await isReady()
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].target}`), `${name} ${language} ${colorScheme} ${width}`).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} ${language} ${width}`).toBeLessThanOrEqual(width)
    if (process.env.USHER_E2E_SHOTS) {
      await page.screenshot({ path: `${process.env.USHER_E2E_SHOTS}/${name}.${language}.${colorScheme}.${width}.png` })
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.evaluate(() => localStorage.setItem('usher-console:language', '"en"'))
  await page.reload()
}
