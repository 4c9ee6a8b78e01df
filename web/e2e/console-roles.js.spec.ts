// Each built-in role at the console: which screens the navigation has, and what each screen offers. The people are those of
// the demo; what the server allows is tried by the tests of the API.
import { expect, test, type Page } from '@playwright/test'
import { openConsole } from './console'
import { settled } from './console-states'
import { academy, heading } from './support'

type Offers = Record<string, string[]>

const demo = (name: string) => `${name}@brightwater.example`

// roles name the login of somebody who holds the role, the tabs of "Add people", and what each screen offers beside its
// filters. An entry "Menu: …" is in the menu of the first row, or of the thing in view, that has one; "Part: …" is a part of
// the home screen.
const roles: Record<string, { login: string, add: string[], offers: Offers }> = {
  'an administrator': {
    login: academy.admin, add: ['Invite', 'Create', 'Import', 'Join page'],
    offers: {
      Home: ['Part: Invitations', 'Part: Figures', 'Part: Waits for you', 'Part: Seats'],
      People: ['Export', 'Select', 'Menu: Deactivate', 'Menu: Remove'],
      Invitations: [
        'Send all again', 'Select', 'Menu: Send again…', 'Menu: Copy link', 'Menu: Edit…', 'Menu: History', 'Menu: Cancel invitation…',
      ],
      Imports: [],
      Groups: [
        'Create a group', 'Select', 'Menu: Create a group below', 'Menu: Rename and access', 'Menu: Print cards', 'Menu: Move', 'Menu: Delete',
      ],
      'Org units': ['Create a unit', 'Select', 'Menu: Create a unit below', 'Menu: Rename', 'Menu: Move', 'Menu: Delete'],
      Sessions: ['Create a session'],
      Programs: ['Create a program', 'Menu: Rename', 'Menu: Change its groups', 'Menu: Delete'],
      'Join pages': ['New join page', 'Menu: Copy link', 'Menu: Settings', 'Menu: Open or close'],
      Settings: [],
    },
  },
  'a user administrator': {
    login: demo('daniel.okafor'), add: ['Invite', 'Create', 'Import'],
    offers: {
      Home: ['Part: Invitations', 'Part: Figures', 'Part: Waits for you'],
      People: ['Export', 'Select', 'Menu: Deactivate', 'Menu: Remove'],
      Invitations: [
        'Send all again', 'Select', 'Menu: Send again…', 'Menu: Copy link', 'Menu: Edit…', 'Menu: History', 'Menu: Cancel invitation…',
      ],
      Imports: [],
      Groups: ['Select', 'Menu: Print cards'],
      'Org units': ['Select', 'Menu: Remove from the unit'],
      Sessions: ['Create a session'],
      Programs: [],
    },
  },
  'a group administrator': {
    login: demo('tom.becker'), add: ['Invite', 'Create'],
    offers: {
      Home: ['Part: Invitations', 'Part: Figures', 'Part: Waits for you'],
      People: ['Export', 'Select', 'Menu: Deactivate', 'Menu: Remove'],
      Invitations: [
        'Send all again', 'Select', 'Menu: Send again…', 'Menu: Copy link', 'Menu: Edit…', 'Menu: History', 'Menu: Cancel invitation…',
      ],
      Groups: ['Create a group', 'Select', 'Menu: Create a group below', 'Menu: Rename and access', 'Menu: Print cards'],
      'Org units': [],
      Sessions: [],
      Programs: [],
    },
  },
  'a manager': {
    login: demo('sofia.lindqvist'), add: ['Invite', 'Create'],
    offers: {
      Home: ['Part: Invitations', 'Part: Figures', 'Part: Waits for you'],
      People: ['Export', 'Select'],
      Invitations: ['Menu: History'],
      Groups: [],
      'Org units': ['Select', 'Menu: Remove from the unit'],
      Sessions: [],
      Programs: [],
    },
  },
  'a coach': {
    login: demo('marcus.bell'), add: [],
    offers: {
      Home: ['Part: Figures'],
      People: ['Export'],
      Invitations: ['Menu: History'],
      Groups: [],
      'Org units': [],
      Sessions: [],
    },
  },
  'an instructor': {
    login: demo('hannah.cole'), add: [],
    offers: {
      Home: ['Part: Figures'],
      People: ['Export'],
      Invitations: [],
      Groups: [],
      'Org units': [],
      Sessions: [],
    },
  },
}

