// What the columns of an import hold: unknown ones are asked about, the choice is remembered, and the options of an import.
import { expect, test, type Page } from '@playwright/test'
import { expectAccessible, foundWorkspace, openConsole, row } from './console'
import { openColumns } from './console-states'
import { academy, fresh, heading, mail, workspace } from './support'

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Add people' })
const file = (name: string, ...lines: string[]) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })

test('unknown columns are chosen by keyboard, the people invited, and the next list of this kind goes straight through', async ({ page }) => {
  const at = await foundWorkspace()
  const [ada, ben, cyd] = ['ada', 'ben', 'cyd'].map(fresh)
  await openConsole(page, `people?workspace=${at.slug}&dialog=import`, at.admin)
  const dialog = dialogOf(page)
  const choose = dialog.getByLabel('File', { exact: true })
  await choose.setInputFiles(file('xodimlar.csv', 'Pochta,Ismi,Izoh', `${ada},Ada Lee,x`, `${ben},Ben Ray,y`))
  await expect(dialog.getByRole('status')).toHaveText('3 columns are not recognized: Pochta, Ismi and Izoh. Next you say what they hold.')
  await dialog.getByText('Message, expiry and emails').click()
  await dialog.getByLabel('Message', { exact: true }).fill('Welcome aboard!')
  await dialog.getByRole('button', { name: 'Choose columns' }).press('Enter')

  // The question has the focus; the address is suggested, and taken for the other columns.
  await expect(dialog.getByRole('heading', { name: 'What do the columns hold?' })).toBeFocused()
  const [address, name, remark] = ['Pochta (column A) holds', 'Ismi (column B) holds', 'Izoh (column C) holds']
    .map((label) => dialog.getByRole('combobox', { name: label }))
  await expect(address).toHaveValue('email')
  await expect(address).toHaveAccessibleDescription('A guess: please check')
  await expect(remark).toHaveValue('')
  await expect(name.locator('option', { hasText: 'Email address – column A' })).toBeDisabled()
  await page.keyboard.press('Tab')
  await expect(address).toBeFocused()
  await page.keyboard.press('Home') // leave out
  await expect(dialog.getByRole('status')).toHaveText('0 of 3 columns are imported.')
  await dialog.getByRole('button', { name: 'Preview' }).press('Enter')
  const alert = dialog.getByRole('alert')
  await expect(alert).toBeFocused()
  await alert.getByRole('link', { name: 'Say which column holds the email address, the username or the name' }).press('Enter')
  await expect(address).toBeFocused()
  await page.keyboard.type('Email')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Full')
  await expect(dialog.getByText('A guess: please check')).toHaveCount(0)

  // Back loses nothing.
  await dialog.getByRole('button', { name: 'Back' }).press('Enter')
  await expect(dialog.getByRole('status')).toBeFocused()
  await dialog.getByRole('button', { name: 'Choose columns' }).press('Enter')
  await expect(name).toHaveValue('fullName')
  await dialog.getByRole('button', { name: 'Preview' }).press('Enter')

  await expect(heading(page)).toHaveText('xodimlar.csv')
  await expect(page.getByText('With the message: “Welcome aboard!”')).toBeVisible()
  await page.getByText('How the file was read').click()
  await expect(page.locator('.facts')).toContainText('Columns left outIzoh')
  await expect(page.locator('.facts')).toContainText('Pochta (Email address), Ismi (Full name)')
  await page.getByRole('button', { name: 'Import 2 people, send 2 emails' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Import 2 people, send 2 emails' }).click()
  await expect(page.getByText('Completed', { exact: true })).toBeVisible({ timeout: 60_000 })
  expect((await mail(ada, '/invitations/')).text).toContain('Welcome aboard!')

  await page.getByRole('button', { name: 'Add people' }).or(page.getByRole('link', { name: 'Add people' })).first().click()
  await dialog.getByRole('link', { name: 'Import' }).click()
  await choose.setInputFiles(file('fevral.csv', 'Pochta,Ismi,Izoh', `${cyd},Cyd Roe,z`))
  await expect(dialog.getByRole('status')).toHaveText('Read: UTF-8, headings in row 1. Left out: Izoh.')
  await dialog.getByText('Message, expiry and emails').click()
  await dialog.getByLabel('Send no emails').check()
  await expect(dialog.getByLabel('Message', { exact: true })).toHaveCount(0)
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(heading(page)).toHaveText('fevral.csv')
  await expect(page.getByText('The columns are read as you chose')).toBeVisible()
  await expect(row(page, cyd)).toContainText('Invitation')
  await page.getByRole('button', { name: 'Import 1 person' }).click()
  await expect(page.getByRole('dialog')).toContainText('No email will be sent.')
  await page.getByRole('dialog').getByRole('button', { name: 'Import 1 person' }).click()
  await expect(page.getByText('Completed', { exact: true })).toBeVisible({ timeout: 60_000 })
  const { invitations } = await workspace(at, `invitations(filter: { search: "${cyd}" }) { edges { node { email deliveryStatus } } }`)
  expect(invitations.edges.map(({ node }: { node: object }) => node)).toEqual([{ email: cyd, deliveryStatus: 'NOT_SENT' }])
})

test('a list without headings is read as it is chosen, and a known list may be chosen again', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `people?workspace=${at.slug}&dialog=import`, at.admin)
  const dialog = dialogOf(page)
  const [ada, ben] = ['ada', 'ben'].map(fresh)
  await dialog.getByLabel('Or paste a list').fill(`${ada}\tAda\tLee\n${ben}\tBen\tRay`)
  await expect(dialog.getByRole('status')).toHaveText('No headings are recognized. Next you say what the columns hold.')
  await dialog.getByRole('button', { name: 'Choose columns' }).click()
  await expect(dialog.getByRole('combobox', { name: 'Column A holds' })).toHaveValue('email')
  await dialog.getByRole('combobox', { name: 'Column B holds' }).selectOption('First name')
  await dialog.getByRole('combobox', { name: 'Column C holds' }).selectOption('Last name')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(row(page, ada)).toContainText('Ada Lee')
  await expect(page.getByRole('button', { name: 'Import 2 people, send 2 emails' })).toBeVisible()

  await page.goto(`/console/people?workspace=${at.slug}&dialog=import`)
  await dialog.getByLabel('Or paste a list').fill(`Email,Last name,First name\n${ada},Ada,Lee`)
  await dialog.getByRole('button', { name: 'Choose what the columns hold' }).click()
  await dialog.getByRole('combobox', { name: 'Last name (column B) holds' }).selectOption('')
  await dialog.getByRole('combobox', { name: 'First name (column C) holds' }).selectOption('lastName')
  await dialog.getByRole('combobox', { name: 'Last name (column B) holds' }).selectOption('firstName')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(row(page, ada)).toContainText('Ada Lee')
})

test('the question what the columns hold is accessible in both languages', async ({ page }) => {
  await openConsole(page, '', academy.admin)
  await openColumns(page)
  await expectAccessible(page, async () => {
    if (await page.locator('.columns').count() === 0) await openColumns(page)
    await page.locator('.columns').first().waitFor()
  }, 'columns')
})
