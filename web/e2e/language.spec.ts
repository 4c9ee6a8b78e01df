// The switch of languages is part of every form, and must not cost anybody their answers.
import { expect, test } from '@playwright/test'
import { academy, fresh, heading, invitation, invited, password } from './support'

test('switching the language keeps the answers, passwords apart', async ({ page }) => {
  const email = fresh('carl')
  const { link } = await invited(academy, email)
  await page.goto(link)
  await page.getByLabel('First name').fill('Carl')
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Français' }).click()

  await expect(page.locator('html')).toHaveAttribute('lang', 'fr')
  await expect(page).not.toHaveTitle(/Erreur/) // who switches has not sent anything yet
  await expect(page.getByLabel('Prénom')).toHaveValue('Carl')
  await expect(page.getByLabel('Choisissez un mot de passe')).toHaveValue('')
  expect((await invitation(academy, email)).status).toBe('PENDING')
  await page.getByLabel('Nom', { exact: true }).fill('Lund')
  await page.getByRole('button', { name: 'Accepter l’invitation' }).click()
  await expect(page.getByRole('alert').getByRole('link')).toHaveText('Saisissez un mot de passe.')
  await page.getByLabel('Choisissez un mot de passe').fill(password)
  await page.getByRole('button', { name: 'Accepter l’invitation' }).click()
  await expect(heading(page)).toContainText(`bienvenue dans ${academy.name}`)
  const { member } = await invitation(academy, email, 'member { user { firstName lastName locale } }')
  expect(member.user).toEqual({ firstName: 'Carl', lastName: 'Lund', locale: 'fr' })
})

test('the Enter key sends the form, and does not switch the language', async ({ page }) => {
  await page.goto('/sign-in')
  await page.getByLabel('Email address or username').fill('nobody@visitor.example')
  await page.keyboard.press('Enter')
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await expect(page.getByRole('alert').getByRole('link')).toHaveText('Enter a password.')
})

test('the chosen language is carried from page to page', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'Français' }).click()
  await page.getByRole('link', { name: 'Se connecter' }).click()
  await page.getByRole('link', { name: /Mot de passe oublié/ }).click()
  await page.getByLabel('Adresse e‑mail').fill(fresh('dora'))
  await page.getByRole('button', { name: 'Envoyer le lien' }).click()
  await expect(heading(page)).toHaveText('Consultez votre messagerie')
  await page.getByRole('link', { name: 'English' }).click()
  await expect(heading(page)).toHaveText('Check your email')
})
