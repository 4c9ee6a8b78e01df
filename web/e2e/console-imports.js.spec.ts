// The console's imports: a list with two bad rows is previewed, started, reported and undone; a pasted list; a file that cannot be read.
import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { foundWorkspace, openConsole, row } from './console'
import { accept, fresh, heading, mail, workspace } from './support'

test('30 rows with two bad ones: preview, emails told, progress, report, rejected rows, undo', async ({ page }) => {
  const at = await foundWorkspace()
  const emails = Array.from({ length: 28 }, (_, i) => fresh(`row${i}`))
  const lines = ['Last name,First name,Email', ...emails.map((email, i) => `Visitor,Row${i},${email}`), 'Bad,One,no-address', 'Bad,Two,also@']
  await openConsole(page, `people?workspace=${at.slug}&dialog=import`, at.admin)
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Choose a file or paste a list')
  await dialog.getByLabel('File', { exact: true }).setInputFiles({ name: 'staff.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
  await dialog.getByRole('button', { name: 'Preview' }).click()

  await expect(heading(page)).toHaveText('staff.csv')
  await expect(page.getByText('Ready to start')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Repair 2 rows' })).toBeVisible()
  await page.getByRole('link', { name: /^To repair/ }).click()
  await expect(row(page, 'no-address')).toContainText('To repair')
  const start = page.getByRole('button', { name: 'Import 28 people, send 28 emails' })
  await start.click()
  const confirm = page.getByRole('dialog')
  await expect(confirm).toContainText('28 emails will be sent now.')
  await expect(confirm).toContainText('2 rows stay out.')
  await confirm.getByRole('button', { name: 'Import 28 people, send 28 emails' }).click()
  await expect(page.getByText('Completed', { exact: true })).toBeVisible({ timeout: 60_000 })
  expect((await mail(emails[0], '/invitations/')).subject).not.toBe('')

  const rejected = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Rows to repair (CSV)' }).click()
  const file = readFileSync(await (await rejected).path(), 'utf8')
  expect(file).toContain('no-address')
  expect(file).not.toContain(emails[0])

  // One of them accepts: undo leaves this person alone and says why.
  await accept((await mail(emails[1], '/invitations/')).link('invitations'), 'Row1', 'Visitor')
  await page.getByRole('button', { name: 'Undo the import' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Undo the import' }).click()
  await expect(page.getByRole('heading', { name: '1 row was left as it is' })).toBeVisible()
  const { invitations, invitationCounts } = await workspace(at,
    'invitations(filter: { status: [ACTIVE] }) { edges { node { email } } } invitationCounts { active cancelled pending }')
  expect(invitations.edges.map(({ node }: { node: object }) => node)).toEqual([{ email: emails[1] }])
  expect(invitationCounts).toEqual({ active: 1, cancelled: 27, pending: 0 })

  await page.getByRole('link', { name: 'All imports' }).click()
  await expect(row(page, 'staff.csv')).toContainText('Undone')
})

test('a pasted list creates accounts, and a list that cannot be read says so', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `imports?workspace=${at.slug}`, at.admin)
  await page.getByRole('link', { name: 'Import people' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  await dialog.getByLabel('Or paste a list').fill('some words\nthat are no list\nof people at all')
  await dialog.locator('button[type=submit]').click()
  await expect(dialog.getByRole('heading', { name: 'What do the columns hold?' })).toBeFocused()
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Say which column holds the email address, the username or the name')
  await dialog.getByRole('button', { name: 'Back' }).click()

  await dialog.getByLabel('Or paste a list').fill(`Last name\tFirst name\tUsername\nVisitor\tPaula\t${fresh('paula').split('@')[0]}`)
  await dialog.getByLabel('get an account immediately').check()
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await page.getByRole('button', { name: 'Import 1 person' }).click()
  await expect(page.getByRole('dialog')).toContainText('1 account takes a seat immediately.')
  await page.getByRole('dialog').getByRole('button', { name: 'Import 1 person' }).click()
  await expect(page.getByText('Completed', { exact: true })).toBeVisible({ timeout: 60_000 })

  // Who has no mailbox gets a card to print.
  await page.getByRole('button', { name: 'Print cards' }).click()
  const saved = page.waitForEvent('download')
  await page.getByRole('dialog', { name: 'Print cards' }).getByRole('button', { name: 'Print cards' }).click()
  const cards = readFileSync(await (await saved).path(), 'utf8')
  expect(cards.match(/class="card"/g)).toHaveLength(1)
  expect(cards).toContain('Paula Visitor')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.getByRole('link', { name: 'People', exact: true }).click()
  await expect(row(page, 'Paula Visitor')).toHaveCount(1)
})
