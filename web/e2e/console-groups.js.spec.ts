// The console's groups: tree, people, and what a change does to those who inherit.
import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { createMember, expectAccessible, foundWorkspace, openConsole, row } from './console'
import { academy, ask, fresh, heading } from './support'

// groupIn makes a group and returns its id.
async function groupIn(at: { id: string, admin: string }, name: string, visibility: string, parentId?: string): Promise<string> {
  const { createGroup } = await ask(
    'mutation($input: CreateGroupInput!) { createGroup(input: $input) { group { id } } }',
    { input: { workspaceId: at.id, name, visibility, parentId } }, at.admin,
  )
  return createGroup.group.id
}

test('groups are created, opened, moved and deleted, and each step says who inherits what', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `groups?workspace=${at.slug}`, at.admin)
  await page.getByRole('button', { name: 'Create a group' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Evening classes')
  await dialog.getByRole('radio', { name: 'Private' }).check()
  await dialog.getByRole('button', { name: 'Create a group' }).click()
  await expect(heading(page)).toHaveText('Evening classes')

  // A public group below a private one passes its learners up to it.
  const menu = (name: string) => page.getByRole('button', { name: `Actions for ${name}` })
  await menu('Evening classes').click()
  await page.getByRole('menuitem', { name: 'Create a group below' }).click()
  await dialog.getByLabel('Name').fill('Bookkeeping')
  await expect(dialog).toContainText('Its learners also become learners of Evening classes.')
  await dialog.getByRole('button', { name: 'Create a group' }).click()
  await expect(heading(page)).toHaveText('Bookkeeping')
  const node = (name: string) => page.getByRole('treeitem', { name: new RegExp(`^${name}`) })
  await expect(node('Bookkeeping')).toHaveAttribute('aria-level', '2')
  await expect(node('Bookkeeping')).toHaveAttribute('aria-selected', 'true')

  await page.getByRole('link', { name: 'Access' }).click()
  await expect(page.getByRole('region', { name: 'Who gets what' })).toContainText('Its learners also belong toEvening classes')
  await menu('Bookkeeping').click()
  await page.getByRole('menuitem', { name: 'Rename and access' }).click()
  await dialog.getByRole('radio', { name: 'Private' }).check()
  await expect(dialog).toContainText('Its learners leave Evening classes')
  await dialog.getByLabel('Name').fill('Bookkeeping, level 1')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(heading(page)).toHaveText('Bookkeeping, level 1')
  await expect(page.getByRole('region', { name: 'Who gets what' })).toContainText('Its learners belong to no other group')

  // A group that holds another one cannot go; the one that moved to the top can.
  await node('Evening classes').click()
  await menu('Evening classes').click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(dialog).toContainText('It holds 1 group. Move or delete it first')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await node('Bookkeeping').click()
  await menu('Bookkeeping, level 1').click()
  await page.getByRole('menuitem', { name: 'Move' }).click()
  await dialog.getByRole('combobox', { name: 'Lies in' }).click()
  await page.getByRole('option', { name: 'The top: in no group' }).click()
  await dialog.getByRole('button', { name: 'Move' }).click()
  await expect(node('Bookkeeping')).toHaveAttribute('aria-level', '1')
  await menu('Bookkeeping, level 1').click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(dialog).toContainText('Nobody is in this group.')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await expect(heading(page)).toHaveText('Groups')
  await expect(page.getByRole('treeitem')).toHaveCount(1)
})

test('the people of a group get cards as one file, and those whom an email reaches are named', async ({ page }) => {
  const at = await foundWorkspace()
  const group = await groupIn(at, 'Class 5b', 'PRIVATE')
  const memberIds: string[] = []
  for (const first of ['Ada', 'Ben']) memberIds.push(await createMember(at, first))
  const { createUser } = await ask(
    'mutation($input: CreateUserInput!) { createUser(input: $input) { member { id } } }',
    { input: { workspaceId: at.id, firstName: 'Cid', lastName: 'Reached', email: fresh('cid'), sendCredentials: true } }, at.admin,
  )
  memberIds.push(createUser.member.id)
  await ask('mutation($input: AddToGroupInput!) { addToGroup(input: $input) { group { id } } }', { input: { groupId: group, memberIds } }, at.admin)
  await openConsole(page, `groups/${group}?workspace=${at.slug}`, at.admin)
  await page.getByRole('button', { name: 'Actions for Class 5b' }).click()
  await page.getByRole('menuitem', { name: 'Print cards' }).click()
  const dialog = page.getByRole('dialog', { name: 'Print cards' })
  await expect(dialog).toContainText('Former cards stop working.')
  const saved = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Print cards' }).click()
  const file = readFileSync(await (await saved).path(), 'utf8')
  expect(file.match(/class="card"/g)).toHaveLength(2)
  await expect(dialog.getByRole('alert')).toContainText('Done for 2, refused for 1.')
  await expect(dialog.getByRole('region', { name: 'Refused' })).toContainText('Cid Reached')
})

