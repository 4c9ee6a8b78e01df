// A browser that refuses cookies.
import { expect, test } from '@playwright/test'
import { academy, accept, fresh, heading, invited, password } from './support'

test('a browser that keeps no cookies is told so, and the invitation stays', async ({ page, context }) => {
  const { link } = await invited(academy, fresh('cookies'))
  await page.goto(link)
  await context.clearCookies()
  await page.getByLabel('First name').fill('Grace')
  await page.getByLabel('Last name').fill('Hopper')
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(heading(page)).toHaveText('Your browser does not accept cookies')
  await accept(link, 'Grace', 'Hopper')
})
