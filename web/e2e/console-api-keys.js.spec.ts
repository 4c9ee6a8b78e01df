// The console's API keys: one is made and works at the API, gets a second secret beside the first, and is revoked.
import { expect, test } from '@playwright/test'
import { foundWorkspace, openConsole, row } from './console'
import { ask, base, workspace } from './support'

// viewerKey asks the API which key a secret belongs to; the answer is the code of the fault where it does not work.
async function viewerKey(secret: string): Promise<string> {
  const answer = await fetch(`${base}/graphql`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query: '{ viewerApiKey { name } }' }),
  })
  const { data, errors } = await answer.json()
  return data?.viewerApiKey?.name ?? errors[0].extensions.code
}

test('a key is made, works at the API, gets another secret and is revoked', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const at = await foundWorkspace()
  await openConsole(page, `settings/api-keys?workspace=${at.slug}`, at.admin)
  await expect(page.getByRole('heading', { name: 'No API key yet' })).toBeVisible()
  const dialog = page.getByRole('dialog')

  await page.getByRole('button', { name: 'Create a key' }).click()
  await dialog.getByRole('button', { name: 'Create a key' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Say what the key is for.')
  await expect(dialog.getByRole('alert')).toContainText('Choose at least one permission.')
  await dialog.getByLabel('Name').fill('Nightly sync')
  await dialog.getByLabel('See people and their progress').check()
  await dialog.getByLabel('Invite people').check()
  await expect(dialog.getByLabel('Manage API keys')).toHaveCount(0)
  await dialog.getByLabel('Last day').fill('2031-05-01')
  await dialog.getByLabel('Networks').fill('not a network')
  await dialog.getByRole('button', { name: 'Create a key' }).click()
  await dialog.getByRole('alert').getByRole('link', { name: /network/ }).click()
  await expect(dialog.getByLabel('Networks')).toBeFocused()
  await dialog.getByLabel('Networks').fill('127.0.0.0/8')
  await dialog.getByRole('button', { name: 'Create a key' }).click()

  await expect(dialog.getByText('It is shown only once')).toBeVisible()
  await dialog.getByRole('button', { name: 'Copy: API key' }).click()
  await expect(dialog.getByRole('status')).toHaveText('Copied')
  const first = await page.evaluate(() => navigator.clipboard.readText())
  expect(await viewerKey(first)).toBe('Nightly sync')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByText(first)).toHaveCount(0)
  await expect(row(page, 'Nightly sync')).toContainText('Works')
  await expect(row(page, 'Nightly sync')).toContainText('1 May 2031')
  await expect(row(page, 'Nightly sync')).toContainText('1 network')

  // Both secrets work while the former one is replaced.
  const choose = async (entry: string) => {
    await page.getByRole('button', { name: 'Actions for Nightly sync' }).click()
    await page.getByRole('menuitem', { name: entry }).click()
  }
  await choose('New secret…')
  await dialog.getByRole('radio', { name: '7 days more' }).check()
  await dialog.getByRole('button', { name: 'New secret' }).click()
  const second = await dialog.locator('.copy-line code').first().innerText()
  await dialog.getByRole('button', { name: 'Done' }).click()
  expect(second).not.toBe(first)
  expect([await viewerKey(first), await viewerKey(second)]).toEqual(['Nightly sync', 'Nightly sync'])
  await expect(row(page, 'Nightly sync')).toContainText('Two secrets')

  // The former one ends immediately where that is chosen.
  await choose('New secret…')
  await dialog.getByRole('radio', { name: 'No longer' }).check()
  await dialog.getByRole('button', { name: 'New secret' }).click()
  const third = await dialog.locator('.copy-line code').first().innerText()
  await dialog.getByRole('button', { name: 'Done' }).click()
  expect([await viewerKey(second), await viewerKey(third)]).toEqual(['UNAUTHENTICATED', 'Nightly sync'])

  await choose('Revoke…')
  await expect(dialog).toContainText('It was last used')
  await dialog.getByRole('button', { name: 'Revoke the key' }).click()
  await expect(page.getByText('Nightly sync is revoked')).toBeVisible()
  await expect(row(page, 'Nightly sync')).toHaveCount(0)
  expect(await viewerKey(third)).toBe('UNAUTHENTICATED')
  await page.getByRole('button', { name: 'Revoked', exact: true }).click()
  await expect(page).toHaveURL(/revoked=true/)
  await expect(row(page, 'Nightly sync')).toContainText('Revoked')
})

test('a key of some places is edited, and never becomes one of the whole workspace by accident', async ({ page }) => {
  const at = await foundWorkspace()
  const { createGroup } = await ask('mutation($input: CreateGroupInput!) { createGroup(input: $input) { group { id } } }',
    { input: { workspaceId: at.id, name: 'Evening school', visibility: 'PRIVATE' } }, at.admin)
  await ask('mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }',
    { input: { workspaceId: at.id, name: 'Registers', permissions: ['MEMBERS_VIEW'], groupIds: [createGroup.group.id] } }, at.admin)
  await openConsole(page, `settings/api-keys?workspace=${at.slug}`, at.admin)
  await expect(row(page, 'Registers')).toContainText('Evening school')
  await page.getByRole('button', { name: 'Actions for Registers' }).click()
  await page.getByRole('menuitem', { name: 'Edit…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit Registers' })
  await expect(dialog.getByRole('radio', { name: 'Only in some groups' })).toBeChecked()
  await dialog.getByLabel('Name').fill('Registers of the evening')
  await dialog.getByRole('button', { name: /^Remove/ }).or(dialog.locator('.mantine-Pill-remove')).first().click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Choose at least one group')
  await dialog.getByRole('radio', { name: 'In the whole workspace' }).check()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(row(page, 'Registers of the evening')).toContainText('The whole workspace')
  const { apiKeys } = await workspace(at, 'apiKeys { edges { node { name wholeWorkspace permissions } } }')
  expect(apiKeys.edges.map(({ node }: { node: object }) => node)).toEqual([
    { name: 'Registers of the evening', wholeWorkspace: true, permissions: ['MEMBERS_VIEW'] },
  ])
})
