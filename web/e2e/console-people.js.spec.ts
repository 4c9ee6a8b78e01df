// The console's people: sign-in, list, search, filters, the page of one person, a bulk action, and what lesser roles see.
import { expect, test } from '@playwright/test'
import { createMember, foundWorkspace, openConsole, row } from './console'
import { academy, ask, heading } from './support'

test('an administrator signs in, searches, filters and opens a person', async ({ page }) => {
  await openConsole(page, 'people?workspace=brightwater', academy.admin)
  await expect(heading(page)).toHaveText('People')
  await expect(row(page, 'Hannah Cole')).toHaveCount(1)

  await page.getByRole('searchbox', { name: 'Search people' }).fill('Hannah')
  await expect(row(page, 'Amelia Hart')).toHaveCount(0)
  await expect(row(page, 'Hannah Cole')).toHaveCount(1)
  await expect(page).toHaveURL(/[?&]q=Hannah/)

  await page.getByRole('button', { name: 'Add filter' }).click()
  await page.getByRole('combobox', { name: 'Status' }).click()
  await page.getByRole('option', { name: 'Deactivated' }).click()
  await expect(page).toHaveURL(/[?&]status=DEACTIVATED/)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('No one matches “Hannah”')
  await page.getByRole('button', { name: 'Remove filter Status' }).click()
  await expect(page).not.toHaveURL(/status=/)

  await row(page, 'Hannah Cole').getByRole('link').click()
  await expect(heading(page)).toHaveText('Hannah Cole')
  await expect(page.getByRole('region', { name: 'Roles' })).toContainText('Second cohort')
  await expect(page.getByRole('region', { name: 'History' }).getByRole('listitem').first()).toBeVisible()
  const profile = page.url()
  await page.goBack()
  await expect(page.getByRole('searchbox')).toHaveValue('Hannah') // the address keeps the search
  await page.goto(profile) // a deep link
  await expect(heading(page)).toHaveText('Hannah Cole')
})

test('several people are deactivated at once', async ({ page }) => {
  const at = await foundWorkspace()
  const chosen = [await createMember(at, 'Ada'), await createMember(at, 'Ben')]
  await createMember(at, 'Cleo')
  await openConsole(page, `people?workspace=${at.slug}`, at.admin)
  for (const name of ['Ada', 'Ben']) await page.getByRole('checkbox', { name: `Select ${name} Visitor` }).check()
  const bar = page.getByRole('region', { name: 'Selected people' })
  await expect(bar).toContainText('2 selected')
  await bar.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Deactivate', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate: 2 people' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  for (const name of ['Ada', 'Ben']) await expect(row(page, name)).toContainText('Deactivated')
  await expect(row(page, 'Cleo')).toContainText('Active')
  await expect(bar).toHaveCount(0)
  for (const id of chosen) {
    const { node } = await ask('query($id: ID!) { node(id: $id) { ... on Member { status } } }', { id }, at.admin)
    expect(node.status).toBe('DEACTIVATED')
  }
})

test('an instructor sees the people of the session and is offered no change', async ({ page }) => {
  await openConsole(page, 'people?workspace=brightwater', 'hannah.cole@brightwater.example')
  await expect(row(page, 'Noah Fischer')).toHaveCount(1)
  await expect(row(page, 'Tom Becker')).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Actions for/ })).toHaveCount(0)
  await expect(page.getByRole('checkbox', { name: /^Select/ })).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Add people' })).toHaveCount(0)

  await row(page, 'Noah Fischer').getByRole('link').click()
  await expect(heading(page)).toHaveText('Noah Fischer')
  await expect(page.getByRole('button', { name: /Deactivate|Remove|Erase|Issue a card/ })).toHaveCount(0)
})

test('a learner is told that the console is for administrators', async ({ page }) => {
  await openConsole(page, '', 'noah.fischer@brightwater.example')
  await expect(heading(page)).toHaveText('The console is for administrators')
})
