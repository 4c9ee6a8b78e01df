// The screens and dialogs of the console, and how each is reached by somebody who is signed in. They are checked by axe and
// pictured.
import { expect, type Page } from '@playwright/test'
import { createMember } from './console'
import { academy, ask, asked, confirm, fresh, joinLink, workspace } from './support'

export type Open = (page: Page) => Promise<void>

// once makes something for all tests that want it, at the first of them.
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => made ??= make()
}

// at opens an address of the console in the demo's first workspace.
export const at = (path: string): Open => async (page) => {
  await page.goto(`/console/${path}${path.includes('?') ? '&' : '?'}workspace=${academy.slug}`)
  await expect(page.locator('h1')).toHaveCount(1)
}

const list = (rows: number) => ['Last name,First name,Email', ...Array.from({ length: rows }, (_, i) =>
  `Visitor,Row${i},${fresh(`row${i}`)}`), 'Bad,One,no-address', 'Bad,Two,also@'].join('\n')

// importOf uploads a list and returns its id.
async function importOf(rows: number): Promise<string> {
  const { id } = await workspace(academy, '')
  const { createImport } = await ask('mutation($input: CreateImportInput!) { createImport(input: $input) { import { id } } }', {
    input: { workspaceId: id, content: { text: list(rows) }, action: 'INVITE' },
  }, academy.admin)
  return createImport.import.id
}

const status = async (id: string) =>
  (await ask('query($id: ID!) { node(id: $id) { ... on Import { status } } }', { id }, academy.admin)).node.status

async function reach(id: string, wanted: string): Promise<void> {
  await expect.poll(() => status(id), { timeout: 60_000 }).toBe(wanted)
}

export const previewed = once(async () => {
  const id = await importOf(12)
  await reach(id, 'PREVIEWED')
  return id
})

const undone = once(async () => {
  const id = await importOf(3)
  await reach(id, 'PREVIEWED')
  await ask('mutation($id: ID!) { startImport(input: { importId: $id }) { import { id } } }', { id }, academy.admin)
  await reach(id, 'COMPLETED')
  await ask('mutation($id: ID!) { undoImport(input: { importId: $id }) { import { id } } }', { id }, academy.admin)
  return id
})

export const completed = once(async () => {
  const id = await importOf(2)
  await reach(id, 'PREVIEWED')
  await ask('mutation($id: ID!) { startImport(input: { importId: $id }) { import { id } } }', { id }, academy.admin)
  await reach(id, 'COMPLETED')
  return id
})

export const joinPage = once(() => joinLink(academy, {
  title: 'Evening classes, spring term', whitelist: ['hospital.example', '*.clinic.example'], requiresApproval: true, maxJoins: 60,
}))

// waiting makes a request to join that waits for a decision.
export const waiting = once(async () => {
  const { slug } = await joinLink(academy, { title: 'Evening classes, autumn term', requiresApproval: true })
  await confirm(await asked(slug, fresh('ines')))
})

// apiKey makes an API key with two secrets.
export const apiKey = once(async () => {
  const { id } = await workspace(academy, '')
  const { createApiKey } = await ask(
    'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }', {
      input: {
        workspaceId: id, name: 'Nightly sync of the personnel system', permissions: ['MEMBERS_VIEW', 'MEMBERS_INVITE', 'GROUPS_MANAGE'],
        expiresAt: '2031-05-01', allowedNetworks: ['192.0.2.0/24'],
      },
    }, academy.admin)
  await ask('mutation($id: ID!) { rotateApiKey(input: { apiKeyId: $id }) { apiKey { id } } }', { id: createApiKey.apiKey.id }, academy.admin)
})

// webhook makes a webhook whose receiver does not exist, so that its test has failed, and returns its id.
export const webhook = once(async () => {
  const { id } = await workspace(academy, '')
  const { createWebhook } = await ask('mutation($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id } } }', {
    input: { workspaceId: id, url: `https://${fresh('partner').split('@')[0]}.invalid/hooks/usher`, types: ['IMPORT_UNDONE', 'API_KEY_ROTATED'] },
  }, academy.admin)
  const made = createWebhook.webhook.id as string
  await ask('mutation($id: ID!) { testWebhook(input: { webhookId: $id }) { delivery { id } } }', { id: made }, academy.admin)
  await expect.poll(async () => {
    const { node } = await ask('query($id: ID!) { node(id: $id) { ... on Webhook { deliveries { edges { node { status } } } } } }', { id: made }, academy.admin)
    return node.deliveries.edges[0].node.status
  }, { timeout: 60_000 }).toBe('FAILED')
  return made
})

