// What axe does not see: where the focus goes, in which order, and what a script adds.
import { expect, test } from '@playwright/test'
import { academy, fresh, invited, password } from './support'

test('a refused form brings the focus to its summary, whose links lead to the fields', async ({ page }) => {
  const { link } = await invited(academy, fresh('emil'))
  await page.goto(link)
  await page.getByLabel('Last name').fill('Krog')
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(page.getByRole('alert')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Enter your first name.' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('First name')).toBeFocused()
  await expect(page.getByLabel('First name')).toHaveAccessibleDescription('Enter your first name.')
  await expect(page.getByLabel('First name')).toHaveAttribute('aria-invalid', 'true')
})

test('the first stop of the Tab key skips to the content, and every stop can be seen', async ({ page }) => {
  await page.goto('/sign-in')
  const stops: string[] = []
  for (let i = 0; i < 7; i++) {
    await page.keyboard.press('Tab')
    const focused = page.locator(':focus')
    await expect(focused).toBeInViewport()
    expect(await focused.evaluate(e => getComputedStyle(e).outlineStyle)).not.toBe('none')
    stops.push(await focused.evaluate(e => e.id || e.textContent))
  }
  expect(stops).toEqual([
    'Skip to the content', 'login', 'password', 'Show Password', 'Sign in', 'Forgot your password?', 'Français',
  ])
})

test('a password can be looked at, and is sent as a password all the same', async ({ page }) => {
  await page.goto('/sign-in')
  const field = page.locator('#password')
  await field.fill(password)
  await page.getByRole('button', { name: 'Show' }).click()
  await expect(field).toHaveAttribute('type', 'text')
  await expect(field).toHaveValue(password)
  await page.getByRole('button', { name: 'Hide' }).click()
  await expect(field).toHaveAttribute('type', 'password')
})

test('at 400 % nothing covers the field that has the focus', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 }) // 1280 by 1024 at 400 %
  const { link } = await invited(academy, fresh('frida'))
  await page.goto(link)
  for (const label of ['First name', 'Last name', 'Choose a password']) {
    await page.getByLabel(label).focus()
    await expect(page.getByLabel(label)).toBeInViewport({ ratio: 1 }) // nothing sticks over it
  }
})
