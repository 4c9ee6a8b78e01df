// How fast the console's first list is there, by Lighthouse's two presets, in a Chromium of its own that is signed in. Not
// part of the other tests: what runs beside it is measured too. `make lighthouse` prints the figures.
import { chromium, expect, test } from '@playwright/test'
import lighthouse from 'lighthouse'
import desktop from 'lighthouse/core/config/desktop-config.js'
import { openConsole } from './console'
import { freePort } from './lighthouse'
import { academy, base } from './support'

const presets = [
  { name: 'desktop', config: desktop, limit: 1500 },
  { name: 'mobile', config: undefined, limit: 3000 },
] as const

const runs = 3
const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

for (const { name, config, limit } of presets)
  test(`the first list is there in ${limit} ms on the ${name} preset`, { tag: '@speed' }, async ({ launchOptions }) => {
    test.setTimeout(300_000)
    const port = await freePort()
    const args = [...launchOptions.args ?? [], `--remote-debugging-port=${port}`]
    const context = await chromium.launchPersistentContext('', { ...launchOptions, args, baseURL: base })
    const page = await context.newPage()
    await openConsole(page, `people?workspace=${academy.slug}`, academy.admin)
    await expect(page.locator('table.list tbody a').first()).toBeVisible()

    const measured: number[] = []
    for (let run = 0; run < runs; run++) {
      const result = await lighthouse(`${base}/console/people?workspace=${academy.slug}`, {
        port, logLevel: 'error', onlyCategories: ['performance'], disableStorageReset: true, disableFullPageScreenshot: true,
        maxWaitForLoad: 15_000, // a stream of changes stays open, so that the network is never quiet
      }, config)
      const { audits, categories } = result!.lhr
      const seconds = (id: string) => `${((audits[id].numericValue ?? NaN) / 1000).toFixed(2)} s`
      const element = audits['largest-contentful-paint-element']?.details as { items?: { items?: { node?: { snippet?: string } }[] }[] } | undefined
      console.log(`${name}: largest paint ${seconds('largest-contentful-paint')} (${element?.items?.[0]?.items?.[0]?.node?.snippet}), ` +
        `first paint ${seconds('first-contentful-paint')}, speed index ${seconds('speed-index')}, interactive ${seconds('interactive')}, ` +
        `blocked ${seconds('total-blocking-time')}, score ${categories.performance.score}`)
      measured.push(audits['largest-contentful-paint'].numericValue ?? Infinity)
    }
    await context.close()
    expect(median(measured)).toBeLessThanOrEqual(limit)
  })
