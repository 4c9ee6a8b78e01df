// Coming in by oneself, through the public page of a join link: from the poster to the second sign-in.
import { expect, test, type Page } from '@playwright/test'
import { academy, ask, asked, base, confirm, editLink, france, fresh, heading, joinLink, mail, newcomer, password, request, signIn, someone } from './support'

// fill answers the form of a join page and sends it.
async function fill(page: Page, email: string): Promise<void> {
  await page.getByLabel('First name').fill('Noor')
  await page.getByLabel('Last name').fill('Haddad')
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('button', { name: /^(Send me the link|Ask to join)$/ }).click()
}

test('a stranger joins by email, in French, and signs in again later', async ({ page }) => {
  const email = fresh('noor')
  const { id, slug } = await joinLink(academy, { title: 'Cours du soir', welcomeText: 'Bienvenue !\nÀ lundi.', grant: { labels: ['Evening'] } })
  await page.goto(`/join/${slug}?lang=fr`)
  await expect(heading(page)).toHaveText('Cours du soir')
  await expect(page.getByText('Bienvenue !')).toBeVisible()
  await page.getByRole('button', { name: 'Recevoir le lien' }).click()
  await expect(page).toHaveTitle(/^Erreur\s: /)
  await expect(page.getByRole('alert').getByRole('link')).toHaveText(
    ['Saisissez votre prénom.', 'Saisissez votre nom.', 'Saisissez votre adresse e‑mail.'],
  )
  await page.getByLabel('Prénom').fill('Noor')
  await page.getByLabel('Nom', { exact: true }).fill('Haddad')
  await page.getByLabel('Adresse e‑mail').fill(email)
  await page.keyboard.press('Enter')
  await expect(heading(page)).toHaveText('Consultez votre messagerie')
  await expect(page.getByText(email)).toBeVisible()
  await page.getByRole('button', { name: 'English' }).click()
  await expect(heading(page)).toHaveText('Check your email')
  await expect(page.getByText(email)).toBeVisible()

  const letter = await mail(email, academy.name)
  expect(letter.head).toContain('Content-Language: fr')
  expect(letter.text).not.toContain('Noor') // what a stranger typed is not sent to a mailbox that may be another's
  const link = letter.link('join/confirm')
  for (const method of ['HEAD', 'GET', 'GET']) expect((await fetch(link, { method })).status).toBe(200)
  await page.goto(link)
  await page.reload()
  expect((await request(academy, email)).status).toBe('UNCONFIRMED')

  await page.goto(`${link}?lang=en`)
  await expect(page.getByLabel('First name')).toHaveValue('Noor')
  await expect(page.getByLabel('Email address')).toHaveValue(email)
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Confirm and join' }).click()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${academy.name}`)
  await page.reload()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${academy.name}`)
  const { status, member } = await request(academy, email, 'status member { labels user { firstName emailProven } }')
  expect(status).toBe('APPROVED')
  expect(member).toEqual({ labels: ['Evening'], user: { firstName: 'Noor', emailProven: true } })
  expect((await editLink(academy, id, {})).joinCount).toBe(1)

  await page.getByRole('link', { name: 'Go to the home page' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.goto(`${link}?lang=en`)
  await expect(heading(page)).toHaveText('This link has been used')
  await signIn(page, email) // leads back to the page of the link
  await expect(heading(page)).toHaveText(`You are in: welcome to ${academy.name}`)
})

test('nothing tells whether an address has an account or stands in the list', async ({ page }) => {
  const listed = await newcomer('Otto')
  const { slug } = await joinLink(academy, { whitelist: [listed, 'hospital.example'] })
  const said: string[] = []
  for (const email of [listed, fresh('nobody')]) {
    await page.goto(`/join/${slug}`)
    await fill(page, email)
    said.push((await page.getByRole('main').innerText()).replaceAll(email, 'EMAIL'))
  }
  expect(said[0]).toBe(said[1])
  await mail(listed, '/join/confirm/')

  await page.goto(`/join/${slug}`)
  await fill(page, 'eve@evil-hospital.example')
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByRole('alert').getByRole('link')).toContainText('hospital.example')
  await expect(page.getByLabel('First name')).toHaveValue('Noor')
})

test('a pending request waits until somebody approves, and an email tells', async ({ page }) => {
  const email = fresh('pia')
  const { slug } = await joinLink(academy, { requiresApproval: true })
  await page.goto(`/join/${slug}`)
  await expect(page.getByText('An administrator approves each request')).toBeVisible()
  await fill(page, email)
  const link = (await mail(email, '/join/confirm/')).link('join/confirm')
  await page.goto(link)
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Confirm and join' }).click()
  await expect(heading(page)).toHaveText('Your request waits for approval')
  const { id } = await request(academy, email)
  await ask('mutation($id: ID!) { approveJoinRequest(input: {joinRequestId: $id}) { joinRequest { id } } }', { id }, academy.admin)
  await mail(email, 'approved')
  await page.goto(link)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Email address or username').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${academy.name}`)
})

