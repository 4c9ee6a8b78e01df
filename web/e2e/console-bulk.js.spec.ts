// What the console does with several people at once: a role given and taken back, cards to print, end of access with undo.
import { readFileSync } from 'node:fs'
import { expect, test, type Page } from '@playwright/test'
import { createMember, foundWorkspace, openConsole } from './console'
import { ask } from './support'

const select = async (page: Page, names: string[]) => {
  for (const name of names) await page.getByRole('checkbox', { name: `Select ${name} Visitor` }).check()
}
const act = async (page: Page, name: string) => {
  await page.getByRole('region', { name: 'Selected people' }).getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name, exact: true }).click()
}
const member = async (id: string, login: string) => (await ask(
  'query($id: ID!) { node(id: $id) { ... on Member { accessExpiresAt roleAssignments { role { key } } } } }', { id }, login)).node
const roles = async (id: string, login: string) =>
  (await member(id, login)).roleAssignments.map(({ role }: { role: { key: string } }) => role.key).sort()

test('a role is given to several people, and undone', async ({ page }) => {
  const at = await foundWorkspace()
  const [ada, ben] = [await createMember(at, 'Ada'), await createMember(at, 'Ben')]
  await openConsole(page, `people?workspace=${at.slug}`, at.admin)
  await select(page, ['Ada', 'Ben'])
  await act(page, 'Give a role')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Role' }).click()
  await page.getByRole('option', { name: 'User administrator' }).click()
  await dialog.getByRole('button', { name: 'Give a role: 2 people' }).click()
  await expect(dialog).toHaveCount(0)
  expect(await roles(ada, at.admin)).toEqual(['learner', 'user_admin'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Undone for 2 people')).toBeVisible()
  for (const id of [ada, ben]) expect(await roles(id, at.admin)).toEqual(['learner'])
})

test('cards of several people are one file; an end of access is undone', async ({ page }) => {
  const at = await foundWorkspace()
  const ada = await createMember(at, 'Ada')
  await createMember(at, 'Ben')
  await openConsole(page, `people?workspace=${at.slug}`, at.admin)
  await select(page, ['Ada', 'Ben'])
  await act(page, 'Issue cards')
  const dialog = page.getByRole('dialog')
  const saved = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Issue cards: 2 people' }).click()
  const file = readFileSync(await (await saved).path(), 'utf8')
  expect(file.match(/<main>/g)).toHaveLength(2)
  await expect(dialog).toHaveCount(0)

  await select(page, ['Ada', 'Ben'])
  await act(page, 'End of access')
  await dialog.getByLabel('Last day of access').fill('2031-05-01')
  await dialog.getByRole('button', { name: 'End of access: 2 people' }).click()
  await expect(dialog).toHaveCount(0)
  expect((await member(ada, at.admin)).accessExpiresAt).toContain('2031-05-0')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Undone for 2 people')).toBeVisible()
  expect((await member(ada, at.admin)).accessExpiresAt).toBeNull()
})
