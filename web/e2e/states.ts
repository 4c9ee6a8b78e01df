// Every public page in every state that it can be in, each with the way there: for the tests that hold all of them to the
// same, and for the pictures.
import { type Page } from '@playwright/test'
import {
  academy, accept, ask, asked, carded, confirm, editLink, foundConsenting, france, fresh, guess, invite, invited, issued, joinLink, mail, newcomer, password, redeem,
  request, signIn, someone, withdraw, workspace,
} from './support'

// Go leads a page into a state. open goes to a path in the language of the run; send presses the button of the form.
type Go = (page: Page, open: (path: string) => Promise<void>, send: () => Promise<void>) => Promise<void>

// once makes what several states share, when the first of them needs it: one set for each of Playwright's workers.
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => made ??= make()
}

// An address as long as they come, to see it wrap on a phone.
const stranger = once(() => invited(academy, fresh('maximiliane-antoinette.featherstonehaugh-winterbottom'), {
  message: 'We are so glad that you are coming.\nSee you on Monday!',
}))
// An invitation with all that its page can tell: sessions, programs, groups, the end of access.
const offered = once(async () => {
  const { groups, programs, sessions } = await workspace(academy, `groups(first: 2) { edges { node { id } } }
    programs(first: 1) { edges { node { id } } } sessions(first: 5) { edges { node { id endsAt } } }`)
  const ids = (list: any): string[] => list.edges.map((edge: any) => edge.node)
    .filter(({ endsAt }: any) => !endsAt || new Date(endsAt) > new Date()).map(({ id }: any) => id)
  return invited(academy, fresh('offered'), {
    message: 'Room 4 is up the stairs on the left. See you on Monday!',
    grant: { groupIds: ids(groups), programIds: ids(programs), sessionIds: ids(sessions), accessExpiresAt: '2199-06-30T22:00:00Z' },
  })
})
const copied = once(async () => (await invite(academy, fresh('copied'), { sendEmail: false })).invitation.link)
const known = once(async () => {
  const email = await someone('Ines', france)
  return { email, ...await invited(academy, email) }
})
const asking = once(() => invited(france, fresh('asking')))
const other = once(() => someone('Maximiliane-Antoinette.Featherstonehaugh'))
const used = once(async () => {
  const email = fresh('used')
  const { link } = await invited(academy, email)
  await accept(link, 'Ursula', 'Visitor')
  return { email, link }
})
const withdrawn = once(async () => {
  const { id, link } = await invited(academy, fresh('withdrawn'))
  await withdraw(academy, id)
  return link
})
const expired = once(async () => {
  const expiresAt = new Date(Date.now() + 1500).toISOString()
  const { invitation } = await invite(academy, fresh('expired'), { sendEmail: false, expiresAt })
  await new Promise(resolve => setTimeout(resolve, 2000))
  return invitation.link
})
const declined = once(async () => {
  const { link } = await invited(academy, fresh('declined'))
  await ask('mutation($token: String!) { declineInvitation(input: {token: $token}) { invitation { status } } }', { token: link.split('/').pop() })
  return link
})
const reset = once(async () => {
  const { email } = await used()
  await ask('mutation($email: String!) { requestPasswordReset(input: {email: $email}) { email } }', { email })
  return (await mail(email, '/reset-password/')).link('reset-password')
})
const newAddress = once(async () => {
  const email = fresh('next')
  await ask('mutation($email: String!, $password: String!) { requestEmailChange(input: {email: $email, password: $password}) { email } }', { email, password }, await other())
  return (await mail(email, '/confirm-email/')).link('confirm-email')
})
// unverified is the emailed invitation of somebody whose account others made: nobody has verified its address.
const unverified = async () => {
  const email = fresh('unproven')
  const { invitation } = await invite(france, email, { sendEmail: false })
  await accept(invitation.link, 'Uta', 'Visitor', { customFields: { work_place: 'Au bureau' } })
  return (await invited(academy, email)).link
}
const preferences = once(async () => {
  const email = fresh('preferences')
  await invited(academy, email)
  return (await mail(email, '/preferences/')).link('preferences')
})

// Cards, good and over. Nobody waits thirty days for one to expire: that page differs from the others by a sentence.
const card = once(() => carded(academy, 'maximiliane-antoinette.featherstonehaugh'))
const usedCard = once(async () => {
  const used = await carded(academy, 'used')
  await redeem(used)
  return used
})
const replacedCard = once(async () => {
  const old = await carded(academy, 'replaced')
  await issued(academy, old.member)
  return old
})
const triedCard = once(async () => {
  const tried = await carded(academy, 'tried')
  for (let i = 0; i < 5; i++) await redeem({ ...tried, pin: guess(tried) }).catch(() => {})
  return tried
})

