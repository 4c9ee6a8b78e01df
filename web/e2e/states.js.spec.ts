// What every page keeps to in every state and language: no violation of WCAG 2.2 A and AA that axe can see, in light and
// dark; nothing to scroll sideways at 320 px; valid HTML; 20 kB in all.
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { HtmlValidate } from 'html-validate'
import { show, states } from './states'
import { base } from './support'

const html = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended', 'html-validate:document'],
  rules: {
    'no-trailing-whitespace': 'off', // templates leave some
    'require-sri': 'off', // our own files, from our own origin
    'long-title': 'off', // no search engine ever sees these pages
    'heading-level': ['error', { minInitialRank: 'h2' }], // the summary of errors comes before the title
    'valid-id': ['error', { relaxed: true }], // the key of a workspace's own question has a dot before it
  },
})

for (const name of Object.keys(states))
  for (const language of ['en', 'fr'])
    test(`${name} in ${language}`, async ({ page }) => {
      const sent = listen(page)
      await show(page, name, language)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)

      await page.setViewportSize({ width: 1280, height: 800 })
      await page.emulateMedia({ colorScheme: 'light' })
      expect.soft(await violations(page)).toEqual([])
      await page.setViewportSize({ width: 320, height: 640 })
      await page.emulateMedia({ colorScheme: 'dark' })
      expect.soft(await violations(page)).toEqual([])
      expect.soft(await page.evaluate('document.documentElement.scrollWidth'), 'wider than a phone').toBeLessThanOrEqual(320)

      const { document, weight, strangers } = await sent()
      expect.soft(strangers).toEqual([])
      test.info().annotations.push({ type: 'weight', description: String(weight) })
      expect.soft(document).toContain('</html>')
      expect.soft(weight).toBeGreaterThan(5_000) // something was weighed
      expect.soft(weight).toBeLessThanOrEqual(20_000)
      const report = await html.validateString(document)
      expect.soft(report.results.flatMap(r => r.messages.map(m => `${m.line}: ${m.ruleId}: ${m.message}`))).toEqual([])
    })

// violations are what axe finds, each with where.
async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  return violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)
}

// listen adds up what a page is sent, and returns it when asked: the last document, all the files that came with any, and
// who else was asked for something. What is still on its way when the next page is asked for, or when the test ends, counts
// for nothing.
function listen(page: Page) {
  let document = Promise.resolve('')
  const sizes = new Map<string, Promise<number>>()
  const strangers: string[] = []
  page.on('response', response => {
    const request = response.request()
    if (!request.url().startsWith(`${base}/`)) strangers.push(request.url())
    if (response.status() !== 303 && request.isNavigationRequest()) document = response.text().catch(() => '')
  })
  // Not what has begun: a file that the next page interrupts never comes to an end.
  page.on('requestfinished', request => {
    const kind = request.isNavigationRequest() ? 'document' : request.url()
    const size = request.response().then(async response => {
      if (response?.status() === 303) return 0
      const { responseHeadersSize, responseBodySize } = await request.sizes()
      return responseHeadersSize + responseBodySize
    }).catch(() => 0)
    if (kind === 'document' || !sizes.has(kind)) sizes.set(kind, size) // the second time it comes from the cache
  })
  return async () => ({
    document: await document,
    weight: (await Promise.all(sizes.values())).reduce((sum, size) => sum + size, 0),
    strangers,
  })
}
