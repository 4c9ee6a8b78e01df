// What axe does not see of the console: where the focus goes, in which order, and that it comes back.
import { expect, test, type Page } from '@playwright/test'
import { openConsole } from './console'
import { consoleDialogs } from './console-dialogs'
import { consoleScreens, settled } from './console-states'
import { academy } from './support'

// screens have a Tab order of their own; pages with a dialog in their address are tried with the dialogs.
const screens = Object.entries(consoleScreens).filter(([name]) => !name.startsWith('add-'))
const dialogs = [...Object.entries(consoleScreens).filter(([name]) => name.startsWith('add-')), ...Object.entries(consoleDialogs)]

for (const [name, open] of screens)
  test(`the Tab key goes through ${name} in order, and out of it`, async ({ page }) => {
    await openConsole(page, '', academy.admin)
    await open(page)
    await settled(page)
    await page.evaluate(() => { // a press leaves the start of the Tab key where it was
      window.scrollTo(0, 0)
      document.body.tabIndex = -1
      document.body.focus()
      document.body.removeAttribute('tabindex')
    })
    const stops = await walk(page)
    expect(stops.length, 'stops').toBeGreaterThan(3)
    expect(stops[0].text).toBe('Skip to the content')
    expect(stops.filter(({ isHidden }) => isHidden), 'stops that nobody sees').toEqual([])
    // In a column, what comes later stands lower: the navigation, the bar, and what is below it.
    const back = stops.slice(1).filter((stop, i) => stop.part === stops[i].part && stop.bottom < stops[i].top - 1)
    expect(back.map(({ text }) => text), 'stops above the one before').toEqual([])
  })

for (const [name, open] of dialogs)
  test(`${name} takes the focus, holds it and gives it back`, async ({ page }) => {
    await openConsole(page, '', academy.admin)
    await open(page)
    await settled(page)
    const dialog = page.getByRole('dialog')
    await expect.poll(() => isInside(page), 'focus in the dialog').toBe(true)
    for (const key of ['Tab', 'Shift+Tab'])
      for (let i = 0; i < 12; i++) {
        await page.keyboard.press(key)
        expect(await isInside(page), `${key} ${i + 1} stays in the dialog`).toBe(true)
      }
    if (await page.locator('[role=listbox]:visible').count() > 0) await page.keyboard.press('Escape') // closes the list first
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
    // Back to what opened it; where an address did, to the title of the screen.
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY')
    if (name.startsWith('add-')) await expect(page.locator('#screen-title')).toBeFocused()
  })

const isInside = (page: Page) => page.evaluate(() =>
  Boolean(document.activeElement?.closest('[role=dialog], .mantine-Combobox-dropdown')))

type Stop = { text: string; part: string; top: number; bottom: number; isHidden: boolean }

// walk presses the Tab key until the focus has left the page, and tells where it stopped. It fails where it never leaves.
async function walk(page: Page): Promise<Stop[]> {
  const stops: Stop[] = []
  for (let i = 0; i < 300; i++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null
      if (!element || element === document.body) return null
      if (element.dataset.walked) return null // around: the page has no other way out in this browser
      element.dataset.walked = 'yes'
      const box = element.getBoundingClientRect()
      const x = Math.min(Math.max(box.left + box.width / 2, 0), window.innerWidth - 1)
      const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 12), 0), window.innerHeight - 1)
      const above = document.elementFromPoint(x, y)
      const label = element.closest('label') ?? (element as HTMLInputElement).labels?.[0]
      const isSeen = above && (element.contains(above) || above.contains(element) || label?.contains(above))
      return {
        text: (element.getAttribute('aria-label') ?? element.textContent ?? '').trim(),
        part: element.closest('nav, header, table, aside, section, form')?.className ?? '',
        top: box.top + window.scrollY, bottom: box.bottom + window.scrollY,
        isHidden: !isSeen && !element.matches('.skip'),
      }
    })
    if (!stop) return stops
    stops.push(stop)
  }
  throw new Error(`the focus does not leave the page: ${stops.slice(-3).map(({ text }) => text).join(', ')}`)
}
