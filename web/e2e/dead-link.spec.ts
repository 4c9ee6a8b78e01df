// Links that have died, and links that never lived: each page says what happened and leads on.
import { expect, test } from '@playwright/test'
import { academy, ask, fresh, heading, invitation, invite, invited, mail, withdraw } from './support'

test('who opens a withdrawn invitation can ask for a new one, and the inviter is told', async ({ page }) => {
  const email = fresh('uma')
  const { id, link } = await invited(academy, email)
  await page.goto(link)
  await withdraw(academy, id)

  // The form was open all the while.
  await page.getByLabel('First name').fill('Uma')
  await page.getByLabel('Last name').fill('Rao')
  await page.getByLabel('Choose a password').fill('correct-usher-demo')
  await page.getByRole('button', { name: 'Accept the invitation' }).click()
  await expect(heading(page)).toHaveText(`Your invitation to ${academy.name} was withdrawn`)
  await page.getByRole('button', { name: 'Ask for a new invitation' }).click()
  await expect(page.getByRole('status')).toContainText('Your request has been sent.')
  await expect(page.getByRole('button', { name: 'Ask for a new invitation' })).toHaveCount(0)
  expect((await mail(academy.admin, email)).subject).toContain('asks for a new invitation')
  expect((await invitation(academy, email)).status).toBe('CANCELLED')
})

test('an expired invitation is renewed by one click of the inviter, and its old link is good again', async ({ page }) => {
  const email = fresh('vera')
  const soon = new Date(Date.now() + 1500).toISOString()
  // Not mailed yet: the second mail within a minute to one mailbox would be refused.
  const { invitation: { id, link } } = await invite(academy, email, { sendEmail: false, expiresAt: soon })
  await expect.poll(async () => (await invitation(academy, email)).status).toBe('EXPIRED')
  await page.goto(link)
  await expect(heading(page)).toHaveText(`Your invitation to ${academy.name} has expired`)
  await page.getByRole('button', { name: 'Ask for a new invitation' }).click()
  await expect(page.getByRole('status')).toContainText('Your request has been sent.')
  await mail(academy.admin, email)

  await ask('mutation($id: ID!) { resendInvitation(input: {invitationId: $id}) { invitation { id } } }', { id }, academy.admin)
  const mailed = (await mail(email, academy.name)).link('invitations')
  for (const good of [mailed, link]) {
    await page.goto(good)
    await expect(page.getByRole('button', { name: 'Accept the invitation' })).toBeVisible()
  }
  expect((await invitation(academy, email)).status).toBe('PENDING')
})

test('a broken invitation link says so and tells nothing else', async ({ page }) => {
  const { link } = await invited(academy, fresh('wim'))
  const flipped = link.slice(0, -1) + (link.endsWith('A') ? 'B' : 'A')
  for (const broken of ['/invitations/nonsense', link.slice(0, -4), flipped, `${link}x`]) {
    const answer = await page.goto(broken)
    expect(answer?.status(), broken).toBe(404)
    await expect(heading(page)).toHaveText('This invitation link does not work')
    await expect(page.getByText(academy.name)).toHaveCount(0)
    await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible()
  }
})

for (const [path, way] of [
  ['/reset-password/nonsense', 'Ask for a new link'],
  ['/confirm-email/nonsense', 'Go to the home page'],
  ['/preferences/nonsense', 'Go to the home page'],
  ['/nowhere', 'Go to the home page'],
])
  test(`${path} leads on`, async ({ page }) => {
    expect((await page.goto(path))?.status()).toBe(404)
    await page.getByRole('link', { name: way }).click()
    await expect(page.getByRole('main').getByRole(way === 'Ask for a new link' ? 'button' : 'link').first()).toBeVisible()
  })
