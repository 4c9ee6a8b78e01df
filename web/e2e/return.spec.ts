// The sign-in leads back to the page of the link that the person came with.
import { expect, test } from '@playwright/test'
import { academy, france, heading, invite, mail, newcomer, password } from './support'

test('a password that is forgotten in the middle of an invitation comes back to it', async ({ page }) => {
  const email = await newcomer('Forgetful', france)
  // A copied link, because members may cause one email a minute to a mailbox.
  const { invitation: { link } } = await invite(academy, email, { sendEmail: false })
  await page.goto(link)
  await page.getByRole('link', { name: 'Already have an account? Sign in' }).click()
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await expect(page.getByRole('banner')).toHaveText(academy.name)
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.goto((await mail(email, '/reset-password/')).link('reset-password'))
  await page.getByLabel('New password').fill(`${password} again`)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page).toHaveURL(link)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${academy.name}`)
})
