// Consent to the documents of a workspace: asked once for each version, wherever people come in, with scripts and without.
import { expect, test, type Page } from '@playwright/test'
import { asked, carded, foundConsenting, fresh, heading, invited, joinLink, password, requireConsent, workspace } from './support'

const box = (page: Page) => page.getByRole('checkbox', { name: 'I have read the privacy notice and accept the terms of Harbour School' })

// consents are those of a member, as an administrator reads them.
async function consents(at: { slug: string, name: string, admin: string }, search: string): Promise<object[]> {
  const { members } = await workspace(at, `members(first: 1, filter: { search: "${search}" }) { edges { node { consents { version privacyUrl termsUrl } } } }`)
  return members.edges[0].node.consents
}

const given = (version: string) => ({ version, privacyUrl: 'https://www.harbour.example/privacy', termsUrl: 'https://www.harbour.example/terms' })

test('an invitation is accepted with a tick, and a new version is asked for on a join page', async ({ page }) => {
  const at = await foundConsenting()
  const email = fresh('consent')
  await page.goto((await invited(at, email)).link)
  await expect(box(page)).not.toBeChecked()
  await expect(page.getByRole('contentinfo').getByRole('link', { name: 'Privacy notice' })).toHaveAttribute('href', given('').privacyUrl)
  await expect(page.getByRole('contentinfo').getByRole('link', { name: 'Terms' })).toHaveAttribute('href', given('').termsUrl)
  await expect(page.locator('label a', { hasText: 'terms' })).toHaveAttribute('target', '_blank') // the form stays
  await page.getByLabel('First name').fill('Grace')
  await page.getByLabel('Last name').fill('Hopper')
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await page.getByRole('alert').getByRole('link', { name: 'Tick the box to go on' }).click()
  await expect(box(page)).toBeFocused()
  await expect(page.getByLabel('First name')).toHaveValue('Grace')
  await page.getByLabel('Choose a password').fill(password)
  await box(page).check()
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(heading(page)).toHaveText('You are in: welcome to Harbour School')
  expect(await consents(at, email)).toEqual([given('2026-12')])

  const { slug } = await joinLink(at)
  await page.goto(`/join/${slug}`)
  await expect(page.getByRole('button', { name: /^Join as/ })).toBeVisible()
  await expect(box(page)).toHaveCount(0) // this version is known
  await requireConsent(at, '2027-01')
  await page.reload()
  await page.getByRole('button', { name: /^Join as/ }).click()
  await expect(page.getByRole('alert')).toContainText('Tick the box to go on')
  await box(page).check()
  await page.getByRole('button', { name: /^Join as/ }).click()
  await expect(heading(page)).toContainText('You are in')
  expect(await consents(at, email)).toEqual([given('2026-12'), given('2027-01')])
})

test('a join request is confirmed with a tick, which stays when the language is switched', async ({ page }) => {
  const at = await foundConsenting()
  const email = fresh('consent')
  await page.goto(`${await asked((await joinLink(at)).slug, email)}?lang=en`)
  await page.getByLabel('Choose a password').fill(password)
  await box(page).check()
  await page.getByRole('button', { name: 'Français' }).click()
  const french = page.getByRole('checkbox', { name: /J’ai lu la politique de confidentialité/ })
  await expect(french).toBeChecked()
  await page.getByLabel('Choisissez un mot de passe').fill(password)
  await page.keyboard.press('Enter')
  await expect(heading(page)).toContainText('bienvenue')
  expect(await consents(at, email)).toEqual([given('2026-12')])
})

test('a card is redeemed with a tick', async ({ page }) => {
  const at = await foundConsenting()
  const card = await carded(at, 'consent')
  expect(await consents(at, card.username)).toBeNull() // who creates an account consents to nothing
  await page.goto(card.url)
  await page.getByLabel('PIN of your card').fill(card.pin)
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Set the password and sign in' }).click()
  await expect(page.getByRole('alert')).toContainText('Tick the box to go on')
  await box(page).check()
  await page.getByLabel('Choose a password').fill(password)
  await page.keyboard.press('Enter')
  await expect(heading(page)).toContainText('Your password is set')
  expect(await consents(at, card.username)).toEqual([given('2026-12')])
})
