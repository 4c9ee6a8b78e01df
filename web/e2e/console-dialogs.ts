// The dialogs, menus and tabs of the console, and how each is opened by somebody who is signed in. Texts are in two
// languages, so that entries of menus are told by their place: entry 0 is the first one.
import { expect, type Locator, type Page } from '@playwright/test'
import { apiKey, application, at, completed, joinPage, member, open, openColumns, previewed, visitors, waiting, webhook, type Open } from './console-states'
import { academy } from './support'

// dialogOf waits for the dialog that something opened.
async function expectDialog(page: Page): Promise<void> {
  await expect(page.getByRole('dialog')).toBeVisible()
}

// openMenu opens the first menu of actions below a place.
async function openMenu(page: Page, place: Locator): Promise<void> {
  await place.getByRole('button', { name: /^Actions / }).first().click()
  await expect(page.getByRole('menuitem').first()).toBeVisible()
}

// choose takes an entry of the first menu of actions below a place. A negative entry counts from the end.
const choose = (screen: Open, place: string, entry: number): Open => async (page) => {
  await screen(page)
  await openMenu(page, page.locator(place))
  await page.getByRole('menuitem').nth(entry).click()
  await expectDialog(page)
}

// press presses a button of a screen that opens a dialog.
const press = (screen: Open, button: string): Open => async (page) => {
  await screen(page)
  await page.locator(button).first().click()
  await expectDialog(page)
}

const bulk = (entry: number, path = 'people'): Open => async (page) => {
  await at(path)(page)
  for (const row of [0, 1]) await page.locator('tbody input[type=checkbox]').nth(row).check()
  await page.locator('.bulk button[aria-haspopup=menu]').click()
  await page.getByRole('menuitem').nth(entry).click()
  await expectDialog(page)
}

// refused presses the main button of an empty dialog, which says what is missing.
const refused = (screen: Open): Open => async (page) => {
  await screen(page)
  await page.getByRole('dialog').locator('button[data-variant=filled]').click()
  await expect(page.getByRole('dialog').locator('[role=alert], .mantine-InputWrapper-error').first()).toBeVisible()
}

const pending = at('invitations?tab=pending')
const person: Open = async (page) => at(`people/${await member()}`)(page)
const group = open('groups', '[role=treeitem]')
const unit = open('units', '[role=treeitem]')
const session = open('sessions', 'table.list tbody a')

const keys: Open = async (page) => {
  await apiKey()
  await at('settings/api-keys')(page)
}
const webhooks: Open = async (page) => {
  await webhook()
  await at('settings/webhooks')(page)
}
const applications: Open = async (page) => {
  await application()
  await at('settings/applications')(page)
}
const makeButton = '.filters .end button'

// tab opens a tab of the place in view.
const tab = (screen: Open, name: string): Open => async (page) => {
  await screen(page)
  await page.locator(`.tabs a[href*="tab=${name}"]`).click()
  await expect(page.locator(`.tabs a[href*="tab=${name}"]`)).toHaveAttribute('aria-current', 'page')
}

// consoleTabs are parts of screens that are no dialog.
export const consoleTabs: Record<string, Open> = {
  'group-pending': tab(group, 'pending'),
  'group-access': tab(group, 'access'),
  'unit-pending': tab(unit, 'pending'),
  'session-pending': tab(session, 'pending'),
  'invitations-pending': pending,
  'invitations-failed': at('invitations?tab=failed'),
  'requests-waiting': async (page) => {
    await waiting()
    await at('invitations?tab=requests')(page)
  },
  'join-page-changed': async (page) => {
    await at(`join-pages/${(await joinPage()).id}`)(page)
    await page.locator('#maxJoins').fill('61')
    await page.locator('.join-page form > details > summary').click()
    await expect(page.locator('.save-bar')).toBeVisible()
  },
  'settings-refused': async (page) => {
    await at('settings/workspace')(page)
    await page.locator('#homeUrl').fill('ftp://learn.example.org')
    await page.locator('.save-bar button[type=submit]').click()
    await expect(page.getByRole('alert')).toBeVisible()
  },
  'settings-keys-revoked': at('settings/api-keys?revoked=true'),
  'settings-deliveries-failed': async (page) => at(`settings/webhooks/${await webhook()}?status=FAILED`)(page),
  'nothing-here': async (page) => {
    await page.goto(`/console/people/member_0000?workspace=${academy.slug}`)
    await expect(page.locator('.empty')).toBeVisible()
  },
  'offline': async (page) => {
    await at('people')(page)
    await page.context().setOffline(true)
    await expect(page.locator('.offline')).toBeVisible()
  },
  'sign-in': async (page) => {
    await page.context().clearCookies()
    await page.goto('/console/')
    await expect(page.locator('#login')).toBeVisible()
  },
  'sign-in-refused': async (page) => {
    await page.context().clearCookies()
    await page.goto('/console/')
    await page.locator('#login').fill('nobody.here@visitor.example')
    await page.locator('#password').fill('not-the-password')
    await page.locator('button[type=submit]').click()
    await expect(page.getByRole('alert')).toBeVisible()
  },
}

// consoleMenus are open menus and small windows.
export const consoleMenus: Record<string, Open> = {
  'account-menu': async (page) => {
    await at('')(page)
    await page.locator('.side .last .switcher').click()
    await expect(page.getByRole('menuitem').first()).toBeVisible()
  },
  'people-menu': async (page) => {
    await at('people')(page)
    await openMenu(page, page.locator('tbody'))
  },
  'people-filter': async (page) => {
    await at('people')(page)
    await page.locator('.filters button:has(.i)').first().click()
    await expect(page.getByRole('dialog')).toBeVisible()
  },
}

