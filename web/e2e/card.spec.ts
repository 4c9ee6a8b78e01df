// Coming in without a mailbox: a card on paper, its PIN, a password, and the next sign-in by username.
import { expect, test } from '@playwright/test'
import { academy, ask, carded, france, guess, heading, issued, password, type Workspace } from './support'

test('a printed card leads to a password, and the username to the next sign-in', async ({ page }) => {
  const card = await carded(academy, 'ines')
  await page.goto(card.url)
  await expect(heading(page)).toHaveText(`Choose your password for ${academy.name}`)
  await expect(page.getByLabel('Username')).toHaveValue(card.username)
  await expect(page.getByLabel('PIN of your card')).toHaveAttribute('inputmode', 'numeric') // a phone shows digits
  await page.getByLabel('PIN of your card').fill(guess(card))
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Set the password and sign in' }).click()
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByRole('alert')).toContainText('You have 4 tries left.')
  await page.getByLabel('PIN of your card').fill(card.pin.replace(' ', ''))
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Set the password and sign in' }).click()

  await expect(heading(page)).toHaveText(`Your password is set: welcome to ${academy.name}`)
  await expect(page.getByText(`the username ${card.username}. Your workspace is ${academy.slug}`)).toBeVisible()
  await page.reload()
  await expect(heading(page)).toContainText('Your password is set') // and nothing is sent twice
  await page.getByRole('link', { name: 'Go to the home page' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()

  await page.goto(card.url)
  await expect(page.getByText('This card has been used')).toBeVisible()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Email address or username').fill(card.username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(heading(page)).toHaveText('Hello Ines')
})

test('a new card takes the place of a lost one', async ({ page }) => {
  const lost = await carded(academy, 'lost')
  const { url, pin } = await issued(academy, lost.member)
  await page.goto(lost.url)
  await expect(page.getByText('A newer card was issued')).toBeVisible()
  await page.goto(url)
  await page.getByLabel('PIN of your card').fill(pin)
  await page.getByLabel('Choose a password').fill(password)
  await page.keyboard.press('Enter')
  await expect(heading(page)).toContainText('Your password is set')
})

test('the code on a card leads where its QR code does, however it is typed', async ({ page }) => {
  const card = await carded(academy, 'code')
  await page.goto(`/card?workspace=${academy.slug}`)
  await expect(heading(page)).toHaveText('Use your card')
  await expect(page.getByText(academy.name).first()).toBeVisible() // the brand of the workspace
  const code = page.getByLabel('Code on your card')
  await expect(code).toHaveAttribute('autocapitalize', 'characters')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByRole('alert')).toContainText('Enter the code on your card.')
  await code.fill('BCDFG-HJKMN')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByRole('alert')).toContainText('No card has this code.')
  await expect(code).toHaveValue('BCDFG-HJKMN') // to be compared with the card
  await code.fill(card.code.toLowerCase().replace('-', ' '))
  await page.keyboard.press('Enter')
  await expect(heading(page)).toHaveText(`Choose your password for ${academy.name}`)
  await expect(page).toHaveURL(card.url)
  await page.getByLabel('PIN of your card').fill(card.pin)
  await page.getByLabel('Choose a password').fill(password)
  await page.keyboard.press('Enter')
  await expect(heading(page)).toContainText('Your password is set')
})

// sheet issues cards for people with names of any length, and returns the document to print.
async function sheet(at: Workspace, names: string[]): Promise<string> {
  const { workspace } = await ask('query($slug: String!) { workspace(slug: $slug) { id } }', { slug: at.slug }, at.admin)
  const memberIds: string[] = []
  for (const [i, name] of names.entries()) {
    const [firstName, ...rest] = name.split(' ')
    const { createUser } = await ask(
      'mutation($input: CreateUserInput!) { createUser(input: $input) { member { id } } }',
      { input: { workspaceId: workspace.id, firstName, lastName: rest.join(' '), username: `s${Date.now().toString(36)}${i}${names.length}` } }, at.admin,
    )
    memberIds.push(createUser.member.id)
  }
  const { issueCards } = await ask(
    'mutation($input: IssueCardsInput!) { issueCards(input: $input) { issuedCount sheetUrl } }', { input: { memberIds } }, at.admin)
  expect(issueCards.issuedCount).toBe(names.length)
  const answer = await fetch(issueCards.sheetUrl)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(answer.headers.get('content-disposition')).toContain('attachment')
  return answer.text()
}

const names = [
  'Ada Lovelace', 'Maria Conceição dos Santos', 'Maximiliane-Antoinette Featherstonehaugh-Cholmondeley', 'Ivo Lindqvist',
  'Nguyễn Thị Minh Khai', 'Bartholomew Wolfeschlegelsteinhausenbergerdorff', 'Yuki Tanaka', 'Fatima Zahra El Idrissi', 'Tom Becker',
]

for (const at of [academy, france]) {
  test(`a sheet of cards fits on its paper, in ${at.slug}`, async ({ page }) => {
    await page.setViewportSize({ width: 794, height: 1123 })
    await page.setContent(await sheet(at, names))
    await page.emulateMedia({ media: 'print' })
    await expect(page.locator('.card')).toHaveCount(names.length)
    await expect(page.locator('.a4')).toHaveCount(2)
    await expect(page.getByRole('img', { name: /QR/ })).toHaveCount(names.length)
    // Each code and PIN is whole, inside of its card, and nothing lies over anything else.
    for (const card of await page.locator('.card').all()) {
      const box = await card.boundingBox()
      let above = 0
      for (const part of ['h2', '.how:last-of-type', '.code .secret', '.fold .secret']) {
        const inner = await card.locator(part).boundingBox()
        if (!box || !inner) throw new Error(`${part} is not shown`)
        expect(inner.y, part).toBeGreaterThanOrEqual(above)
        expect(inner.x + inner.width, part).toBeLessThanOrEqual(box.x + box.width)
        above = inner.y + inner.height - 1
      }
      expect(above).toBeLessThanOrEqual(box!.y + box!.height)
    }
  })
}

test('the sheets of cards, for people to look at', { tag: '@screenshot' }, async ({ page }) => {
  await page.setViewportSize({ width: 794, height: 1123 })
  await page.emulateMedia({ media: 'print' })
  for (const at of [academy, france]) {
    await page.setContent(await sheet(at, names))
    await page.locator('.a4').first().screenshot({ path: `../var/screenshots/card-sheet-${at.slug}.png` })
  }
})

test('the card stands by itself on paper', async ({ page }) => {
  const card = await carded(academy, 'paper')
  await page.setContent(card.html)
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
  await expect(page.getByText(card.pin)).toBeVisible()
  await expect(page.getByText(card.code, { exact: true })).toBeVisible()
  await expect(page.getByText(card.username, { exact: true })).toBeVisible()
})

test('the card, for people to look at', { tag: '@screenshot' }, async ({ page }) => {
  await page.setContent((await carded(academy, 'paper')).html)
  await page.emulateMedia({ media: 'print' })
  await page.screenshot({ path: '../var/screenshots/card-on-paper.png', fullPage: true })
  await page.emulateMedia({ media: 'screen' })
  await page.setViewportSize({ width: 390, height: 800 })
  await page.screenshot({ path: '../var/screenshots/card-on-a-phone.png', fullPage: true })
})