// Join pages: a plain one, one with all that a workspace can say, one that asks for approval, and those that are closed.
const plain = once(() => joinLink(academy))
const rich = once(() => joinLink(academy, {
  title: 'Evening classes, autumn term',
  welcomeText: 'Dear neighbours,\n\nour evening classes are open to all staff of the hospital and of its clinics.\nWe begin on Monday at six.',
  whitelist: ['hospital.example', '*.hospital.example', 'visitor.example'],
  requiresApproval: true,
}))
const questions = once(() => joinLink(france))
const off = once(() => joinLink(academy, { enabled: false }))
const over = once(async () => {
  const link = await joinLink(academy, { expiresAt: new Date(Date.now() + 1500).toISOString() })
  await new Promise(resolve => setTimeout(resolve, 2000))
  return link
})
const full = once(async () => {
  const link = await joinLink(academy, { maxJoins: 1 })
  await confirm(await asked(link.slug, fresh('last')))
  return link
})
const confirming = once(async () => asked((await plain()).slug, fresh('maximiliane-antoinette.featherstonehaugh-winterbottom')))
const confirmingKnown = once(async () => {
  const email = await newcomer('Jana', france)
  return { email, link: await asked((await plain()).slug, email) }
})
const confirmed = once(async () => {
  const email = fresh('confirmed')
  const link = await asked((await plain()).slug, email)
  await confirm(link)
  return { email, link }
})
const waiting = once(async () => {
  const link = await asked((await rich()).slug, fresh('waiting'))
  await confirm(link)
  return link
})
// approval and renewal are the action links of two emails to the administrator.
const approval = once(async () => {
  const email = fresh('approval')
  await confirm(await asked((await rich()).slug, email))
  return (await mail(academy.admin, email)).link('actions')
})
const renewal = once(async () => {
  const email = fresh('renewal')
  const { id, link } = await invited(academy, email)
  await withdraw(academy, id)
  await ask('mutation($token: String!) { requestNewInvitation(input: {token: $token}) { invitation { status } } }', { token: link.split('/').pop() })
  return (await mail(academy.admin, email)).link('actions')
})
const rejected = once(async () => {
  const email = fresh('turned-down')
  const link = await asked((await rich()).slug, email)
  await confirm(link)
  const { id } = await request(academy, email)
  await ask('mutation($id: ID!) { rejectJoinRequest(input: {joinRequestId: $id}) { joinRequest { id } } }', { id }, academy.admin)
  return link
})
const closedMeanwhile = once(async () => {
  const { id, slug } = await joinLink(academy)
  const link = await asked(slug, fresh('closed'))
  await editLink(academy, id, { enabled: false })
  return link
})
const unlisted = once(async () => {
  const { id, slug } = await joinLink(academy)
  const link = await asked(slug, fresh('unlisted'))
  await editLink(academy, id, { whitelist: ['hospital.example'] })
  return link
})

// consenting is a workspace that asks for a consent before anybody comes in.
const consenting = once(foundConsenting)
const consentingCard = once(async () => carded(await consenting(), 'consent'))

// fill answers the form of a join page.
async function fill(page: Page, email: string): Promise<void> {
  await page.locator('#firstName').fill('Ines')
  await page.locator('#lastName').fill('Visitor')
  await page.locator('#email').fill(email)
}

