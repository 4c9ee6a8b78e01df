// The console's programs and sessions: creating them, registering people, changing dates, and who is offered what.
import { expect, test } from '@playwright/test'
import { createMember, expectAccessible, foundWorkspace, openConsole, row } from './console'
import { academy, fresh, heading } from './support'

test('a program gets a session, people are registered for it and withdrawn, and its dates change', async ({ page }) => {
  const at = await foundWorkspace()
  await createMember(at, 'Ada')
  await createMember(at, 'Ines')
  await openConsole(page, `programs?workspace=${at.slug}`, at.admin)
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Create a program' }).click()
  await dialog.getByLabel('Name').fill('First aid')
  await dialog.getByRole('button', { name: 'Create a program' }).click()
  await row(page, 'First aid').getByRole('link').click()
  await expect(page).toHaveURL(/sessions\?.*program=/)

  await page.getByRole('button', { name: 'Create a session' }).click()
  await dialog.getByLabel('Name').fill('First aid in spring')
  await dialog.getByLabel('Starts').fill('2031-04-05T09:00')
  await dialog.getByLabel('Ends').fill('2031-04-01T09:00')
  await dialog.getByRole('button', { name: 'Create a session' }).click()
  await expect(dialog.getByRole('alert')).toBeVisible()
  await dialog.getByLabel('Ends').fill('2031-04-06T17:00')
  await dialog.getByRole('combobox', { name: 'Instructors' }).fill('Ines')
  await page.getByRole('option', { name: /^Ines/ }).click()
  await dialog.getByRole('button', { name: 'Create a session' }).click()
  await expect(heading(page)).toHaveText('First aid in spring')
  const about = page.getByRole('region', { name: 'About' })
  await expect(about).toContainText('5 April 2031 at 09:00')
  await expect(about).toContainText('Ines Visitor')
  await expect(about).toContainText('Coming')

  const invitee = fresh('cleo')
  await page.getByRole('button', { name: 'Register people' }).first().click()
  await dialog.getByRole('combobox', { name: 'Members' }).fill('Ada')
  await page.getByRole('option', { name: /^Ada/ }).click()
  await dialog.getByLabel('Email addresses').fill(`${invitee}, broken@`)
  await expect(dialog.getByRole('status')).toContainText('1 member is registered now, 1 person is invited.')
  await expect(dialog.getByRole('status')).toContainText('broken@')
  await dialog.getByRole('button', { name: 'Register 2 people' }).click()
  await expect(dialog.getByLabel('Email addresses')).toHaveValue('broken@')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(row(page, 'Ada Visitor')).toContainText('Enrolled')
  const tabs = page.getByRole('navigation', { name: 'Views' })
  await tabs.getByRole('link', { name: 'Pending' }).click()
  await expect(row(page, invitee)).toHaveCount(1)

  await tabs.getByRole('link', { name: 'People' }).click()
  await page.getByRole('button', { name: 'Actions for Ada Visitor' }).click()
  await page.getByRole('menuitem', { name: 'Withdraw' }).click()
  await expect(row(page, 'Ada Visitor')).toContainText('Withdrawn')

  await page.getByRole('button', { name: 'Actions for First aid in spring' }).click()
  await page.getByRole('menuitem', { name: 'Change dates and instructors' }).click()
  await expect(dialog.getByLabel('Starts')).toHaveValue('2031-04-05T09:00')
  await dialog.getByLabel('Starts').fill('2031-04-04T10:30')
  await expect(dialog).toContainText('Emails that wait for the start follow it')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(about).toContainText('4 April 2031 at 10:30')

  await page.getByRole('link', { name: 'All sessions' }).click()
  await page.getByRole('navigation', { name: 'Phases' }).getByRole('link', { name: 'Coming' }).click()
  await expect(row(page, 'First aid in spring')).toContainText('4 Apr 2031 to 6 Apr 2031')
})

test('an instructor sees the session and may not change it', async ({ page }) => {
  await openConsole(page, 'sessions?workspace=brightwater', 'hannah.cole@brightwater.example')
  await row(page, 'Second cohort').getByRole('link').click()
  await expect(page.getByRole('region', { name: 'About' })).toContainText('Hannah Cole')
  await expect(page.getByRole('button', { name: /^Actions for/ })).toHaveCount(0)
})

test('sessions are accessible in both languages and schemes, on a phone and on a desk', async ({ page }) => {
  await openConsole(page, 'sessions?workspace=brightwater', academy.admin)
  const link = page.locator('table.list tbody tr a').first()
  await expectAccessible(page, () => expect(link).toBeVisible(), 'sessions')
  await link.click()
  await expectAccessible(page, () => expect(page.locator('table.list, .empty').first()).toBeVisible(), 'session')
})

test('programs are accessible in both languages and schemes, on a phone and on a desk', async ({ page }) => {
  await openConsole(page, 'programs?workspace=brightwater', academy.admin)
  await expectAccessible(page, () => expect(page.locator('table.list tbody tr a').first()).toBeVisible(), 'programs')
})
