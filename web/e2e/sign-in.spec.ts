// Signing in, passwords, a new address.
import { expect, test } from '@playwright/test'
import { academy, accept, ask, base, fresh, heading, invited, mail, masked, password, signIn, someone } from './support'

test('a forgotten password is replaced by email, and the old one is refused', async ({ page }) => {
  const email = fresh('xenia')
  await accept((await invited(academy, email)).link, 'Xenia', 'Visitor')
  await page.goto('/sign-in')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await expect(heading(page)).toHaveText('Check your email')
  const link = (await mail(email, '/reset-password/')).link('reset-password')
  await page.goto(link)
  await page.reload() // opening it uses nothing up
  await page.getByLabel('New password').fill('short')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page).toHaveTitle(/^Error: /)
  const better = 'four words and a comma'
  await page.getByLabel('New password').fill(better)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByRole('status')).toContainText('Your new password is set.')

  await page.getByRole('button', { name: 'Sign out' }).click()
  await signIn(page, email)
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByLabel('Email address or username')).toHaveValue(email)
  await signIn(page, email, better)
  await expect(heading(page)).toHaveText('Hello Xenia')
  expect((await page.goto(link))?.status()).toBe(410)
  await expect(page.getByRole('link', { name: 'Ask for a new link' })).toBeVisible()
})

test('nothing tells whether an address has an account', async ({ page }) => {
  const said: string[] = []
  for (const email of [await someone('Yan'), fresh('nobody')]) {
    await page.goto('/forgot-password')
    await page.getByLabel('Email address').fill(email)
    await page.getByRole('button', { name: 'Send the link' }).click()
    said.push(page.url() + await page.getByRole('main').innerText())
  }
  expect(said[0]).toBe(said[1])
})

test('a changed password takes the place of the old one and keeps this browser signed in', async ({ page }) => {
  const email = await someone('Zoe')
  await page.goto('/change-password') // not signed in yet
  await page.getByLabel('Email address or username').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(heading(page)).toHaveText('Change your password')
  await page.getByLabel('Current password').fill('not this one')
  await page.getByLabel('New password').fill('a better one, at last')
  await page.getByRole('button', { name: 'Change the password' }).click()
  await expect(page.getByRole('alert').getByRole('link')).toHaveText('This is not your current password.')
  await page.getByLabel('Current password').fill(password)
  await page.getByLabel('New password').fill('a better one, at last')
  await page.getByRole('button', { name: 'Change the password' }).click()
  await expect(page.getByRole('status')).toContainText('Your new password is set.')
})

test('a new address counts once its mailbox has confirmed it', async ({ page }) => {
  const email = await someone('Adam')
  const next = fresh('adam')
  await ask('mutation($email: String!, $password: String!) { requestEmailChange(input: {email: $email, password: $password}) { email } }', { email: next, password }, email)
  await page.goto((await mail(next, '/confirm-email/')).link('confirm-email'))
  await expect(page.getByText(`Your account will use ${masked(next)} from now on`)).toBeVisible()
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Use this address' }).click()
  await expect(page.getByRole('status')).toContainText('Your new address is confirmed.')
  await signIn(page, next)
  await expect(heading(page)).toHaveText('Hello Adam')
})

test('a username asks for its workspace', async ({ page }) => {
  await signIn(page, 'somebody', password)
  await expect(page.getByLabel('Workspace')).toBeVisible()
  await expect(page.getByLabel('Email address or username')).toHaveValue('somebody')
})

test('sign-in leads on to pages of our own alone', async ({ page }) => {
  const email = await someone('Bea')
  for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example']) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`)
    await page.getByLabel('Email address or username').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page).toHaveURL(`${base}/`)
    await expect(page.getByRole('main').getByText(academy.name)).toBeVisible()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(heading(page)).toHaveText('Welcome')
  }
})
