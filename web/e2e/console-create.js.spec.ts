// The console's dialog that creates accounts, and that a dialog closed by mistake loses nothing.
import { expect, test } from '@playwright/test'
import { foundWorkspace, openConsole, row } from './console'
import { ask, fresh, mail, password } from './support'

test('accounts are created: by email, with a card, with a typed password', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `people?workspace=${at.slug}&dialog=create`, at.admin)
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  const name = async (first: string) => {
    await dialog.getByLabel('First name').fill(first)
    await dialog.getByLabel('Last name').fill('Visitor')
  }
  const create = dialog.getByRole('button', { name: 'Create the account' })

  // A press without a name says what is missing.
  await create.click()
  await expect(dialog.getByRole('alert')).toBeFocused()

  const email = fresh('emil')
  await name('Emil')
  await dialog.getByLabel('Email address').fill(email)
  await create.click()
  await expect(page.getByText('Emil Visitor is a member now')).toBeVisible()
  await mail(email, 'Your account at')
  await expect(dialog.getByLabel('First name')).toHaveValue('')

  await name('Carla')
  await dialog.getByLabel('Username').fill(fresh('carla').split('@')[0])
  await dialog.getByLabel('I print a card with a code').check()
  await create.click()
  await expect(dialog.getByText(/^\d{4} \d{4}$/)).toBeVisible()
  await expect(dialog.getByText(/^[B-Z2-9]{5}-[B-Z2-9]{5}$/)).toBeVisible()
  await page.keyboard.press('Escape') // the card cannot be read again: it is there when the dialog opens again
  await page.getByRole('link', { name: 'Add people' }).click()
  await dialog.getByRole('link', { name: 'Create' }).click()
  await expect(dialog.getByText(/^\d{4} \d{4}$/)).toBeVisible()

  const login = fresh('paul').split('@')[0]
  await name('Paul')
  await dialog.getByLabel('Username').fill(login)
  await dialog.getByLabel('I set a password').check()
  await dialog.getByLabel('Password', { exact: true }).fill(password)
  await create.click()
  await expect(page.getByText('Paul Visitor is a member now')).toBeVisible()
  const { signIn } = await ask(
    'mutation($input: SignInInput!) { signIn(input: $input) { auth { mustChangePassword } } }',
    { input: { login, password, workspace: at.slug, tokenDelivery: 'BODY' } },
  )
  expect(signIn.auth.mustChangePassword).toBe(false)

  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  for (const first of ['Emil', 'Carla', 'Paul']) await expect(row(page, `${first} Visitor`)).toHaveCount(1)
})

test('letters typed in the middle of a name stay there', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `people?workspace=${at.slug}&dialog=create`, at.admin)
  const field = page.getByRole('dialog', { name: 'Add people' }).getByLabel('First name')
  await field.fill('Aa')
  await field.press('ArrowLeft')
  await field.pressSequentially('nn')
  await expect(field).toHaveValue('Anna')
})

test('Escape closes the dialog and loses no typed address; no message covers the button', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `people?workspace=${at.slug}&dialog=invite`, at.admin)
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  const [first, second] = [fresh('ada'), fresh('ben')]
  await dialog.getByLabel('Email addresses').fill(first)
  await dialog.getByLabel('Email addresses').press('Enter')
  await dialog.getByLabel('Email addresses').fill(second)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(page.getByText('What you typed is kept')).toBeVisible()

  await page.getByRole('link', { name: 'Add people' }).click()
  await expect(dialog.getByRole('button', { name: `Remove ${first}` })).toBeVisible()
  await dialog.getByLabel('Email addresses').press('Enter')
  const send = dialog.getByRole('button', { name: 'Send 2 invitations' })
  await send.click({ trial: true }) // fails while something lies over it
  await send.click()
  await expect(dialog).toBeHidden()
  await page.getByRole('link', { name: 'Add people' }).click()
  await expect(dialog.getByRole('button', { name: /^Remove / })).toHaveCount(0)
})

test('a misspelt address of a new account is corrected by one press', async ({ page }) => {
  const at = await foundWorkspace()
  await openConsole(page, `people?workspace=${at.slug}&dialog=create`, at.admin)
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  await dialog.getByLabel('First name').fill('Emil')
  await dialog.getByLabel('Last name').fill('Visitor')
  await dialog.getByLabel('Email address').fill('emil.visitor@hotmial.com')
  await dialog.getByRole('button', { name: 'Use emil.visitor@hotmail.com' }).click()
  await expect(dialog.getByLabel('Email address')).toHaveValue('emil.visitor@hotmail.com')
  await expect(dialog.getByText('1 address is probably misspelt')).toHaveCount(0)
})
