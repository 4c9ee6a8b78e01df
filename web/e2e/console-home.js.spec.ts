// The console's home: first steps of a new workspace, what waits, and figures that lead to their lists.
import { expect, test } from '@playwright/test'
import { expectAccessible, foundWorkspace, openConsole } from './console'
import { academy, accept, ask, fresh, heading, invitation, mail, withdraw } from './support'

test('a new workspace is led from its first group to its first invitation', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `?workspace=${at.slug}`, at.admin)
  await expect(heading(page)).toHaveText('Home')
  const steps = page.getByRole('region', { name: 'First steps' })
  await expect(steps.locator('[aria-current=step]')).toContainText('Make a group')
  await steps.getByRole('link', { name: 'Make a group' }).click()
  await page.getByRole('button', { name: 'Create a group' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Class 1')
  await page.getByRole('dialog').getByRole('button', { name: 'Create a group' }).click()
  await expect(heading(page)).toHaveText('Class 1')

  // The dialog that is opened at a group has the group filled in; elsewhere it has not.
  await page.getByRole('main').getByRole('link', { name: 'Add people' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  await expect(dialog.getByText('Class 1', { exact: true })).toBeVisible()
  await dialog.getByLabel('Email addresses').fill(fresh('jane'))
  await dialog.getByLabel('Email addresses').press('Enter')
  await dialog.getByRole('button', { name: 'Send 1 invitation' }).click()
  await expect(dialog).toBeHidden()
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: /^Pending/ }).click()
  await expect(page.getByRole('link', { name: /^jane/ })).toBeVisible()

  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Home' }).click()
  await expect(steps.locator('[aria-current=step]')).toContainText('See who accepts')
  await page.getByRole('region', { name: 'Figures' }).getByRole('link', { name: /Invited, not answered/ }).click()
  await expect(page).toHaveURL(/invitations\?.*tab=pending/)

  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Home' }).click()
  await steps.getByRole('button', { name: 'Hide the first steps' }).click()
  await page.reload()
  await expect(heading(page)).toHaveText('Home')
  await expect(steps).toHaveCount(0)
})

test('what waits for a decision leads to where it is made', async ({ page }) => {
  const at = await foundWorkspace()
  await ask('mutation($input: InviteUsersInput!) { inviteUsers(input: $input) { invitedCount } }',
    { input: { workspaceId: at.id, emails: [fresh('ada')] } }, at.admin)
  await openConsole(page, `?workspace=${at.slug}`, at.admin)
  await expect(page.getByRole('region', { name: 'Waits for you' })).toContainText('Nothing waits for you.')
  await expect(page.getByRole('region', { name: 'Seats' })).toContainText('1 open invitation would take a seat')

  const { createImport } = await ask('mutation($input: CreateImportInput!) { createImport(input: $input) { import { id } } }',
    { input: { workspaceId: at.id, action: 'INVITE', content: { text: `Last name,First name,Email\nVisitor,Ben,${fresh('ben')}` } } }, at.admin)
  await expect.poll(async () => (await ask('query($id: ID!) { node(id: $id) { ... on Import { status } } }',
    { id: createImport.import.id }, at.admin)).node.status).toBe('PREVIEWED')
  await page.reload()
  await expect(page.getByRole('region', { name: 'Waits for you' })).toContainText('1 import is ready to start')
  await page.getByRole('link', { name: 'Look at it' }).click()
  await expect(heading(page)).toHaveText('Pasted list')
})

test('the invitations of a period are told from those before, and lead to the list under the same filter', async ({ page }) => {
  const at = await foundWorkspace()
  const emails = [fresh('ada'), fresh('ben'), fresh('cleo')]
  await ask('mutation($input: InviteUsersInput!) { inviteUsers(input: $input) { invitedCount } }',
    { input: { workspaceId: at.id, emails } }, at.admin)
  await accept((await mail(emails[0], '/invitations/')).link('invitations'), 'Ada', 'Visitor')
  await withdraw({ ...at, name: '' }, (await invitation(at, emails[1], 'id')).id)
  await openConsole(page, `?workspace=${at.slug}`, at.admin)
  const funnel = page.getByRole('region', { name: 'Invitations' })
  await expect(funnel.getByRole('link', { name: /^Invited/ })).toContainText('31 cancelled')
  await expect(funnel.getByRole('link', { name: /^Delivered/ })).toContainText('3100%')
  await expect(funnel.getByRole('link', { name: /^Accepted/ })).toContainText('133%')
  await funnel.getByRole('button', { name: '7 days' }).click()
  await expect(page).toHaveURL(/days=7/)
  await funnel.getByRole('link', { name: /^Accepted/ }).click()
  await expect(page).toHaveURL(/invitations\?.*days=7/)
  await expect(page.getByText('ada', { exact: false }).first()).toBeVisible()
})

test('an instructor has a home without what others decide', async ({ page }) => {
  await openConsole(page, '?workspace=brightwater', 'hannah.cole@brightwater.example')
  await expect(page.getByRole('region', { name: 'Figures' }).getByRole('link', { name: /People/ })).toBeVisible()
  await expect(page.getByRole('region', { name: /First steps|Waits for you|Seats/ })).toHaveCount(0)
})

test('the home screen is accessible in both languages and schemes, on a phone and on a desk', async ({ page }) => {
  await openConsole(page, '?workspace=brightwater', academy.admin)
  await expectAccessible(page, () => expect(page.locator('.figures a').first()).toBeVisible(), 'home')
})
