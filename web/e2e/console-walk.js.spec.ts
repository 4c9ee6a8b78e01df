// A newcomer's walk through the console of the demo: sign in, invite one person, then a hundred, approve one, import and undo.
// The walk reads nothing: it presses the one filled button of what is in view, types where the focus is, and follows what
// waits. Its presses are counted and printed.
import { expect, test, type Page } from '@playwright/test'
import { foundWorkspace } from './console'
import { asked, confirm, fresh, invitation, joinLink, mail, password, workspace } from './support'

// countPresses counts the presses of the pointer, over page loads too.
async function countPresses(page: Page): Promise<() => number> {
  let presses = 0
  await page.exposeFunction('countPress', () => { presses++ })
  await page.addInitScript(() => {
    window.addEventListener('pointerdown', () => (window as unknown as { countPress(): void }).countPress(), true)
  })
  return () => presses
}

test('a newcomer invites, approves and undoes without reading', async ({ page }) => {
  const at = await foundWorkspace()
  const { slug } = await joinLink(at, { requiresApproval: true })
  const visitor = fresh('ines')
  await confirm(await asked(slug, visitor))
  const emails = Array.from({ length: 100 }, (_, i) => fresh(`p${i}`))
  const presses = await countPresses(page)
  const main = () => page.locator('[data-variant=filled]:visible').last().click()
  const typed = (text: string) => page.keyboard.insertText(text)
  // paste is what Ctrl+V does: the browser does not let a test read the clipboard of its machine.
  const paste = (text: string) => page.evaluate((data) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text', data)
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
  const steps: string[] = []
  let from = { presses: 0, at: Date.now() }
  const step = (name: string) => {
    const now = { presses: presses(), at: Date.now() }
    const taken = { presses: now.presses - from.presses, seconds: (now.at - from.at) / 1000 }
    steps.push(`${name}: ${taken.presses} clicks, ${taken.seconds.toFixed(1)} s`)
    from = now
    return taken
  }

  // The first invitation, from the address that make run prints.
  await page.goto(`/console/?workspace=${at.slug}`)
  await expect(page.locator('#login')).toBeFocused()
  await typed(at.admin)
  await page.keyboard.press('Tab')
  await typed(password)
  await main()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Home')
  await main()
  await expect(page.locator('#emails input, input#emails')).toBeFocused()
  const first = fresh('first')
  await typed(first)
  await main()
  await expect(page.getByText('1 invitation sent')).toBeVisible()
  const { presses: clicks, seconds } = step('first invitation')
  expect(clicks, steps.join('; ')).toBeLessThanOrEqual(4)
  expect(seconds, steps.join('; ')).toBeLessThanOrEqual(30)
  await mail(first, '/invitations/')

  await main()
  await expect(page.locator('#emails input, input#emails')).toBeFocused()
  await paste(emails.join('\n'))
  await expect(page.getByRole('button', { name: 'Send 100 invitations' })).toBeVisible()
  await main()
  await expect(page.getByText('100 invitations sent')).toBeVisible()
  expect(step('a hundred invitations').presses, steps.join('; ')).toBeLessThanOrEqual(2)
  expect((await workspace(at, 'invitationCounts { pending }')).invitationCounts.pending).toBe(101)

  // What waits stands on the home screen, each with one button.
  await page.getByRole('region', { name: 'Waits for you' }).getByRole('link').first().click()
  await page.getByRole('button', { name: 'Approve' }).first().click()
  await expect(page.getByText('Ines Visitor is a member now')).toBeVisible()
  expect(step('one approved').presses, steps.join('; ')).toBeLessThanOrEqual(2)

  await main()
  await page.getByRole('dialog').getByRole('link', { name: 'Import' }).click()
  await page.getByLabel('Or paste a list').click()
  const row = fresh('row')
  await typed(`Last name,First name,Email\nVisitor,Paul,${row}`)
  await main()
  await expect(page.getByText('Ready to start')).toBeVisible({ timeout: 60_000 })
  await page.getByRole('main').locator('[data-variant=filled]').click()
  await page.getByRole('dialog').locator('[data-variant=filled]').click()
  const undo = page.getByRole('button', { name: 'Undo the import' })
  await expect(undo).toBeVisible({ timeout: 60_000 })
  expect(step('one import').presses, steps.join('; ')).toBeLessThanOrEqual(6)
  await undo.click()
  await page.getByRole('dialog').getByRole('button', { name: 'Undo the import' }).click()
  await expect(page.getByText('Everything was taken back.')).toBeVisible({ timeout: 60_000 })
  expect(step('undone').presses, steps.join('; ')).toBeLessThanOrEqual(2)
  expect((await invitation(at, row)).status).toBe('CANCELLED')
  console.log(`newcomer: ${steps.join('; ')}`)
})
