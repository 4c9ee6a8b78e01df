// The console's webhooks: one is made, tested against a receiver, edited, paused and deleted; its deliveries are looked at
// and sent again.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@playwright/test'
import { Webhook } from 'standardwebhooks'
import { foundWorkspace, openConsole, row } from './console'
import { fresh, heading, invite } from './support'

type Received = { id: string, body: string, signatures: string, timestamp: string }

let receiver: Server
let base = ''
let answer = 200
let received: Received[] = []

test.beforeAll(async () => {
  receiver = createServer((request: IncomingMessage, response) => {
    let body = ''
    request.on('data', (part: Buffer) => { body += part.toString() })
    request.on('end', () => {
      const header = (name: string) => String(request.headers[name])
      received.push({ id: header('webhook-id'), body, signatures: header('webhook-signature'), timestamp: header('webhook-timestamp') })
      response.writeHead(answer, { 'Content-Type': 'application/json' }).end('{"seen":true}')
    })
  })
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening))
  base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
})
test.afterAll(() => { receiver.close() })

// isSigned holds a request against a secret as docs/webhooks.md tells receivers to.
function isSigned({ id, body, signatures, timestamp }: Received, secret: string): boolean {
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures }
  try {
    new Webhook(secret).verify(body, headers)
    return true
  } catch {
    return false
  }
}

test('a webhook is made, tested, replayed, edited, paused and deleted', async ({ page }) => {
  received = []
  const at = await foundWorkspace()
  await openConsole(page, `settings/webhooks?workspace=${at.slug}`, at.admin)
  await expect(page.getByRole('heading', { name: 'No webhook yet' })).toBeVisible()
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Create a webhook' }).click()
  await dialog.getByLabel('Address', { exact: true }).fill('not an address')
  await dialog.getByRole('radio', { name: 'Only some' }).check()
  await dialog.getByRole('button', { name: 'Create a webhook' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Choose at least one type')
  await dialog.getByRole('group', { name: 'Invitations' }).getByRole('checkbox', { name: 'Invited' }).check()
  await dialog.getByRole('button', { name: 'Create a webhook' }).click()
  await dialog.getByRole('alert').getByRole('link').first().click()
  await expect(dialog.getByLabel('Address', { exact: true })).toBeFocused()
  await dialog.getByLabel('Address', { exact: true }).fill(`${base}/hook`)
  await dialog.getByRole('button', { name: 'Create a webhook' }).click()
  await expect(dialog.getByText('It is shown only once')).toBeVisible()
  const secret = await dialog.locator('.copy-line code').first().innerText()
  expect(secret).toMatch(/^whsec_/)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(row(page, '/hook')).toContainText('1 type')
  await expect(row(page, '/hook')).toContainText('Nothing sent yet')

  await row(page, '/hook').getByRole('link').click()
  await expect(heading(page)).toContainText('/hook')
  await page.getByRole('button', { name: 'Send a test' }).click()
  await expect(row(page, 'webhook.test')).toContainText('Delivered')
  expect(received.map(({ body }) => JSON.parse(body).type)).toEqual(['webhook.test'])
  expect(isSigned(received[0], secret)).toBe(true)
  expect(isSigned(received[0], 'whsec_AAAA')).toBe(false)

  // What the receiver refuses waits, and can be tried again at once.
  answer = 503
  await invite(at, fresh('hedda'), { sendEmail: false })
  await expect(async () => {
    await page.reload()
    await expect(row(page, 'invitation.created')).toContainText('Is tried again', { timeout: 2_000 })
  }).toPass({ timeout: 30_000 })
  await row(page, 'invitation.created').getByRole('button', { name: 'invitation.created', exact: true }).click()
  await expect(dialog).toContainText('503, Answer was not 2xx')
  await expect(dialog.getByRole('region', { name: 'Request' })).toContainText('"type": "invitation.created"')
  await expect(dialog.getByRole('region', { name: 'Answer of your server' })).toContainText('"seen": true')
  answer = 200
  await dialog.getByRole('button', { name: 'Send again' }).click()
  await expect(row(page, 'invitation.created')).toContainText('Delivered')

  // Another secret signs beside the first.
  const choose = async (entry: string) => {
    await page.getByRole('button', { name: new RegExp(`^Actions for ${base}`) }).click()
    await page.getByRole('menuitem', { name: entry }).click()
  }
  await choose('New secret…')
  await dialog.getByRole('button', { name: 'New secret' }).click()
  const second = await dialog.locator('.copy-line code').first().innerText()
  await dialog.getByRole('button', { name: 'Done' }).click()
  received = []
  await page.getByRole('button', { name: 'Send a test' }).click()
  await expect.poll(() => received.length).toBe(1)
  expect([isSigned(received[0], secret), isSigned(received[0], second)]).toEqual([true, true])

  await choose('Edit…')
  await dialog.getByRole('radio', { name: 'All, and those' }).check()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('region', { name: 'About' })).toContainText('All events')
  await choose('Pause')
  await expect(page.getByRole('region', { name: 'About' })).toContainText('Paused')
  await expect(page.getByRole('button', { name: 'Send a test' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(page.getByRole('button', { name: 'Send a test' })).toBeVisible()
  await choose('Delete…')
  await dialog.getByRole('button', { name: 'Delete the webhook' }).click()
  await expect(page).toHaveURL(/settings\/webhooks\?/)
  await expect(page.getByRole('heading', { name: 'No webhook yet' })).toBeVisible()
})
