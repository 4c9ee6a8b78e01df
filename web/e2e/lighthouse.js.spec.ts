// Lighthouse on each public page, in a Chromium of its own: nothing wrong with accessibility, next to nothing with best
// practices. It comes to a page by its address alone, so it sees those that need no form and no sign-in.
import { chromium, expect, test as plain } from '@playwright/test'
import lighthouse from 'lighthouse'
import { freePort } from './lighthouse'
import { states } from './states'

const names = [
  'home', 'missing', 'sign-in', 'forgot-password', 'forgot-password-sent', 'reset-password', 'reset-password-dead', 'confirm-email',
  'accept-new', 'accept-copied', 'accept-known', 'accept-questions', 'used', 'expired', 'withdrawn', 'declined', 'unknown',
  'join', 'join-rich', 'join-off', 'join-unknown', 'confirm-new', 'confirm-known', 'confirm-waiting', 'confirm-unlisted', 'confirm-unknown',
  'preferences',
]

// test has a browser that Lighthouse can steer: one for each of Playwright's workers.
const test = plain.extend<object, { port: number }>({
  port: [async ({ launchOptions }, use) => {
    const port = await freePort()
    const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args ?? [], `--remote-debugging-port=${port}`] })
    await use(port)
    await browser.close()
  }, { scope: 'worker' }],
})

for (const name of names)
  test(`${name} before Lighthouse`, { tag: '@lighthouse' }, async ({ page, port, baseURL }) => {
    let path = ''
    await states[name](page, async to => { path = to }, async () => {})
    const result = await lighthouse(new URL(path, baseURL).href, {
      port, logLevel: 'error', onlyCategories: ['accessibility', 'best-practices'],
      // A page that says that something is not there is sent with that status, which Chromium notes as an error.
      ignoreStatusCode: true, skipAudits: ['errors-in-console'],
      // Nothing is timed, nothing comes later, nobody looks at the report.
      disableFullPageScreenshot: true, pauseAfterLoadMs: 0, pauseAfterFcpMs: 0, networkQuietThresholdMs: 0, cpuQuietThresholdMs: 0,
    })
    const { categories, audits } = result!.lhr
    const wrong = Object.values(audits).filter(a => a.score !== null && a.score < 1).map(a => `${a.id}: ${a.title} ${a.displayValue ?? ''}`)
    expect.soft(categories.accessibility.score, wrong.join('\n')).toBe(1)
    expect.soft(categories['best-practices'].score, wrong.join('\n')).toBeGreaterThanOrEqual(0.95)
  })
