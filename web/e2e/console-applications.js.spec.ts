// The console's applications: one is registered, is known to the sign-in, gets another secret, is edited and deleted.
import { expect, test } from '@playwright/test'
import * as client from 'openid-client'
import { foundWorkspace, openConsole, row } from './console'
import { base, workspace } from './support'

test('an application is registered, works with its secret, is edited and deleted', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const at = await foundWorkspace()
  await openConsole(page, `settings/applications?workspace=${at.slug}`, at.admin)
  await expect(page.getByRole('heading', { name: 'No application yet' })).toBeVisible()
  await page.getByRole('button', { name: 'Copy: Discovery address' }).click()
  const discovery = await page.evaluate(() => navigator.clipboard.readText())
  expect(discovery).toBe(`${base}/.well-known/openid-configuration`)

  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Register an application' }).click()
  await dialog.getByRole('button', { name: 'Register an application' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Write the name of the application.')
  await dialog.getByLabel('Name').fill('Courses')
  await dialog.getByLabel('Where a sign-in returns to').fill('http://learn.example.org/callback')
  await dialog.getByRole('button', { name: 'Register an application' }).click()
  await dialog.getByRole('alert').getByRole('link').click()
  await expect(dialog.getByLabel('Where a sign-in returns to')).toBeFocused()
  await dialog.getByLabel('Where a sign-in returns to').fill('https://learn.example.org/callback\nhttps://learn.example.org/second')
  await dialog.getByRole('button', { name: 'Register an application' }).click()
  await expect(dialog.getByText('It is shown only once')).toBeVisible()
  const [secret, id] = await dialog.locator('.copy-line code').allInnerTexts()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(row(page, 'Courses')).toContainText('and 1 more')
  await expect(row(page, 'Courses')).toContainText(id)

  // The client library reads the address, and the token endpoint knows the secret: only the code is wrong.
  const trade = async (candidate: string) => {
    const config = await client.discovery(new URL(base), id, candidate, undefined, { execute: [client.allowInsecureRequests] })
    return client.genericGrantRequest(config, 'authorization_code', {
      code: 'nonsense', redirect_uri: 'https://learn.example.org/callback', code_verifier: client.randomPKCECodeVerifier(),
    }).then(() => 'traded', (problem: { error?: string }) => problem.error)
  }
  expect(await trade(secret)).toBe('invalid_grant')
  expect(await trade('wrong')).toBe('invalid_client')

  const choose = async (entry: string) => {
    await page.getByRole('button', { name: /^Actions for (Courses|Lessons)/ }).click()
    await page.getByRole('menuitem', { name: entry }).click()
  }
  await choose('New secret…')
  await dialog.getByRole('radio', { name: 'No longer' }).check()
  await dialog.getByRole('button', { name: 'New secret' }).click()
  const second = await dialog.locator('.copy-line code').first().innerText()
  await dialog.getByRole('button', { name: 'Done' }).click()
  expect([await trade(secret), await trade(second)]).toEqual(['invalid_client', 'invalid_grant'])

  await choose('Edit…')
  await dialog.getByLabel('Name').fill('Lessons')
  await dialog.getByLabel('Page that begins a sign-in').fill('https://learn.example.org/login')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(row(page, 'Lessons')).toBeVisible()
  expect((await workspace(at, 'applications { edges { node { name confidential redirectUris initiateLoginUri } } }')).applications.edges[0].node)
    .toEqual({
      name: 'Lessons', confidential: true, initiateLoginUri: 'https://learn.example.org/login',
      redirectUris: ['https://learn.example.org/callback', 'https://learn.example.org/second'],
    })

  await choose('Delete…')
  await dialog.getByRole('button', { name: 'Delete the application' }).click()
  await expect(page.getByRole('heading', { name: 'No application yet' })).toBeVisible()
  expect(await trade(second)).toBe('invalid_client')
})

test('an application in the browser gets no secret', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `settings/applications?workspace=${at.slug}`, at.admin)
  await page.getByRole('button', { name: 'Register an application' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Pocket')
  await dialog.getByRole('radio', { name: 'In the browser or on a device' }).check()
  await dialog.getByLabel('Where a sign-in returns to').fill('http://localhost:3000/callback')
  await dialog.getByRole('button', { name: 'Register an application' }).click()
  await expect(page.getByText('Pocket is registered')).toBeVisible()
  await expect(dialog).toHaveCount(0)
  await page.getByRole('button', { name: 'Actions for Pocket' }).click()
  await expect(page.getByRole('menuitem', { name: 'New secret…' })).toHaveCount(0)
})
