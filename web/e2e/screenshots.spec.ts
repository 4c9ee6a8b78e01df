// Pictures of every page in every state for people to look at, in both languages, light and dark, on a phone and on a
// desk, in var/screenshots, with a page that shows them side by side: `make screenshots`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { test, type Page } from '@playwright/test'
import { openConsole } from './console'
import { consoleDialogs, consoleMenus, consoleTabs } from './console-dialogs'
import { consoleScreens, settled } from './console-states'
import { show, states } from './states'
import { academy } from './support'

const everything = { ...consoleScreens, ...consoleTabs, ...consoleMenus, ...consoleDialogs }
const folder = '../var/screenshots'
const languages = ['en', 'fr']
const schemes = ['light', 'dark'] as const
const screens = [{ width: 320, height: 640 }, { width: 1280, height: 800 }]

const picture = (name: string, language: string, scheme: string, width: number) => `${name}.${language}.${scheme}.${width}.png`

for (const name of Object.keys(states))
  for (const language of languages)
    test(`${name} in ${language}`, { tag: '@screenshot' }, async ({ page }) => {
      await show(page, name, language)
      await takePictures(page, name, language)
    })

for (const [name, open] of Object.entries(everything))
  for (const language of languages)
    test(`console ${name} in ${language}`, { tag: '@screenshot' }, async ({ page }) => {
      await page.addInitScript((chosen) => localStorage.setItem('usher-console:language', JSON.stringify(chosen)), language)
      await openConsole(page, '', academy.admin)
      await open(page)
      await takePictures(page, `console-${name}`, language, () => settled(page))
    })

// takePictures pictures a page in both schemes, on a phone and on a desk. A dialog is pictured as far as the screen shows it.
async function takePictures(page: Page, name: string, language: string, wait = async () => {}): Promise<void> {
  for (const colorScheme of schemes)
    for (const viewport of screens) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(viewport)
      await wait()
      await page.screenshot({ path: `${folder}/${picture(name, language, colorScheme, viewport.width)}`, fullPage: true })
    }
}

test('a page to look through them', { tag: '@screenshot' }, () => {
  mkdirSync(folder, { recursive: true })
  const kinds = languages.flatMap(l => schemes.flatMap(s => screens.map(({ width }) => [l, s, width] as const)))
  const names = [...Object.keys(states), ...Object.keys(everything).map(name => `console-${name}`)]
  const rows = names.map(name => `<h2 id="${name}"><a href="#${name}">${name}</a></h2>\n<div>${
    kinds.map(kind => picture(name, ...kind)).map(file => `<a href="${file}"><img src="${file}" alt="${file}" loading="lazy"></a>`).join('\n')
  }</div>`)
  writeFileSync(`${folder}/index.html`, `<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Every page in every state</title>
<style>
body { margin: 1rem; font: 1rem system-ui, sans-serif; background: #888; }
nav { columns: 14rem; }
h2 { position: sticky; top: 0; margin: 1rem 0; padding: .5rem; background: #888; font-size: 1rem; }
div { display: flex; gap: 1rem; overflow-x: auto; align-items: flex-start; }
img { display: block; height: 32rem; }
</style>
<nav>${names.map(name => `<a href="#${name}">${name}</a><br>`).join('')}</nav>
${rows.join('\n')}
</html>
`)
})