// application registers an application.
export const application = once(async () => {
  const { id } = await workspace(academy, '')
  await ask('mutation($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }', {
    input: {
      workspaceId: id, name: `A learning platform ${fresh('of').split('@')[0]}`, confidential: true,
      redirectUris: ['https://learn.brightwater.example/callback', 'https://learn.brightwater.example/second'],
    },
  }, academy.admin)
})

export const member = once(async () => {
  const { members } = await workspace(academy, 'members(first: 1, filter: { search: "Hannah" }) { edges { node { id } } }')
  return members.edges[0].node.id as string
})

// visitors are members without a mailbox.
export const visitors = once(async () => {
  const { id } = await workspace(academy, '')
  for (const name of ['Yann', 'Zoe']) await createMember({ id, admin: academy.admin }, name)
})

// open opens the first thing of a screen: a node of a tree, or the link of a row.
export const open = (path: string, thing: string): Open => async (page) => {
  await at(path)(page)
  await page.locator(thing).first().click()
  await expect(page).toHaveURL(/_/) // an id of the API
}

// openColumns pastes a list of which nobody knows the headings, except of one column, and opens the question what they hold.
export async function openColumns(page: Page): Promise<void> {
  await at('people?dialog=import')(page)
  await page.locator('[id="content.text"]').fill('Pochta,Ismi,Tashkilotning toʻliq rasmiy nomi,Groups\n'
    + 'rosalind.achterberg@visitor.example,Rosalind Achterberg,Brightwater Hospital and Research Centre,\n'
    + 'samuel@visitor.example,Samuel Osei,Brightwater,\n')
  await page.locator('[role=dialog] button[type=submit]').click()
  await expect(page.locator('.columns').first()).toBeVisible()
}

export const consoleScreens: Record<string, Open> = {
  'home': at(''),
  'people': at('people'),
  'people-nobody': at('people?q=nobody-of-this-name'),
  'people-selected': async (page) => {
    await at('people')(page)
    await page.locator('tbody input[type=checkbox]').first().check()
    await expect(page.locator('.bulk')).toBeVisible()
  },
  'person': async (page) => at(`people/${await member()}`)(page),
  'invitations': at('invitations'),
  'invitations-requests': at('invitations?tab=requests'),
  'add-invite': at('people?dialog=invite'),
  'add-create': at('people?dialog=create'),
  'add-import': at('people?dialog=import'),
  'add-import-columns': openColumns,
  'add-import-read': async (page) => {
    await at('people?dialog=import')(page)
    await page.locator('[id="content.text"]').fill('Last name,First name,Email,Fax\nVisitor,Ines,ines@visitor.example,1')
    await expect(page.locator('#what-was-read .i')).toBeVisible()
    await expect(page.locator('.read-as button')).toBeVisible()
  },
  'add-join': async (page) => {
    await joinPage()
    await at('people?dialog=join')(page)
  },
  'imports': async (page) => {
    await previewed()
    await at('imports')(page)
  },
  'import-previewed': async (page) => at(`imports/${await previewed()}`)(page),
  'import-completed': async (page) => at(`imports/${await completed()}`)(page),
  'import-undone': async (page) => at(`imports/${await undone()}`)(page),
  'join-pages': async (page) => {
    await joinPage()
    await at('join-pages')(page)
  },
  'groups': at('groups'),
  'group': open('groups', '[role=treeitem]'),
  'units': at('units'),
  'unit': open('units', '[role=treeitem]'),
  'sessions': at('sessions'),
  'session': open('sessions', 'table.list tbody a'),
  'programs': at('programs'),
  'join-page': async (page) => at(`join-pages/${(await joinPage()).id}`)(page),
  'settings': async (page) => {
    await at('settings/workspace')(page)
    await expect(page.locator('#name')).toBeVisible()
  },
  'settings-keys': async (page) => {
    await apiKey()
    await at('settings/api-keys')(page)
  },
  'settings-webhooks': async (page) => {
    await webhook()
    await at('settings/webhooks')(page)
  },
  'settings-webhook': async (page) => at(`settings/webhooks/${await webhook()}`)(page),
  'settings-applications': async (page) => {
    await application()
    await at('settings/applications')(page)
  },
}

// settled waits until nothing moves or loads any more.
export async function settled(page: Page): Promise<void> {
  await page.waitForTimeout(400) // a stream of changes stays open, so that the network is never idle
  await expect(page.locator('[aria-busy=true], .loading')).toHaveCount(0)
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined))))
}
