// Coming in with an account that there is: by its password, by one click, and never as the wrong one.
import { expect, test } from '@playwright/test'
import { academy, france, fresh, heading, invitation, invited, password, signIn, someone } from './support'

test('a member of one workspace signs in on the invitation of another and is in', async ({ page }) => {
  const email = await someone('Ines', france)
  const { link } = await invited(academy, email)
  await page.goto(link)
  await expect(page.getByLabel('First name')).toHaveCount(0) // the account has one
  await page.getByLabel('Password', { exact: true }).fill('not this one')
  await page.getByRole('button', { name: 'Sign in and accept' }).click()
  await expect(page).toHaveTitle(/^Error: /)
  expect((await invitation(academy, email)).status).toBe('PENDING')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in and accept' }).click()

  await expect(heading(page)).toHaveText(`You are in: welcome to ${academy.name}`)
  expect((await invitation(academy, email)).status).toBe('ACTIVE')
  await page.getByRole('link', { name: 'Go to the home page' }).click()
  for (const { name } of [academy, france]) await expect(page.getByRole('listitem').filter({ hasText: name })).toBeVisible()
})

test('who is signed in accepts with one click', async ({ page }) => {
  const email = await someone('Hugo', france)
  const { link } = await invited(academy, email)
  await signIn(page, email)
  await page.goto(link)
  await expect(page.getByText(`You are signed in as ${email}.`)).toBeVisible()
  await expect(page.getByLabel('Password', { exact: true })).toHaveCount(0)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${academy.name}`)
  expect((await invitation(academy, email)).status).toBe('ACTIVE')
})

test('a question that the workspace requires is asked of an account too', async ({ page }) => {
  const { link } = await invited(france, await someone('Noa'))
  await page.goto(`${link}?lang=en`)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in and accept' }).click()
  await expect(page.getByRole('alert').getByRole('link')).toHaveCount(1)
  await page.getByRole('combobox').selectOption({ index: 1 })
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in and accept' }).click()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${france.name}`)
})

test('signed in as somebody else, the page shows both addresses, and switching leads back', async ({ page }) => {
  const other = await someone('Marta')
  const email = fresh('nils')
  const { link } = await invited(academy, email)
  await signIn(page, other)
  await page.goto(link)
  await expect(page.getByText(`This invitation is for ${email}, but you are signed in as ${other}.`)).toBeVisible()
  await expect(page.getByRole('button', { name: /accept/i })).toHaveCount(0)
  await expect(page.getByRole('link', { name: `Stay signed in as ${other}` })).toBeVisible()
  await page.getByRole('button', { name: 'Switch account' }).click()

  await expect(page).toHaveURL(link)
  await expect(page.getByLabel('Email address')).toHaveValue(email)
  await page.getByLabel('First name').fill('Nils')
  await page.getByLabel('Last name').fill('Holm')
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(page.getByText(`You have accepted the invitation and are signed in as ${email}.`)).toBeVisible()
  expect((await invitation(academy, email, 'member { user { email } }')).member.user.email).toBe(email)
})

test('a used link leads to sign-in, and gives nobody a session', async ({ page }) => {
  const email = fresh('olga')
  const { link } = await invited(academy, email)
  await page.goto(link)
  await page.getByLabel('First name').fill('Olga')
  await page.getByLabel('Last name').fill('Berg')
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${academy.name}`)

  await page.context().clearCookies()
  await page.goto(link)
  await expect(heading(page)).toHaveText('This invitation has been used')
  await expect(page.getByText(email)).toHaveCount(0) // masked: who holds a used link need not be the person
  // No session: the one cookie knows the way back to this page.
  expect((await page.context().cookies()).map(({ name }) => name)).toEqual([expect.stringMatching(/usher-return$/)])
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Email address or username').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${academy.name}`)
})
