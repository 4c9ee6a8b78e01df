// The console's settings of a workspace: they are changed, refused at their fields, guarded and seen by people.
import { expect, test } from '@playwright/test'
import { foundWorkspace, openConsole } from './console'
import { academy, accept, fresh, heading, invited, joinLink, workspace } from './support'

test('name, colour and contact are seen while they are typed, and by people once they are saved', async ({ page }) => {
  const at = await foundWorkspace()
  const { slug } = await joinLink(at)
  await openConsole(page, `settings?workspace=${at.slug}`, at.admin)
  await expect(page).toHaveURL(/settings\/workspace/)
  await expect(heading(page)).toHaveText('Settings')

  await page.getByLabel('Name', { exact: true }).fill('Harbour School')
  await page.getByLabel('Colour', { exact: true }).fill('#7c2d12')
  await page.getByLabel('Support contact').fill('help@harbour.example')
  const preview = page.getByRole('region', { name: 'Preview' })
  await expect(preview.getByText('Join Harbour School').first()).toBeVisible()
  await expect(preview.getByText('Questions? help@harbour.example').first()).toBeVisible()
  const fill = () => preview.locator('.brand-button').first().evaluate((button) => getComputedStyle(button).backgroundColor)
  const brown = await fill()
  await page.getByLabel('Choose a colour').fill('#1457d6')
  await expect.poll(fill).not.toBe(brown)
  await expect(page.getByText('3 changes not saved')).toBeVisible()

  // A link to another screen asks first; who stays has lost nothing.
  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'People' }).click()
  const guard = page.getByRole('dialog', { name: 'Leave without saving?' })
  await guard.getByRole('button', { name: 'Stay on the page' }).click()
  await expect(guard).toHaveCount(0)
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Harbour School')

  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('The settings are saved')).toBeVisible()
  await expect(page.getByText('changes not saved')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Switch workspace: Harbour School' })).toBeVisible()

  await page.goto(`/join/${slug}?lang=en`)
  await expect(page.locator('header')).toContainText('Harbour School')
  await expect(page.getByRole('link', { name: 'help@harbour.example' })).toBeVisible()
  expect(await workspace(at, 'color')).toMatchObject({ color: '#1457d6' })
})

test('a fault stands at its field, and lists and numbers are saved as such', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `settings/workspace?workspace=${at.slug}`, at.admin)
  const reminders = page.getByLabel('Reminders: days before it expires')
  await reminders.fill('a week')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('alert').getByRole('link', { name: 'Write whole numbers, such as 7, 1.' })).toBeVisible()
  await reminders.fill('9, 2')
  await page.getByLabel('Home page').fill('ftp://learn.example.org')
  await page.getByLabel('Name', { exact: true }).fill(' ')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByRole('alert').getByRole('link', { name: /full https address/ }).click()
  await expect(page.getByLabel('Home page')).toBeFocused()
  await expect(page.getByLabel('Home page')).toHaveAttribute('aria-invalid', 'true')

  await page.getByLabel('Home page').fill('https://learn.example.org/')
  await page.getByLabel('Name', { exact: true }).fill('Console')
  await page.getByLabel('Other pages that an invitation may lead to').fill('https://learn.example.org/courses\nhttps://more.example.org')
  await page.getByRole('combobox', { name: 'Time zone' }).fill('Asia/Tok')
  await page.getByRole('option', { name: 'Asia/Tokyo' }).click()
  await page.getByLabel('Require a group').check()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('The settings are saved')).toBeVisible()
  expect(await workspace(at, 'name timeZone homeUrl settings { remindDaysBeforeExpiry requireGroup allowedRedirectUrls }')).toMatchObject({
    name: 'Console', timeZone: 'Asia/Tokyo', homeUrl: 'https://learn.example.org/',
    settings: {
      remindDaysBeforeExpiry: [9, 2], requireGroup: true,
      allowedRedirectUrls: ['https://learn.example.org/courses', expect.stringContaining('https://more.example.org')],
    },
  })
})

test('a consent needs a document and a version, and what was given stands on the page of the person', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `settings/workspace?workspace=${at.slug}`, at.admin)
  await page.getByLabel('Ask people to consent').check()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByRole('alert').getByRole('link', { name: /consent to a document/ }).click()
  await expect(page.getByLabel('Address of the privacy notice')).toBeFocused()
  await expect(page.getByLabel('Version of the documents')).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('Address of the privacy notice').fill('https://www.harbour.example/privacy')
  await page.getByLabel('Address of the terms').fill('https://www.harbour.example/terms')
  await page.getByLabel('Version of the documents').fill('2026-12')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('The settings are saved')).toBeVisible()

  const email = fresh('consent')
  await accept((await invited(at, email)).link, 'Grace', 'Hopper', { consent: '2026-12' })
  const { members } = await workspace(at, `members(first: 1, filter: { search: "${email}" }) { edges { node { id } } }`)
  await page.goto(`/console/people/${members.edges[0].node.id}?workspace=${at.slug}`)
  await expect(page.getByText(/^Version 2026-12, /)).toBeVisible()
})

test('somebody without the right has no entry, and is told so at the address', async ({ page }) => {
  await openConsole(page, `people?workspace=${academy.slug}`, 'daniel.okafor@brightwater.example')
  await expect(heading(page)).toHaveText('People')
  await expect(page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Settings' })).toHaveCount(0)
  for (const path of ['settings', 'settings/workspace']) {
    await page.goto(`/console/${path}?workspace=${academy.slug}`)
    await expect(page.getByRole('heading', { name: 'You may not change these settings' })).toBeVisible()
    await expect(page.getByLabel('Name', { exact: true })).toHaveCount(0)
  }
})
