// Pictures of every page in every state for people to look at, in both languages, light and dark, on a phone and on a
// desk, in var/screenshots: `make screenshots`.
import { test } from '@playwright/test'
import { show, states } from './states'

const screens = [{ width: 320, height: 640 }, { width: 1280, height: 800 }]

for (const name of Object.keys(states))
  for (const language of ['en', 'fr'])
    test(`${name} in ${language}`, { tag: '@screenshot' }, async ({ page }) => {
      await show(page, name, language)
      for (const colorScheme of ['light', 'dark'] as const)
        for (const viewport of screens) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize(viewport)
          const path = `../var/screenshots/${name}.${language}.${colorScheme}.${viewport.width}.png`
          await page.screenshot({ path, fullPage: true })
        }
    })
