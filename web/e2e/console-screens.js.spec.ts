// Every screen, dialog, menu and tab of the console: no violation that axe finds, no target below 24 px, and nothing to
// scroll sideways on a phone.
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { openConsole } from './console'
import { consoleDialogs, consoleMenus, consoleTabs } from './console-dialogs'
import { consoleScreens, settled } from './console-states'
import { academy } from './support'

// looks pair each language with each scheme and width, and each scheme with each width.
const looks = [
  { language: 'en', schemes: [['light', 1280], ['dark', 320]] },
  { language: 'fr', schemes: [['dark', 1280], ['light', 320]] },
] as const

const all = { ...consoleScreens, ...consoleTabs, ...consoleMenus, ...consoleDialogs }

for (const [name, open] of Object.entries(all))
  for (const { language, schemes } of looks)
    test(`${name} in ${language} has no fault that a tool can see`, async ({ page }) => {
      await page.addInitScript((chosen) => localStorage.setItem('usher-console:language', JSON.stringify(chosen)), language)
      await page.setViewportSize({ width: 1280, height: 800 })
      await openConsole(page, '', academy.admin)
      await open(page)
      for (const [colorScheme, width] of schemes) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 800 })
        await settled(page)
        const look = `${name} ${language} ${colorScheme} ${width}`
        expect.soft(await violations(page), look).toEqual([])
        expect.soft(await page.evaluate(smallTargets), look).toEqual([])
        expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), look).toBeLessThanOrEqual(width)
        expect.soft(await page.evaluate(cutControls), look).toEqual([])
        if (process.env.USHER_E2E_SHOTS) {
          await page.screenshot({ path: `${process.env.USHER_E2E_SHOTS}/${name}.${language}.${colorScheme}.${width}.png` })
        }
      }
    })

// violations are those of the screen, or of the dialog over it: the screen below is looked at without the dialog.
async function violations(page: Page): Promise<string[]> {
  const axe = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
  if (await page.locator('[role=dialog][aria-modal=true]').count() > 0) axe.include('[role=dialog][aria-modal=true]')
  const { violations } = await axe.analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

// smallTargets names what can be pressed and is less than 24 px high or wide. A link inside a sentence may be as high as its
// line (WCAG 2.5.8); a box is pressed by its label, too, and below a dialog nothing is pressed.
function smallTargets(): string[] {
  const targets = document.querySelectorAll<HTMLElement>(
    'a[href], button, input, select, textarea, summary, [role=treeitem], [role=menuitem], [role=option], [role=switch]')
  return [...targets].filter((target) => {
    if (!target.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || target.closest('[inert], .vh, .skip')) return false
    if (document.querySelector('[aria-modal=true]') && !target.closest('[role=dialog]')) return false
    const text = target.parentElement?.textContent?.trim() ?? ''
    const isInSentence = target.matches('a') && getComputedStyle(target).display === 'inline' && text !== target.textContent?.trim()
    const labels = target instanceof HTMLInputElement ? [...target.labels ?? []] : []
    const field = target.closest<HTMLElement>('.mantine-Input-input, .drop') // a press beside the text of a field is in the field
    return !isInSentence && ![target, ...labels, ...field ? [field] : []].some((part) => {
      const { width, height } = part.getBoundingClientRect()
      return width >= 23.5 && height >= 23.5
    })
  }).map((target) => `${target.tagName} ${target.getAttribute('aria-label') ?? target.textContent} ${target.className}`)
}

// cutControls names buttons and tabs whose text does not fit into them, or that the edge of the window cuts. The tabs of a
// screen scroll sideways where there are many.
function cutControls(): string[] {
  const controls = document.querySelectorAll<HTMLElement>('button, a.mantine-Button-root, .tabs > a')
  return [...controls].filter((control) => {
    if (!control.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || control.closest('.vh, .skip')) return false
    if (control.matches('.tabs:not(.add-tabs) > a')) return false
    const label = control.querySelector<HTMLElement>('.mantine-Button-label')
    const { left, right } = control.getBoundingClientRect()
    return right > window.innerWidth + 1 || left < -1 || Boolean(label && label.scrollWidth > label.clientWidth + 1)
  }).map((control) => control.textContent ?? '')
}
