// What the console does with several people at once: roles, units, cards to print, end of access, with undo; and with all
// people that a filter selects.
import { readFileSync } from 'node:fs'
import { expect, test, type Page } from '@playwright/test'
import { createMember, expectAccessible, foundWorkspace, openConsole, row } from './console'
import { ask } from './support'

type Place = Awaited<ReturnType<typeof foundWorkspace>>

const select = async (page: Page, names: string[]) => {
  for (const name of names) await page.getByRole('checkbox', { name: `Select ${name}` }).check()
}
const bar = (page: Page) => page.getByRole('region', { name: 'Selected people' })
const act = async (page: Page, name: string) => {
  await bar(page).getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name, exact: true }).click()
}
const choose = async (page: Page, field: string, option: string | RegExp) => {
  await page.getByRole('dialog').getByRole('combobox', { name: field }).click()
  await page.getByRole('option', { name: option }).click()
}
const member = async (id: string, login: string) => (await ask(
  'query($id: ID!) { node(id: $id) { ... on Member { status accessExpiresAt orgUnit { id } roleAssignments { role { key } } } } }',
  { id }, login)).node
const roles = async (id: string, login: string) =>
  (await member(id, login)).roleAssignments.map(({ role }: { role: { key: string } }) => role.key).sort()

// countMutations counts the requests that change something by the name of their operation.
function countMutations(page: Page): Map<string, number> {
  const counts = new Map<string, number>()
  page.on('request', (request) => {
    const name = /mutation (\w+)/.exec(request.postData() ?? '')?.[1]
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1)
  })
  return counts
}

async function people(names: string[]): Promise<{ at: Place, ids: string[] }> {
  const at = await foundWorkspace()
  const ids: string[] = []
  for (const name of names) ids.push(await createMember(at, name))
  return { at, ids }
}

test('a role is given to several people in one request, and undone', async ({ page }) => {
  const { at, ids } = await people(['Ada', 'Ben'])
  await openConsole(page, `people?workspace=${at.slug}`, at.admin)
  await select(page, ['Ada Visitor', 'Ben Visitor'])
  await act(page, 'Give a role')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Give a role', exact: true }).click()
  await expect(dialog.getByRole('alert')).toContainText('Choose a role and where it is held')
  const sent = countMutations(page)
  await choose(page, 'Role', 'User administrator')
  await dialog.getByRole('radio', { name: 'In the whole workspace' }).check()
  await dialog.getByRole('button', { name: 'Give a role: 2 people' }).click()
  await expect(dialog).toHaveCount(0)
  expect(sent).toEqual(new Map([['ConsoleAddRoleToMembers', 1]]))
  expect(await roles(ids[0], at.admin)).toEqual(['learner', 'user_admin'])
  await expect(row(page, 'Ada Visitor')).toContainText('Learner +1')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Undone for 2 people')).toBeVisible()
  for (const id of ids) expect(await roles(id, at.admin)).toEqual(['learner'])
})

