// Coming in as somebody new: from the invitation to the second sign-in, in French.
import { expect, test } from '@playwright/test'
import { academy, fresh, heading, invite, invitation, mail, password, workspace } from './support'

test.use({ locale: 'fr-FR' })

test('a new person comes in by email, signs out and signs in again', async ({ page }) => {
  const email = fresh('lea')
  const { groups } = await workspace(academy, 'groups(first: 100) { edges { node { id name } } }')
  const group = groups.edges.find((e: any) => e.node.name === 'Platform team').node
  await invite(academy, email, {
    message: 'Bienvenue à bord', grant: { groupIds: [group.id], labels: ['Autumn'], locale: 'fr' },
  })

  const letter = await mail(email, 'Bienvenue à bord')
  expect(letter.subject).toBe(`Amelia Hart vous invite à rejoindre ${academy.name}`)
  expect(letter.head).toContain('Content-Language: fr')
  expect(letter.html).toContain('<html lang="fr">')
  for (const part of [letter.text, letter.html]) expect(part).toContain('Bienvenue à bord')
  const link = letter.link('invitations')

  for (const method of ['HEAD', 'GET', 'GET']) expect((await fetch(link, { method })).status).toBe(200)
  await page.goto(link)
  await page.reload()
  expect((await invitation(academy, email)).status).toBe('PENDING')

  await expect(heading(page)).toHaveText(`Rejoindre ${academy.name}`)
  await expect(page.getByText('Amelia Hart vous invite')).toBeVisible()
  await expect(page.getByText('Groupe : Platform team')).toBeVisible()
  await expect(page.getByRole('blockquote')).toHaveText('Bienvenue à bord')
  await expect(page.getByLabel('Adresse e‑mail')).toHaveValue(email)
  await page.getByLabel('Prénom').fill('Léa')
  await page.getByRole('button', { name: 'Accepter l’invitation' }).click()

  await expect(page).toHaveTitle(/^Erreur\s: /)
  await expect(page.getByRole('alert').getByRole('link')).toHaveText(['Saisissez votre nom.', 'Saisissez un mot de passe.'])
  await expect(page.getByLabel('Prénom')).toHaveValue('Léa')
  await page.getByLabel('Nom', { exact: true }).fill('Durand')
  await page.getByLabel('Choisissez un mot de passe').fill('password')
  await page.getByRole('button', { name: 'Accepter l’invitation' }).click()
  await expect(page.getByRole('alert').getByRole('link')).toHaveCount(1)
  await expect(page.getByLabel('Choisissez un mot de passe')).toHaveValue('')
  expect((await invitation(academy, email)).status).toBe('PENDING')
  await page.getByLabel('Choisissez un mot de passe').fill(password)
  await page.getByRole('button', { name: 'Accepter l’invitation' }).click()

  await expect(heading(page)).toContainText(`bienvenue dans ${academy.name}`)
  await expect(page.getByText(`Vous utilisez le compte ${email}`)).toBeVisible()
  const fields = 'status acceptedAt member { status labels groups { id } user { firstName lastName locale emailProven } }'
  const { status, member } = await invitation(academy, email, fields)
  expect(status).toBe('ACTIVE')
  expect(member.user).toEqual({ firstName: 'Léa', lastName: 'Durand', locale: 'fr', emailProven: true })
  expect(member.labels).toEqual(['Autumn'])
  expect(member.groups).toContainEqual({ id: group.id })

  await page.getByRole('link', { name: 'Accéder à la page d’accueil' }).click()
  await expect(heading(page)).toHaveText('Bonjour Léa')
  await expect(page.getByRole('listitem').filter({ hasText: academy.name })).toBeVisible()
  await page.getByRole('button', { name: 'Se déconnecter' }).click()
  await expect(page.getByRole('status')).toBeVisible()
  await page.getByRole('link', { name: 'Se connecter' }).click()
  await page.getByLabel('Adresse e‑mail ou identifiant').fill(email.toUpperCase())
  await page.getByLabel('Mot de passe', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await expect(heading(page)).toHaveText('Bonjour Léa')
})

test('a refreshed page does not accept twice, and the back button leads to no second account', async ({ page }) => {
  const email = fresh('paul')
  await invite(academy, email)
  await page.goto((await mail(email, academy.name)).link('invitations'))
  await page.getByLabel('Prénom').fill('Paul')
  await page.getByLabel('Nom', { exact: true }).fill('Petit')
  await page.getByLabel('Choisissez un mot de passe').fill(password)
  await page.keyboard.press('Enter')
  await expect(heading(page)).toContainText('bienvenue')
  await page.reload()
  await expect(heading(page)).toContainText('bienvenue')
  await page.goBack()
  await expect(heading(page)).toContainText('bienvenue') // no-store: the form is not kept
})

test('a page of an invitation tells nobody its address', async ({ page }) => {
  const { link } = (await invite(academy, fresh('header'), { sendEmail: false })).invitation
  const headers = (await page.goto(link))?.headers() ?? {}
  expect(headers['referrer-policy']).toBe('no-referrer')
  expect(headers['cache-control']).toBe('no-store')
  expect(headers['x-robots-tag']).toContain('noindex')
  expect(headers['content-security-policy']).not.toContain('unsafe')
})