// consoleDialogs are the dialogs over screens.
export const consoleDialogs: Record<string, Open> = {
  'people-deactivate': choose(at('people'), 'tbody tr:nth-child(2)', 0),
  'people-remove': choose(at('people'), 'tbody tr:nth-child(2)', -1),
  'people-bulk-group': async (page) => {
    await at('people')(page)
    for (const row of [1, 2]) await page.locator('tbody input[type=checkbox]').nth(row).check()
    await page.locator('.bulk .act').click()
    await expectDialog(page)
  },
  'people-bulk-give': async (page) => {
    await bulk(0)(page)
    await page.getByRole('dialog').getByRole('combobox').click()
    await page.getByRole('option').last().click()
  },
  'people-bulk-take': bulk(1),
  'people-bulk-unit': bulk(2),
  'people-bulk-cards': async (page) => {
    await visitors()
    await bulk(3, 'people?q=Visitor')(page)
  },
  'people-bulk-all': async (page) => {
    await visitors()
    await at('people?q=Visitor')(page)
    await page.locator('tbody input[type=checkbox]').first().check()
    await page.locator('.bulk .every').click()
    await page.locator('.bulk .act').click()
    await expectDialog(page)
  },
  'people-bulk-remove': bulk(-1),
  'person-deactivate': choose(person, 'body', -2),
  'person-erase': choose(person, 'body', -1),
  'invitation-resend': choose(pending, 'tbody', 0),
  'invitation-edit': choose(pending, 'tbody', 2),
  'invitation-history': choose(pending, 'tbody', 3),
  'invitation-cancel': choose(pending, 'tbody', -1),
  'request-reject': async (page) => {
    await waiting()
    await at('invitations?tab=requests')(page)
    await page.locator('.decide button').nth(1).click()
    await expectDialog(page)
  },
  'settings-leave': async (page) => {
    await at('settings/workspace')(page)
    await page.locator('#supportContact').fill('help@harbour.example')
    await page.locator('.bar').click() // the focus has somewhere to go back to
    await page.locator('.side a').first().click()
    await expectDialog(page)
  },
  'settings-key-create': press(keys, makeButton),
  'settings-key-refused': refused(press(keys, makeButton)),
  'settings-key-places': async (page) => {
    await press(keys, makeButton)(page)
    await page.getByRole('radio').nth(1).check()
    await expect(page.locator('#sessionIds')).toBeVisible()
  },
  'settings-key-secret': async (page) => {
    await press(keys, makeButton)(page)
    await page.locator('#name').fill('Photographed')
    await page.locator('#permissions input').first().check()
    await page.getByRole('dialog').locator('button[data-variant=filled]').click()
    await expect(page.getByRole('dialog').locator('.copy-line code').first()).toBeVisible()
  },
  'settings-key-edit': choose(keys, 'tbody', 0),
  'settings-key-rotate': choose(keys, 'tbody', 1),
  'settings-key-revoke': choose(keys, 'tbody', -1),
  'settings-webhook-create': press(webhooks, makeButton),
  'settings-webhook-types': async (page) => {
    await press(webhooks, makeButton)(page)
    await page.getByRole('radio').nth(1).check()
    await refused(async () => {})(page)
  },
  'settings-webhook-edit': choose(webhooks, 'tbody', 0),
  'settings-webhook-rotate': choose(webhooks, 'tbody', -2),
  'settings-webhook-delete': choose(webhooks, 'tbody', -1),
  'settings-delivery': async (page) => {
    await at(`settings/webhooks/${await webhook()}`)(page)
    await page.locator('.linked').first().click()
    await expect(page.locator('#answered')).toBeVisible()
  },
  'settings-application-create': press(applications, makeButton),
  'settings-application-refused': refused(press(applications, makeButton)),
  'settings-application-edit': choose(applications, 'tbody', 0),
  'settings-application-rotate': choose(applications, 'tbody', 2),
  'settings-application-delete': choose(applications, 'tbody', -1),
  'add-invite-refused': refused(at('people?dialog=invite')),
  'add-create-refused': refused(at('people?dialog=create')),
  'add-import-refused': refused(at('people?dialog=import')),
  'add-import-columns-refused': refused(async (page) => {
    await openColumns(page)
    for (const field of await page.locator('.columns select:visible').all()) await field.selectOption('')
  }),
  'group-create': press(at('groups'), '.split aside > .mantine-Button-root'),
  'group-edit': choose(group, '.lead', 1),
  'group-move': choose(group, '.lead', 2),
  'group-delete': choose(group, '.lead', 3),
  'unit-create': press(at('units'), '.split aside > .mantine-Button-root'),
  'unit-rename': choose(unit, '.lead', 1),
  'unit-move': choose(unit, '.lead', 2),
  'unit-delete': choose(unit, '.lead', 3),
  'session-create': press(at('sessions'), '.filters .end button'),
  'session-edit': choose(session, 'body', 0),
  'session-delete': choose(session, 'body', 1),
  'session-register': press(session, '.lead button'),
  'program-create': press(at('programs'), '.filters .end button'),
  'program-groups': choose(at('programs'), 'tbody', 1),
  'program-delete': choose(at('programs'), 'tbody', 2),
  'import-start': async (page) => press(at(`imports/${await previewed()}`), '.section button[data-variant=filled]')(page),
  'import-undo': async (page) => press(at(`imports/${await completed()}`), '.section button')(page),
}
