// The console's invitations: copy the link, send again, cancel, and a list of several pages that loads as it is scrolled.
import { expect, test } from '@playwright/test'
import { foundWorkspace, openConsole, row } from './console'
import { ask, base, fresh, invitation, invite, mail } from './support'

test('a link is copied, an invitation sent again and cancelled', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const at = await foundWorkspace()
  const email = fresh('vera')
  await invite(at, email, { sendEmail: false })
  await openConsole(page, `invitations?workspace=${at.slug}`, at.admin)
  const act = async (name: string) => {
    await page.getByRole('button', { name: `Actions for ${email}` }).click()
    await page.getByRole('menuitem', { name }).click()
  }

  await act('Copy link')
  await expect(page.getByText('Link copied')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`${base}/invitations/`)

  await act('Send again…')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Message').fill('The room has changed')
  await dialog.getByRole('button', { name: 'Send 1 email' }).click()
  await expect(dialog).toHaveCount(0)
  expect((await mail(email, '/invitations/')).text).toContain('The room has changed')

  await act('Cancel invitation…')
  await dialog.getByRole('button', { name: 'Cancel the invitation' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(row(page, email)).toContainText('Cancelled')
  expect((await invitation(at, email)).status).toBe('CANCELLED')
})

test('a list of several pages loads as it is scrolled, and draws only what is in view', async ({ page }) => {
  const at = await foundWorkspace()
  const emails = Array.from({ length: 180 }, (_, i) => `p${String(i).padStart(3, '0')}.${fresh('list')}`)
  await ask('mutation($input: InviteUsersInput!) { inviteUsers(input: $input) { invitedCount } }', {
    input: { workspaceId: at.id, emails, sendEmail: false },
  }, at.admin)
  await openConsole(page, `invitations?workspace=${at.slug}&sort=EMAIL&ascending=true`, at.admin)
  await expect(row(page, emails[0])).toHaveCount(1)
  await expect(page.getByText('The list loads as you scroll')).toHaveCount(1)
  await expect(async () => {
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
    await expect(row(page, emails[179])).toBeInViewport({ timeout: 500 })
  }).toPass({ timeout: 60_000 })
  await expect(page.getByText('End of the list')).toBeVisible()
  expect(await page.locator('table.list tbody tr').count()).toBeLessThan(100)

  await page.evaluate(() => window.scrollTo(0, 0))
  await expect(row(page, emails[0])).toBeInViewport()
})