test('who is signed in joins at once, answering what the workspace asks', async ({ page }) => {
  const email = await someone('Quentin')
  const { slug } = await joinLink(france)
  await signIn(page, email)
  await page.goto(`/join/${slug}?lang=en`)
  await page.getByRole('button', { name: `Join as ${email}` }).click()
  await expect(page).toHaveTitle(/^Error: /)
  await page.locator('#field\\.work_place').selectOption({ index: 1 })
  await page.getByRole('button', { name: `Join as ${email}` }).click()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${france.name}`)
  expect((await request(france, email)).status).toBe('APPROVED')
})

test('the wrong account switches and comes back to the confirmation', async ({ page }) => {
  const { slug } = await joinLink(academy)
  const email = fresh('rita')
  const link = await asked(slug, email)
  await signIn(page, await someone('Stig'))
  await page.goto(`${link}?lang=en`)
  await expect(page.getByText(`This link was sent to ${email}`)).toBeVisible()
  await page.getByRole('button', { name: 'Switch account' }).click()
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Confirm and join' }).click()
  await expect(heading(page)).toContainText('You are in')
})

test('a forgotten password does not lose the way in', async ({ page }) => {
  const { slug } = await joinLink(france)
  const email = await newcomer('Tom')
  const link = await asked(slug, email)
  await page.goto(`${link}?lang=en`)
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await expect(page.getByRole('button', { name: 'Send the link' })).toBeVisible()
  await page.goto(`${link}?lang=en`) // the link keeps working
  await page.locator('#field\\.work_place').selectOption({ index: 1 })
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in and join' }).click()
  await expect(heading(page)).toHaveText(`You are in: welcome to ${france.name}`)
})

test('a link that is closed, moved or unknown says so and leads on', async ({ page }) => {
  const { id, slug } = await joinLink(academy, { maxJoins: 1 })
  const { slug: present } = await editLink(academy, id, { rotateSlug: true })
  await page.goto(`/join/${slug}/?lang=en`)
  await expect(page).toHaveURL(`${base}/join/${present}?lang=en`)
  await confirm(await asked(present, fresh('ulf')))
  expect((await page.goto(`/join/${present}`))?.status()).toBe(410)
  await expect(heading(page)).toHaveText(`All places at ${academy.name} are taken`)
  await expect(page.getByRole('link', { name: 'Already a member? Sign in' })).toBeVisible()
  await editLink(academy, id, { enabled: false })
  expect((await page.goto(`/join/${present}`))?.status()).toBe(410)
  expect((await page.goto('/join/nowhere-at-all'))?.status()).toBe(404)
  await expect(page.getByRole('link', { name: 'Go to the home page' })).toBeVisible()
})

test('the code on the poster leads to the page', async ({ page }) => {
  const { slug } = await joinLink(academy)
  const svg = await (await fetch(`${base}/join/${slug}/qr.svg`)).text()
  expect(svg).toContain(`${base}/join/${slug}`)
  expect((await page.goto(`/join/${slug}/qr.png?size=256`))?.headers()['content-type']).toBe('image/png')
  const side = await page.locator('img').evaluate((img: HTMLImageElement) => img.naturalWidth).catch(() => 0)
  expect(side).toBeGreaterThan(200)
})
