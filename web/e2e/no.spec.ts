// The no: declining an invitation, and not being written to again.
import { expect, test } from '@playwright/test'
import { academy, france, fresh, heading, invitation, invite, invited, mail, masked, withdraw } from './support'

test('declining tells the inviter, and ends the emails of this workspace if asked', async ({ page }) => {
  const email = fresh('rosa')
  const { link } = await invited(academy, email)
  await page.goto(link)
  await page.locator('summary', { hasText: 'Decline' }).click()
  await page.getByLabel(`No more emails from ${academy.name}`).check()
  await page.getByRole('button', { name: 'Decline the invitation' }).click()

  await expect(heading(page)).toHaveText(`The invitation to ${academy.name} was declined`)
  expect((await invitation(academy, email)).status).toBe('DECLINED')
  await mail(academy.admin, email)
  expect((await invite(academy, email)).status).toBe('SUPPRESSED')
  expect((await invite(france, email)).status).toBe('INVITED')
})

test('declining alone keeps the door open', async ({ page }) => {
  const email = fresh('sven')
  const { link } = await invited(academy, email)
  await page.goto(link)
  await page.locator('summary', { hasText: 'Decline' }).click()
  await page.getByRole('button', { name: 'Decline the invitation' }).click()
  // A press without an answer declines nothing, and the form stays open.
  await expect(page.getByRole('alert')).toContainText('Choose whether you want emails in future.')
  expect((await invitation(academy, email)).status).toBe('PENDING')
  await page.getByLabel('Yes, you may email me again').check()
  await page.getByRole('button', { name: 'Decline the invitation' }).click()
  await expect(heading(page)).toHaveText(`The invitation to ${academy.name} was declined`)
  expect((await invitation(academy, email)).status).toBe('DECLINED')
  expect((await invite(academy, email, { sendEmail: false })).status).toBe('INVITED')
})

for (const { choice, elsewhere } of [
  { choice: `No more emails from ${academy.name}`, elsewhere: 'INVITED' },
  { choice: 'No more emails from any workspace', elsewhere: 'SUPPRESSED' },
])
  test(`the last line of an email leads to “${choice}”`, async ({ page }) => {
    const email = fresh('tara')
    const { id } = await invited(academy, email)
    const link = (await mail(email, academy.name)).link('preferences')
    await page.goto(link) // opening it changes nothing
    await expect(page.getByText(`For emails to ${masked(email)}.`)).toBeVisible()
    expect((await invite(academy, email)).status).toBe('UPDATED')
    await page.getByRole('button', { name: 'Stop these emails' }).click()
    await expect(page.getByRole('alert')).toContainText('Choose whether you want emails in future.')
    expect((await invite(academy, email)).status).toBe('UPDATED')
    await page.getByLabel(choice).check()
    await page.getByRole('button', { name: 'Stop these emails' }).click()

    await expect(page.getByRole('status')).toHaveText('You will get no more of these emails.')
    expect((await invite(france, email)).status).toBe(elsewhere)
    await withdraw(academy, id) // one that is pending would be merged with
    expect((await invite(academy, email)).status).toBe('SUPPRESSED')
  })
