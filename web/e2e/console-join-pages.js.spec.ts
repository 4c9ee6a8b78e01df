// The console's join pages: one is made in the dialog, shared, tried with addresses, changed, closed and opened again.
import { expect, test } from '@playwright/test'
import { foundWorkspace, openConsole, row } from './console'
import { asked, ask, base, confirm, fresh, heading, joinLink } from './support'

test('a join page is made, shared, tried, changed, closed and opened again', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const at = await foundWorkspace()
  await openConsole(page, `join-pages?workspace=${at.slug}`, at.admin)
  await page.getByRole('main').getByRole('link', { name: 'New join page' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  await dialog.getByLabel('Title').fill('Evening classes')
  await dialog.getByLabel('Addresses that may join').fill('acme.test\nvisitor.example')
  await dialog.getByRole('button', { name: 'Create the join page' }).click()

  await expect(heading(page)).toHaveText('Evening classes')
  const turn = page.getByRole('switch', { name: /^Open\./ })
  await expect(turn).toHaveAccessibleName('Open. Anyone with the link and an address at acme.test or visitor.example can join as Learner.')
  await page.getByRole('button', { name: 'Copy link' }).click()
  const url = await page.evaluate(() => navigator.clipboard.readText())
  expect(url).toContain(`${base}/join/`)
  await page.getByRole('button', { name: 'QR code' }).click()
  await expect(page.getByRole('img', { name: 'QR code of Evening classes' })).toBeVisible()

  const tried = page.getByLabel('Try an address')
  await tried.fill('ann@acme.test')
  await expect(page.locator('.verdict')).toContainText('Yes')
  await tried.fill('ann@elsewhere.test')
  await expect(page.locator('.verdict')).toContainText('No')

  // The preview is the public page, in the language and the colours that are chosen.
  const preview = page.frameLocator('iframe[title="Preview of Evening classes"]')
  await expect(preview.locator('h1')).toContainText('Evening classes')
  const ground = () => preview.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor)
  const light = await ground()
  await page.getByRole('button', { name: 'Dark', exact: true }).click()
  await expect.poll(ground).not.toBe(light)
  await page.getByRole('button', { name: 'Français' }).click()
  await expect(preview.locator('html')).toHaveAttribute('lang', 'fr')

  // The address is checked while it is typed.
  const taken = (await joinLink(at)).slug
  const slug = page.getByLabel('Address of the page')
  await slug.fill('Not a slug')
  await expect(page.getByText('3 to 64 lower-case letters')).toBeVisible()
  await slug.fill(taken)
  await expect(page.getByText('Taken. Choose another address.')).toBeVisible()
  const free = fresh('evening').split('@')[0].replace('.', '-')
  await slug.fill(free)
  await expect(page.getByText('Free', { exact: true })).toBeVisible()
  await page.getByLabel('Places').fill('2')
  await page.getByRole('switch', { name: 'Approve each request' }).check()
  await expect(page.getByText('3 changes not saved')).toBeVisible()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('The join page is saved')).toBeVisible()
  await expect(page.locator('.share code')).toHaveText(`${base}/join/${free}`)
  await expect(turn).toHaveAccessibleName(/can ask to join as Learner/)

  // Somebody asks: the counter of requests leads to them.
  await confirm(await asked(free, fresh('ines')))
  await page.reload()
  await expect(page.getByText('0 of 2 places taken')).toBeVisible()
  await page.getByRole('link', { name: '1 request waits' }).click()
  await expect(heading(page)).toHaveText('Invitations')
  await page.goBack()

  await turn.click()
  await expect(page.getByRole('switch', { name: 'Closed. Nobody can join with the link.' })).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(turn).toBeChecked()
  await page.getByRole('link', { name: 'All join pages' }).click()
  await expect(row(page, 'Evening classes')).toContainText('Open')
  await page.getByRole('button', { name: 'Actions for Evening classes' }).click()
  await page.getByRole('menuitem', { name: 'Close the page' }).click()
  await expect(row(page, 'Evening classes')).toContainText('Closed')
  const { publicJoinPage } = await ask('query($slug: String!) { publicJoinPage(slug: $slug) { state } }', { slug: free })
  expect(publicJoinPage.state).toBe('OFF')
})

test('a page that admits everybody says so when it is made, and no longer once requests are approved', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `join-pages?workspace=${at.slug}&dialog=join`, at.admin)
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  await dialog.getByLabel('Title').fill('Open house')
  await dialog.getByRole('button', { name: 'Create the join page' }).click()
  await expect(heading(page)).toHaveText('Open house')
  await expect(page.getByText('Everybody who has the link comes in')).toBeVisible()
  await page.getByRole('switch', { name: 'Approve each request' }).check()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('The join page is saved')).toBeVisible()
  await expect(page.getByText('Everybody who has the link comes in')).toHaveCount(0)
})
