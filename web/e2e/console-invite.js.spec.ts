// The console's dialog that invites people, against the real server.
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { createMember, foundWorkspace, openConsole } from './console'
import { academy, fresh, invitation, mail, password } from './support'

test('an administrator pastes a list: good entries are invited, a bad one stays with its reason', async ({ page }) => {
  const [ada, jane] = [fresh('ada'), fresh('jane')]
  await page.goto('/console/people?dialog=invite')
  await page.getByLabel('Email address or username').fill(academy.admin)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  const field = dialog.getByLabel('Email addresses')

  await field.fill(`Ada Lovelace <${ada}>, ${jane}; broken@`)
  await field.press('Enter')
  await expect(dialog.getByRole('button', { name: 'Send 2 invitations' })).toBeVisible()
  await expect(dialog.getByRole('complementary', { name: 'What will happen' })).toContainText('broken@ –')

  // A look at the other tab loses nothing.
  await dialog.getByRole('link', { name: 'Create' }).click()
  await dialog.getByLabel('First name').fill('Ines')
  await dialog.getByRole('link', { name: 'Invite' }).click()
  await expect(dialog.getByRole('button', { name: `Remove Ada Lovelace <${ada}>` })).toBeVisible()

  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].target}`)).toEqual([])

  await dialog.getByRole('button', { name: 'Send 2 invitations' }).click()
  await expect(page.getByText('2 invitations sent')).toBeVisible()
  await expect(dialog.getByRole('alert')).toHaveText('1 entry stays in the list. Its reason is beside it.')
  await expect(dialog.getByRole('button', { name: /^Remove / })).toHaveAccessibleName('Remove broken@')
  expect(await invitation(academy, jane)).toEqual({ status: 'PENDING' })
  await mail(ada, '/invitations/')

  // Corrected in place, it goes too, and the dialog closes because nothing is left.
  await dialog.getByRole('button', { name: 'Correct broken@' }).click()
  await expect(field).toHaveValue('broken@')
  await field.fill(fresh('mended'))
  await field.press('Enter')
  await dialog.getByRole('button', { name: 'Send 1 invitation' }).click()
  await expect(dialog).toBeHidden()
})

test('groups are chosen in the tree, by keyboard too', async ({ page }) => {
  await openConsole(page, `people?workspace=${academy.slug}&dialog=invite`, academy.admin)
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  await dialog.getByText('Browse the tree').first().click()
  const tree = dialog.getByRole('tree', { name: 'Groups' })
  await tree.getByRole('treeitem').first().press('ArrowRight') // a group with others below it opens
  const group = tree.getByRole('treeitem', { name: 'Engineering' })
  await group.press('Enter')
  await expect(group).toHaveAccessibleName(/chosen/)
  await group.press('Enter')
  await expect(group).not.toHaveAccessibleName(/chosen/)
})

test('a misspelt address is corrected by one press, and other doubts are told', async ({ page }) => {
  const at = await foundWorkspace()
  await createMember(at, 'Nora') // Nora Visitor, without an address
  await openConsole(page, `people?workspace=${at.slug}&dialog=invite`, at.admin)
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  const field = dialog.getByLabel('Email addresses')
  const name = fresh('ann').split('@')[0]
  const real = fresh('ben')
  await field.fill(`Ann Lee <${name}@gmial.com>; ${real}; ${real.replace('@', '+work@')}; Nora Visitor <${fresh('nora')}>`)
  await field.press('Enter')
  const plan = dialog.getByRole('complementary', { name: 'What will happen' })
  await expect(plan).toContainText('1 address is probably misspelt')
  await expect(plan).toContainText('in the list with another one')
  await expect(plan).toContainText('1 has the name of a member with another address')
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].target}`)).toEqual([])
  await plan.getByRole('button', { name: `Use ${name}@gmail.com` }).press('Enter')
  await expect(dialog.getByRole('button', { name: `Correct Ann Lee <${name}@gmail.com>` })).toBeVisible()
  await expect(plan).not.toContainText('misspelt')
})