test('people of a group are found and removed; who is pending stands beside them', async ({ page }) => {
  const at = await foundWorkspace()
  const school = await groupIn(at, 'School', 'PRIVATE')
  const class1 = await groupIn(at, 'Class 1', 'PUBLIC', school)
  const memberIds = [await createMember(at, 'Ada'), await createMember(at, 'Ben')]
  await ask('mutation($input: AddToGroupInput!) { addToGroup(input: $input) { invitedCount } }',
    { input: { groupId: class1, memberIds, emails: ['cleo@visitor.example'] } }, at.admin)

  await openConsole(page, `groups/${class1}?workspace=${at.slug}`, at.admin)
  await expect(row(page, 'Ada Visitor')).toContainText('Learner')
  const tabs = page.getByRole('navigation', { name: 'Views' })
  await expect(tabs.getByRole('link', { name: 'People' })).toContainText('2')
  await tabs.getByRole('link', { name: 'Pending' }).click()
  await expect(tabs.getByRole('link', { name: 'Pending' })).toHaveAttribute('aria-current', 'page')
  await expect(tabs.getByRole('link', { name: 'People' })).not.toHaveAttribute('aria-current')
  await expect(row(page, 'cleo@visitor.example')).toHaveCount(1)

  // The keyboard goes through the tree: one step up to the parent, which inherits the learners.
  await page.getByRole('treeitem', { name: /^Class 1/ }).focus()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await expect(heading(page)).toHaveText('School')
  await expect(row(page, 'Ada Visitor')).toContainText('inherited from a group below')
  await expect(page.getByRole('button', { name: 'Actions for Ada Visitor' })).toHaveCount(0)

  await page.getByRole('treeitem', { name: /^Class 1/ }).click()
  await page.getByRole('button', { name: 'Actions for Ada Visitor' }).click()
  await page.getByRole('menuitem', { name: 'Remove from the group' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove from the group' }).click()
  await expect(row(page, 'Ada Visitor')).toHaveCount(0)
  await expect(row(page, 'Ben Visitor')).toHaveCount(1)
  await expect(page.getByRole('treeitem', { name: /^School/ })).toContainText('1')
})

test('a tree of very many groups loads level by level, and shows where a group of a link lies', async ({ page }) => {
  const at = await foundWorkspace()
  const school = await groupIn(at, 'School', 'PRIVATE')
  const year = await groupIn(at, 'Year 1', 'PUBLIC', school)
  const class1 = await groupIn(at, 'Class 1A', 'PUBLIC', year)
  await groupIn(at, 'Year 2', 'PUBLIC', school)
  await groupIn(at, 'Office', 'PUBLIC')
  // The console is told that there are more than it fetches together; the levels come from the server.
  const levels: unknown[] = []
  await page.route('**/graphql', async (route) => {
    const { query, variables } = route.request().postDataJSON() as { query?: string, variables?: { filter?: unknown, withTotal?: boolean } }
    if (!query?.includes('ConsoleGroups(')) return route.continue()
    levels.push(variables?.filter)
    const response = await route.fetch()
    const json = await response.json()
    if (variables?.withTotal) json.data.workspace.groups.totalCount = 5_000
    return route.fulfill({ response, json })
  })
  await openConsole(page, `groups?workspace=${at.slug}`, at.admin)
  const names = page.getByRole('treeitem').locator('.name')
  await expect(names).toHaveText(['Office', 'School'])
  await page.getByRole('treeitem', { name: /^School/ }).press('ArrowRight')
  await expect(names).toHaveText(['Office', 'School', 'Year 1', 'Year 2'])
  await expect(page.getByRole('treeitem', { name: /^Year 2/ })).not.toHaveAttribute('aria-expanded')
  expect(levels).toEqual([{}, { isRoot: true }, { parentId: school }])

  await page.goto(`/console/groups/${class1}?workspace=${at.slug}`)
  await expect(page.getByRole('treeitem', { name: /^Class 1A/ })).toHaveAttribute('aria-level', '3')
  await expect(names).toHaveText(['Office', 'School', 'Year 1', 'Class 1A', 'Year 2'])
  await page.getByRole('link', { name: 'Access' }).click()
  await expect(page.getByRole('region', { name: 'Who gets what' })).toContainText('Its learners also belong toYear 1, School')
})

test('a coach sees people of groups and is offered no change of them', async ({ page }) => {
  await openConsole(page, 'groups?workspace=brightwater', 'hannah.cole@brightwater.example')
  await expect(page.getByRole('main')).toContainText(/no group that you may see|Choose a group/)
  await expect(page.getByRole('button', { name: 'Create a group' })).toHaveCount(0)
})

test('groups are accessible in both languages and schemes, on a phone and on a desk', async ({ page }) => {
  await openConsole(page, 'groups?workspace=brightwater', academy.admin)
  await expectAccessible(page, () => expect(page.getByRole('treeitem').first()).toBeVisible(), 'groups')
  const first = page.getByRole('treeitem').first()
  await first.click()
  await expectAccessible(page, () => expect(page.locator('table.list tbody tr a').first()).toBeVisible(), 'group')

  // On a phone the details take the place of the tree, and the title has the focus.
  await page.setViewportSize({ width: 320, height: 800 })
  await page.getByRole('link', { name: 'All groups' }).click()
  await expect(first).toBeVisible()
  await first.click()
  await expect(first).toBeHidden()
  await expect(heading(page)).toBeFocused()
})
