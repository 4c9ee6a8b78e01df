// The page of the account, from the sign-in to each thing that it can change.
import { expect, test } from '@playwright/test'
import { academy, ask, france, fresh, heading, invite, mail, newcomer, password, signIn } from './support'

test('a pending invitation is accepted from the account page', async ({ page }) => {
  const email = await newcomer('Hugo', france)
  await invite(academy, email, { sendEmail: false })
  await signIn(page, email)
  await page.getByRole('link', { name: 'Your account' }).click()
  await expect(heading(page)).toHaveText('Your account')
  await page.getByRole('button', { name: `Accept the invitation to ${academy.name}` }).click()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${academy.name}`)
})

test('name, address and sign-ins are changed on the account page', async ({ page }) => {
  const email = await newcomer('Nora')
  await page.goto('/account')
  await page.getByLabel('Email address or username').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('This device')).toBeVisible()

  await page.getByRole('link', { name: 'Change Name' }).click()
  await page.getByLabel('First name').fill('Eleonora')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('status')).toHaveText('Your details have been saved.')
  await expect(page.getByText('Eleonora')).toBeVisible()

  const next = fresh('next')
  await page.getByRole('link', { name: 'Change Email address' }).click()
  await page.getByLabel('New email address').fill(next)
  await page.getByLabel('Current password').fill(password)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.goto((await mail(next, '/confirm-email/')).link('confirm-email'))
  await page.getByRole('button', { name: 'Use this address' }).click()
  await expect(page.getByRole('status')).toBeVisible()
  // The first verification of an address has ended every other sign-in, so that this one is the second.
  await ask('mutation($i: SignInInput!) { signIn(input: $i) { auth { expiresAt } } }',
    { i: { login: next, password, tokenDelivery: 'BODY' } })
  await page.goto('/account')
  await expect(page.getByRole('main')).toContainText(next)
  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(page.getByRole('status')).toHaveText('You have signed out.')
})