test('a role is taken where it is held; those who do not hold it are left', async ({ page }) => {
  const { at, ids } = await people(['Ada', 'Ben'])
  await ask('mutation($input: AddRoleToMemberInput!) { addRoleToMember(input: $input) { member { id } } }',
    { input: { memberId: ids[0], role: 'user_admin' } }, at.admin)
  await openConsole(page, `people?workspace=${at.slug}`, at.admin)
  await select(page, ['Ada Visitor', 'Ben Visitor'])
  await act(page, 'Take a role')
  await choose(page, 'Role and place', 'User administrator, whole workspace (1)')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('1 selected person is left')).toBeVisible()
  await dialog.getByRole('button', { name: 'Take a role: 1 person' }).click()
  await expect(dialog).toHaveCount(0)
  expect(await roles(ids[0], at.admin)).toEqual(['learner'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Undone for 1 person')).toBeVisible()
  expect(await roles(ids[0], at.admin)).toEqual(['learner', 'user_admin'])
})

test('cards are one file, for those without a mailbox; an end of access is undone', async ({ page }) => {
  const { at, ids: [ada] } = await people(['Ada', 'Ben'])
  await openConsole(page, `people?workspace=${at.slug}`, at.admin)
  await select(page, ['Amelia Hart'])
  await bar(page).getByRole('button', { name: 'More' }).click()
  await expect(page.getByRole('menuitem', { name: 'End of access' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Print cards' })).toHaveCount(0)
  await page.keyboard.press('Escape')

  await select(page, ['Ada Visitor', 'Ben Visitor'])
  await act(page, 'Print cards')
  const dialog = page.getByRole('dialog')
  const saved = page.waitForEvent('download')
  const sent = countMutations(page)
  await dialog.getByRole('button', { name: 'Print cards: 2 people' }).click()
  const file = readFileSync(await (await saved).path(), 'utf8')
  expect(file.match(/class="card"/g)).toHaveLength(2)
  expect(file.match(/class="a4"/g)).toHaveLength(1)
  await expect(dialog).toHaveCount(0)
  expect(sent.get('ConsoleIssueCards')).toBe(1)

  await select(page, ['Ada Visitor', 'Ben Visitor'])
  await act(page, 'End of access')
  await dialog.getByLabel('Last day of access').fill('2031-05-01')
  await dialog.getByRole('button', { name: 'End of access: 2 people' }).click()
  await expect(dialog).toHaveCount(0)
  expect((await member(ada, at.admin)).accessExpiresAt).toContain('2031-05-0')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Undone for 2 people')).toBeVisible()
  expect((await member(ada, at.admin)).accessExpiresAt).toBeNull()
})

test('people change their unit, and change back', async ({ page }) => {
  const { at, ids: [ada] } = await people(['Ada', 'Ben'])
  const { createOrgUnit: { orgUnit } } = await ask(
    'mutation($input: CreateOrgUnitInput!) { createOrgUnit(input: $input) { orgUnit { id } } }',
    { input: { workspaceId: at.id, name: 'Radiology' } }, at.admin)
  await openConsole(page, `people?workspace=${at.slug}`, at.admin)
  await select(page, ['Ada Visitor', 'Ben Visitor'])
  await act(page, 'Change unit')
  await choose(page, 'Unit', 'Radiology')
  await page.getByRole('button', { name: 'Change unit: 2 people' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect((await member(ada, at.admin)).orgUnit).toEqual({ id: orgUnit.id })
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Undone for 2 people')).toBeVisible()
  expect((await member(ada, at.admin)).orgUnit).toBeNull()
})

test('all people who match a search are deactivated, and have access again', async ({ page }) => {
  const { at, ids } = await people(['Ada', 'Ben', 'Cid'])
  await openConsole(page, `people?workspace=${at.slug}&q=Visitor`, at.admin)
  await select(page, ['Ada Visitor'])
  await bar(page).getByRole('button', { name: 'Select all 3 people who match' }).click()
  await expect(bar(page).getByRole('status')).toHaveText('3 selected')
  await bar(page).getByRole('button', { name: 'More' }).click()
  await expect(page.getByRole('menuitem', { name: 'Remove' })).toHaveCount(0) // the API removes by ids only
  await page.getByRole('menuitem', { name: 'Deactivate' }).click()
  const sent = countMutations(page)
  await page.getByRole('button', { name: 'Deactivate: 3 people' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(sent).toEqual(new Map([['ConsoleDeactivateMembers', 1]]))
  await expect(row(page, 'Cid Visitor')).toContainText('Deactivated')
  for (const id of ids) expect((await member(id, at.admin)).status).toBe('DEACTIVATED')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Undone for 3 people')).toBeVisible()
  for (const id of ids) expect((await member(id, at.admin)).status).toBe('ACTIVE')
})

test('whom an act is refused for stands in the dialog with the reason', async ({ page }) => {
  const { at, ids: [ada] } = await people(['Ada'])
  await openConsole(page, `people?workspace=${at.slug}`, at.admin)
  await select(page, ['Amelia Hart', 'Ada Visitor'])
  await act(page, 'Deactivate')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Deactivate: 2 people' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Done for 1, refused for 1.')
  await expect(dialog.getByRole('region', { name: 'Refused' })).toContainText('Amelia Hart')
  await expect(dialog.getByRole('region', { name: 'Refused' })).toContainText('administrator')
  expect((await member(ada, at.admin)).status).toBe('DEACTIVATED')
})

test('the bar and its fields are accessible and are used by keyboard', async ({ page }) => {
  const { at } = await people(['Ada', 'Ben'])
  await openConsole(page, `people?workspace=${at.slug}&q=Visitor`, at.admin)
  await page.getByRole('checkbox', { name: 'Select Ada Visitor' }).focus()
  await page.keyboard.press('Space')
  await bar(page).getByRole('button', { name: 'Select all 2 people who match' }).focus()
  await page.keyboard.press('Enter')
  await expect(bar(page).getByRole('status')).toHaveText('2 selected')
  await expectAccessible(page, async () => {
    if (await page.locator('.bulk').count() === 0) await page.locator('tbody input[type=checkbox]').first().check()
    await expect(page.locator('.bulk')).toBeVisible()
  }, 'console-bulk')
})
