// Coming in without a mailbox: a card on paper, its PIN, a password, and the next sign-in by username.
import { expect, test } from '@playwright/test'
import { academy, carded, guess, heading, issued, password } from './support'

test('a printed card leads to a password, and the username to the next sign-in', async ({ page }) => {
  const card = await carded(academy, 'ines')
  await page.goto(card.url)
  await expect(heading(page)).toHaveText(`Choose your password for ${academy.name}`)
  await expect(page.getByLabel('Username')).toHaveValue(card.username)
  await expect(page.getByLabel('PIN of your card')).toHaveAttribute('inputmode', 'numeric') // a phone shows digits
  await page.getByLabel('PIN of your card').fill(guess(card))
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Set the password and sign in' }).click()
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByRole('alert')).toContainText('You have 4 tries left.')
  await page.getByLabel('PIN of your card').fill(card.pin.replace(' ', ''))
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Set the password and sign in' }).click()

  await expect(heading(page)).toHaveText(`Your password is set: welcome to ${academy.name}`)
  await expect(page.getByText(`the username ${card.username}. Your workspace is ${academy.slug}`)).toBeVisible()
  await page.reload()
  await expect(heading(page)).toContainText('Your password is set') // and nothing is sent twice
  await page.getByRole('link', { name: 'Go to the home page' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()

  await page.goto(card.url)
  await expect(page.getByText('This card has been used')).toBeVisible()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Email address or username').fill(card.username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(heading(page)).toHaveText('Hello Ines')
})

test('a new card takes the place of a lost one', async ({ page }) => {
  const lost = await carded(academy, 'lost')
  const { url, pin } = await issued(academy, lost.member)
  await page.goto(lost.url)
  await expect(page.getByText('A newer card was issued')).toBeVisible()
  await page.goto(url)
  await page.getByLabel('PIN of your card').fill(pin)
  await page.getByLabel('Choose a password').fill(password)
  await page.keyboard.press('Enter')
  await expect(heading(page)).toContainText('Your password is set')
})

test('the card stands by itself on paper', async ({ page }) => {
  const card = await carded(academy, 'paper')
  await page.setContent(card.html)
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
  await expect(page.getByText(card.pin)).toBeVisible()
  await expect(page.getByText(card.username, { exact: true })).toBeVisible()
})

test('the card, for people to look at', { tag: '@screenshot' }, async ({ page }) => {
  await page.setContent((await carded(academy, 'paper')).html)
  await page.emulateMedia({ media: 'print' })
  await page.screenshot({ path: '../var/screenshots/card-on-paper.png', fullPage: true })
})
