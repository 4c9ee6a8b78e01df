// The console's org units: the tree, and where people go when a unit is deleted.
import { expect, test } from '@playwright/test'
import { createMember, expectAccessible, foundWorkspace, openConsole, row } from './console'
import { academy, ask, heading } from './support'

test('units are created, renamed, moved and deleted, and the people of a unit go to the one above', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `units?workspace=${at.slug}`, at.admin)
  const dialog = page.getByRole('dialog')
  const node = (name: string) => page.getByRole('treeitem', { name: new RegExp(`^${name}`) })
  const choose = async (unit: string, item: string) => {
    await page.getByRole('button', { name: `Actions for ${unit}` }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  for (const name of ['North', 'South']) {
    await page.getByRole('button', { name: 'Create a unit' }).click()
    await dialog.getByLabel('Name').fill(name)
    await dialog.getByRole('button', { name: 'Create a unit' }).click()
    await expect(heading(page)).toHaveText(name)
  }
  await choose('South', 'Create a unit below')
  await dialog.getByLabel('Name').fill('Ward')
  await dialog.getByRole('button', { name: 'Create a unit' }).click()
  await expect(node('Ward')).toHaveAttribute('aria-level', '2')
  await choose('Ward', 'Move')
  await dialog.getByRole('combobox', { name: 'Lies in' }).click()
  await page.getByRole('option', { name: 'North' }).click()
  await dialog.getByRole('button', { name: 'Move' }).click()
  await expect(dialog).toHaveCount(0)
  await choose('Ward', 'Rename')
  await dialog.getByLabel('Name').fill('Ward 7')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(heading(page)).toHaveText('Ward 7')

  const memberId = await createMember(at, 'Ada')
  const orgUnitId = page.url().match(/units\/([^?]+)/)?.[1]
  await ask('mutation($input: UpdateMemberInput!) { updateMember(input: $input) { member { id } } }',
    { input: { memberId, grant: { orgUnitId } } }, at.admin)
  await page.reload()
  await expect(row(page, 'Ada Visitor')).toHaveCount(1)

  // People of the unit are taken out of it together, and put back.
  await page.getByRole('checkbox', { name: 'Select Ada Visitor' }).check()
  await page.getByRole('region', { name: 'Selected people' }).getByRole('button', { name: 'Remove from the unit' }).click()
  await expect(dialog).toContainText('They stay in the workspace')
  await dialog.getByRole('button', { name: 'Remove from the unit' }).click()
  await expect(row(page, 'Ada Visitor')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page, 'Ada Visitor')).toHaveCount(1)
  await choose('Ward 7', 'Delete')
  await expect(dialog).toContainText('1 person moves to North.')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByRole('treeitem')).toHaveCount(2)
  await node('North').click()
  await expect(row(page, 'Ada Visitor')).toHaveCount(1)
})

test('units are accessible in both languages and schemes, on a phone and on a desk', async ({ page }) => {
  await openConsole(page, 'units?workspace=brightwater', academy.admin)
  await page.getByRole('treeitem').first().click()
  await expectAccessible(page, () => expect(page.getByRole('navigation', { name: /Views|Vues|Affich/ })).toBeVisible(), 'unit')
})
