// The links of emails that ask an administrator for a decision, from the mailbox to the end.
import { expect, test, type Page } from '@playwright/test'
import {
  academy, asked, confirm, france, fresh, heading, invitation, invite, invited, joinLink, mail, newcomer, password, request, signIn, withdraw,
} from './support'

// signInHere follows the link to the sign-in, which knows the account, and comes back.
async function signInHere(page: Page, secret = password): Promise<void> {
  await page.getByRole('link', { name: 'Sign in' }).click()
  await expect(page.getByLabel('Email address or username')).toHaveValue(academy.admin)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('an administrator renews an invitation from the email, signing in on the way', async ({ page }) => {
  const email = fresh('renewed')
  // A copied link, because members may cause one email a minute to a mailbox.
  const { invitation: { id, link } } = await invite(academy, email, { sendEmail: false })
  await withdraw(academy, id)
  await page.goto(link)
  await page.getByRole('button', { name: 'Ask for a new invitation' }).click()
  const asks = await mail(academy.admin, email)
  expect(asks.text).toContain('/console/invitations?')
  expect(asks.html).toContain('Renew the invitation')

  await page.goto(asks.link('actions'))
  await expect(heading(page)).toHaveText(`${email} asks for a new invitation to ${academy.name}`)
  await expect(page.getByRole('button', { name: 'Renew the invitation' })).toHaveCount(0)
  await signInHere(page)
  await page.getByRole('button', { name: 'Renew the invitation' }).click()
  await expect(page.getByRole('status')).toHaveText('The invitation has been renewed.')
  expect((await invitation(academy, email)).status).toBe('PENDING')
  await page.goto(asks.link('actions'))
  await expect(page.getByText('There is nothing left to do.')).toBeVisible()
})

test('a join request is approved, and another one is rejected with a message', async ({ page }) => {
  const { slug } = await joinLink(academy, { requiresApproval: true })
  const wanted = fresh('wanted'), unknown = fresh('unknown')
  await confirm(await asked(slug, wanted))
  await confirm(await asked(slug, unknown))
  await page.goto((await mail(academy.admin, wanted)).link('actions'))
  await signInHere(page)
  await page.getByRole('button', { name: 'Approve' }).click()
  await expect(page.getByRole('status')).toHaveText('The request has been approved. An email tells the person.')
  expect((await request(academy, wanted)).status).toBe('APPROVED')

  await page.goto((await mail(academy.admin, unknown)).link('actions'))
  await page.getByText('Reject the request').click()
  await page.getByLabel('Message to the person (optional)').fill('The course is full.\nTry again in spring.')
  await page.getByRole('button', { name: 'Reject', exact: true }).click()
  await expect(page.getByRole('status')).toHaveText('The request has been rejected. An email tells the person.')
  expect((await mail(unknown, 'Try again in spring.')).subject).toContain('About your request')
})

test('an invitation moves to the address of the person who asks', async ({ page, browser }) => {
  const { id, link } = await invited(academy, fresh('work'))
  const home = await newcomer('Jana', france)
  await signIn(page, home)
  await page.goto(link)
  await page.locator('summary', { hasText: 'Send the invitation to' }).click()
  await page.getByRole('button', { name: 'Ask to change the address' }).click()
  const asks = await mail(academy.admin, home)

  // The link is for the account that the email went to.
  await page.goto(asks.link('actions'))
  await expect(heading(page)).toHaveText('This link was sent to another account')
  const other = await browser.newContext()
  const admin = await other.newPage()
  await admin.goto(asks.link('actions'))
  await signInHere(admin)
  await admin.getByRole('button', { name: `Move it to ${home}` }).click()
  await expect(admin.getByRole('status')).toHaveText('The invitation has been moved. Its email is on its way.')
  await other.close()
  expect((await invitation(academy, home, 'id')).id).toBe(id)
})
