// Pictures for people to look at, in both languages, on a phone and on a desk: `make screenshots`.
import { test } from '@playwright/test'

const pages = { 'sign-in': '/sign-in', 'forgot-password': '/forgot-password' }
const languages = ['en', 'fr']
const screens = { phone: { width: 320, height: 640 }, desk: { width: 1280, height: 800 } }

for (const locale of languages)
  for (const [screen, viewport] of Object.entries(screens))
    test.describe(`${locale} ${screen}`, { tag: '@screenshot' }, () => {
      test.use({ locale, viewport })
      for (const [name, path] of Object.entries(pages))
        test(name, async ({ page }) => {
          await page.goto(path)
          await page.screenshot({ path: `../var/screenshots/${name}.${locale}.${screen}.png`, fullPage: true })
        })
    })