export const states: Record<string, Go> = {
  'home': (_, open) => open('/'),
  'home-signed-out': (_, open) => open('/?done=signed_out'),
  'home-member': async (page, open) => { await signIn(page, (await known()).email); await open('/') },
  'account': async (page, open) => { await signIn(page, (await known()).email); await open('/account') },
  'account-profile': async (page, open) => { await signIn(page, await other()); await open('/account/profile') },
  'account-email-errors': async (page, open, send) => {
    await signIn(page, await other())
    await open('/account/email')
    await send()
  },
  'account-erase': async (page, open) => { await signIn(page, await other()); await open('/account/erase') },
  'action-renew': async (page, open) => { await signIn(page, academy.admin); await open(await renewal()) },
  'action-approve': async (page, open) => { await signIn(page, academy.admin); await open(await approval()) },
  'action-approve-rejecting': async (page, open) => {
    await signIn(page, academy.admin)
    await open(await approval())
    await page.locator('summary').first().click()
  },
  'action-sign-in': async (_, open) => open(await approval()),
  'action-other': async (page, open) => { await signIn(page, await other()); await open(await renewal()) },
  'action-dead': (_, open) => open('/actions/nonsense'),
  'missing': (_, open) => open('/nowhere'),

  'sign-in': (_, open) => open('/sign-in'),
  'sign-in-errors': async (_, open, send) => { await open('/sign-in'); await send() },
  'sign-in-workspace': async (page, open, send) => {
    await open('/sign-in')
    await page.locator('#login').fill('somebody')
    await page.locator('#password').fill(password)
    await send()
  },
  'sign-in-no-cookies': async (page, open, send) => {
    await open('/sign-in')
    await page.context().clearCookies()
    await page.locator('#login').fill('somebody')
    await page.locator('#password').fill(password)
    await send()
  },
  'forgot-password': (_, open) => open('/forgot-password'),
  'forgot-password-errors': async (_, open, send) => { await open('/forgot-password'); await send() },
  'forgot-password-sent': (_, open) => open('/forgot-password?done=reset'),
  'reset-password': async (_, open) => open(await reset()),
  'reset-password-errors': async (page, open, send) => {
    await open(await reset())
    await page.locator('#password').fill('password')
    await send()
  },
  'reset-password-dead': (_, open) => open('/reset-password/nonsense'),
  'change-password': async (page, open) => { await signIn(page, await other()); await open('/change-password') },
  'change-password-errors': async (page, open, send) => {
    await signIn(page, await other())
    await open('/change-password')
    await send()
  },
  'confirm-email': async (_, open) => open(await newAddress()),

  'accept-new': async (_, open) => open((await stranger()).link),
  'accept-offered': async (_, open) => open((await offered()).link),
  'accept-new-errors': async (_, open, send) => { await open((await stranger()).link); await send() },
  'accept-copied': async (_, open) => open(await copied()),
  'accept-copied-account': async (_, open) => open(`${await copied()}?have=account`),
  'accept-known': async (_, open) => open((await known()).link),
  'accept-known-errors': async (_, open, send) => { await open((await known()).link); await send() },
  'accept-one-click': async (page, open) => { await signIn(page, (await known()).email); await open((await known()).link) },
  'accept-other': async (page, open) => { await signIn(page, await other()); await open((await stranger()).link) },
  'accept-other-moving': async (page, open) => {
    await signIn(page, await other())
    await open((await stranger()).link)
    await page.locator('summary').first().click()
  },
  'accept-other-moved': async (page, open) => { await signIn(page, await other()); await open(`${(await stranger()).link}?done=moved`) },
  'accept-questions': async (_, open) => open((await asking()).link),
  'accept-questions-errors': async (_, open, send) => { await open((await asking()).link); await send() },
  'accept-consent': async (_, open) => open((await invited(await consenting(), fresh('consent'))).link),
  'accept-consent-errors': async (_, open, send) => { await open((await invited(await consenting(), fresh('consent'))).link); await send() },
  'card-consent': async (_, open) => open((await consentingCard()).url),
  'accept-declining': async (page, open) => {
    await open((await stranger()).link)
    await page.locator('summary').click()
  },
  'in': async (page, open) => { await signIn(page, (await used()).email); await open((await used()).link) },
  'accept-new-password': async (_, open) => open(await unverified()),
  'in-new-password': async (page, open, send) => {
    await open(await unverified())
    await page.locator('#newPassword').fill('a better one, at last')
    await send()
  },
  'used': async (_, open) => open((await used()).link),
  'used-other': async (page, open) => { await signIn(page, await other()); await open((await used()).link) },
  'expired': async (_, open) => open(await expired()),
  'withdrawn': async (_, open) => open(await withdrawn()),
  'asked': async (_, open) => open(`${await withdrawn()}?done=asked`),
  'declined': async (_, open) => open(await declined()),
  'unknown': (_, open) => open('/invitations/nonsense'),

  'join': async (_, open) => open(`/join/${(await plain()).slug}`),
  'join-rich': async (_, open) => open(`/join/${(await rich()).slug}`),
  'join-errors': async (_, open, send) => { await open(`/join/${(await plain()).slug}`); await send() },
  'join-not-allowed': async (page, open, send) => {
    await open(`/join/${(await rich()).slug}`)
    await fill(page, 'ines@elsewhere.example')
    await send()
  },
  'join-sent': async (page, open, send) => {
    await open(`/join/${(await rich()).slug}`)
    await fill(page, fresh('maximiliane-antoinette.featherstonehaugh-winterbottom'))
    await send()
  },
  'join-one-step': async (page, open) => { await signIn(page, await other()); await open(`/join/${(await questions()).slug}`) },
  'join-one-step-errors': async (page, open, send) => {
    await signIn(page, await other())
    await open(`/join/${(await questions()).slug}`)
    await send()
  },
  'join-one-step-approval': async (page, open) => {
    await signIn(page, (await confirmingKnown()).email)
    await open(`/join/${(await rich()).slug}`)
    await page.locator('summary').click()
  },
  'join-member': async (page, open) => { await signIn(page, (await used()).email); await open(`/join/${(await plain()).slug}`) },
  'join-in': async (page, open) => { await signIn(page, (await confirmed()).email); await open(`/join/${(await plain()).slug}`) },
  'join-off': async (_, open) => open(`/join/${(await off()).slug}`),
  'join-off-member': async (page, open) => { await signIn(page, (await confirmed()).email); await open(`/join/${(await off()).slug}`) },
  'join-expired': async (_, open) => open(`/join/${(await over()).slug}`),
  'join-full': async (_, open) => open(`/join/${(await full()).slug}`),
  'join-unknown': (_, open) => open('/join/nowhere-at-all'),
  'confirm-new': async (_, open) => open(await confirming()),
  'confirm-new-errors': async (_, open, send) => { await open(await confirming()); await send() },
  'confirm-known': async (_, open) => open((await confirmingKnown()).link),
  'confirm-one-click': async (page, open) => { await signIn(page, (await confirmingKnown()).email); await open((await confirmingKnown()).link) },
  'confirm-other': async (page, open) => { await signIn(page, await other()); await open(await confirming()) },
  'confirm-waiting': async (_, open) => open(await waiting()),
  'confirm-rejected': async (_, open) => open(await rejected()),
  'confirm-used': async (_, open) => open((await confirmed()).link),
  'confirm-in': async (page, open) => { await signIn(page, (await confirmed()).email); await open((await confirmed()).link) },
  'confirm-closed': async (_, open) => open(await closedMeanwhile()),
  'confirm-unlisted': async (_, open) => open(await unlisted()),
  'confirm-unknown': (_, open) => open('/join/confirm/nonsense'),

  'card': async (_, open) => open((await card()).url),
  'card-code': (_, open) => open(`/card?workspace=${academy.slug}`),
  'card-code-errors': async (_, open, send) => { await open(`/card?workspace=${academy.slug}`); await send() },
  'card-code-wrong': async (page, open, send) => {
    await open(`/card?workspace=${academy.slug}`)
    await page.locator('#code').fill('bcdfg hjkmn')
    await send()
  },
  'card-errors': async (_, open, send) => { await open((await card()).url); await send() },
  'card-wrong-pin': async (page, open, send) => {
    const mine = await carded(academy, 'wrong') // a try is gone afterwards: no other test may share it
    await open(mine.url)
    await page.locator('#pin').fill(guess(mine))
    await page.locator('#password').fill(password)
    await send()
  },
  'card-signed-in': async (page, open) => { await signIn(page, await other()); await open((await card()).url) },
  'card-in': async (page, open, send) => {
    const mine = await carded(academy, 'in')
    await open(mine.url)
    await page.locator('#pin').fill(mine.pin)
    await page.locator('#password').fill(password)
    await send()
  },
  'card-used': async (_, open) => open((await usedCard()).url),
  'card-replaced': async (_, open) => open((await replacedCard()).url),
  'card-tried': async (_, open) => open((await triedCard()).url),
  'card-unknown': (_, open) => open('/cards/nonsense'),

  'preferences': async (_, open) => open(await preferences()),
  'preferences-stopped': async (_, open) => open(`${await preferences()}?done=stopped`),
  'preferences-dead': (_, open) => open('/preferences/nonsense'),
}

// show leads a page into a state, in a language.
export async function show(page: Page, state: string, language: string): Promise<void> {
  const open = async (path: string) => {
    await page.goto(path + (path.includes('?') ? '&' : '?') + `lang=${language}`)
  }
  await states[state](page, open, async () => {
    const answered = page.waitForResponse(r => r.request().isNavigationRequest() && r.status() !== 303)
    await page.locator('#form button[type=submit]').click()
    await answered
    await page.waitForLoadState()
  })
}
