// Every screen and dialog of the console in French: no violation that axe can see, dark, on a phone and on a desk; nothing to
// scroll sideways on a phone.
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { openConsole } from './console'
import { consoleScreens, settled } from './console-states'
import { academy } from './support'

for (const [name, open] of Object.entries(consoleScreens))
  test(`${name} has no fault that axe can see`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.addInitScript(() => localStorage.setItem('usher-console:language', '"fr"'))
    await page.setViewportSize({ width: 1280, height: 800 })
    await openConsole(page, '', academy.admin)
    await open(page)
    await settled(page)
    expect.soft(await violations(page)).toEqual([])
    await page.setViewportSize({ width: 320, height: 640 })
    await settled(page)
    expect.soft(await violations(page)).toEqual([])
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), 'wider than a phone').toBeLessThanOrEqual(320)
  })

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}
