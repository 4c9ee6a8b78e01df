// The console stays smooth while ten thousand people are imported: the page of the import, and the list of invitations,
// which follows the changes.
import { expect, test } from '@playwright/test'
import { foundWorkspace, openConsole } from './console'
import { describe, measureWork, openControl, rateOf, watch } from './frames'
import { heading, workspace } from './support'

// The aim is 60 frames a second. A machine that runs the server, the browser and other tests on two cores draws fewer in any
// tab, so the tab is held against one beside it that only draws a number: it must draw three of four of its frames. The
// main thread must be free for half of each second: a list that is drawn again a few times a second takes less.
test('an import of 10,000 people leaves the console its frames', async ({ page, browser }) => {
  test.setTimeout(300_000)
  const people = 10_000
  const at = await foundWorkspace()
  await openConsole(page, `people?workspace=${at.slug}&dialog=import`, at.admin)
  const rows = Array.from({ length: people }, (_, i) => `person.${i}@${at.slug}.example,Person,Number ${i}`)
  await page.getByLabel('File', { exact: true }).setInputFiles({
    name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(['email,first name,last name', ...rows].join('\n')),
  })
  await page.getByRole('button', { name: 'Preview' }).click()
  await expect(page.getByText('Ready to start')).toBeVisible({ timeout: 120_000 })
  // Ten thousand emails now would delay those that other tests wait for.
  await page.getByRole('radio', { name: 'Later' }).check()
  await page.getByLabel('Date and time').fill('2031-01-01T09:00')
  await page.getByRole('button', { name: /^Import 10,000 people/ }).click()

  const control = await openControl(browser)
  const [busy, idle, work] = [await watch(page), await watch(control), await measureWork(page)]
  await page.getByRole('dialog').getByRole('button', { name: /^Import 10,000 people/ }).click()
  await expect(page.getByRole('progressbar')).toBeVisible()
  await page.waitForTimeout(2_000) // some seconds of the bar, then the list
  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Invitations' }).click()
  await expect(heading(page)).toHaveText('Invitations')
  await expect.poll(async () => (await workspace(at, 'invitationCounts { pending }')).invitationCounts.pending,
    { timeout: 180_000, intervals: [1_000] }).toBe(people)

  const [tab, beside, most] = [await busy(), await idle(), await work()]
  await control.context().close()
  console.log(`console, import of ${people}: ${describe(tab)}; ${rateOf(beside).toFixed(1)} frames a second in a tab beside it; ` +
    `at most ${most.toFixed(0)} ms of work in a second`)
  expect(rateOf(tab)).toBeGreaterThan(0.75 * rateOf(beside))
  expect(most).toBeLessThan(500)
  await expect(page.getByRole('navigation', { name: 'Status' }).getByRole('link', { name: /^Waiting/ })).toContainText('10,000')
})