for (const [role, { login, add, offers }] of Object.entries(roles))
  test(`${role} is offered what the role allows, and nothing else`, async ({ page }) => {
    await openConsole(page, `?workspace=${academy.slug}`, login)
    await expect(heading(page)).toHaveText('Home')
    const navigation = page.getByRole('navigation', { name: 'Console' }).getByRole('listitem')
    const found: Offers = {}
    for (const screen of await navigation.allTextContents()) {
      await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: screen, exact: true }).click()
      await expect(heading(page)).toHaveText(screen)
      await settled(page)
      if (screen === 'Invitations') await page.getByRole('navigation', { name: 'Status' }).getByRole('link', { name: /^Waiting/ }).click()
      const thing = page.locator('[role=treeitem]').first()
      if (await thing.count() > 0) {
        await thing.click()
        await expect(page.locator('.split > section .tabs')).toBeVisible()
        await settled(page)
      }
      found[screen] = await offered(page)
    }
    expect(found).toEqual(offers)
    expect(await tabsOfAdding(page)).toEqual(add)
  })

test('a learner is told that the console is for administrators', async ({ page }) => {
  await openConsole(page, '', demo('noah.fischer'))
  await expect(heading(page)).toHaveText('The console is for administrators')
})

// ignored are controls that everybody has, and those that depend on what waits.
const ignored = /^(Add filter|Columns|Saved views|Clear search|Menu|Search .*|Find .*|\d+ days?|Add people|Hide the first steps|Clear filters|Review|Renew|Correct|Look at it|Import people)$/

// offered names what can be pressed on a screen to change something, and the entries of its first menu.
async function offered(page: Page): Promise<string[]> {
  await settled(page)
  if (await page.locator('table.list').count() > 0) await expect(page.locator('table.list tbody tr').first()).toBeVisible()
  const buttons = page.locator('main :not(th) > button:visible, header button:visible, main a.mantine-Button-root:visible, header a.mantine-Button-root:visible')
  const names = await buttons.evaluateAll((all) => all.map((one) => (one.getAttribute('aria-label') ?? one.textContent ?? '').trim()))
  const found = new Set(names.map((name) => name.replace(/^Send (all )?\d+ again…$/, 'Send all again'))
    .filter((name) => name && !ignored.test(name) && !/^(Actions for|Sort|Remove)/.test(name)))
  if (await page.locator('tbody input[type=checkbox]:visible').count() > 0) found.add('Select')
  const parts = page.locator('main section[aria-labelledby] h2:visible, main section[aria-label]:visible')
  if (await page.locator('.figures').count() > 0) {
    for (const part of await parts.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? one.textContent))) {
      found.add(`Part: ${part}`)
    }
  }
  const menu = page.getByRole('button', { name: /^Actions for / }).first()
  if (await menu.count() > 0) {
    await menu.click()
    await expect(page.getByRole('menuitem').first()).toBeVisible() // a menu is mounted after the click
    for (const entry of await page.getByRole('menuitem').allTextContents()) found.add(`Menu: ${entry.replace(/^(Open|Close) the page$/, 'Open or close')}`)
    await page.keyboard.press('Escape')
  }
  return [...found]
}

async function tabsOfAdding(page: Page): Promise<string[]> {
  const button = page.locator('header').getByRole('link', { name: 'Add people' })
  if (await button.count() === 0) return []
  await button.click()
  const dialog = page.getByRole('dialog', { name: 'Add people' })
  await expect(dialog).toBeVisible()
  const tabs = await dialog.getByRole('navigation').getByRole('link').allTextContents()
  return tabs.length > 0 ? tabs : ['one way']
}
