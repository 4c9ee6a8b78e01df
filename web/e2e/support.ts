// What the browser tests share: asking the API as somebody of the demo, inviting people, and reading the mails that the
// demo's mailbox has received. Every test works with people of its own, so that all of them run at the same time, in both
// projects, against one server, in any order.
import { expect, type Page } from '@playwright/test'

export const base = `http://${process.env.USHER_E2E_ADDR}`

// password is everybody's in the demo, and that of the people made here.
export const password = 'correct-usher-demo'

export interface Workspace { slug: string, name: string, admin: string }
export const academy: Workspace = { slug: 'brightwater', name: 'Brightwater Academy', admin: 'amelia.hart@brightwater.example' }
export const france: Workspace = { slug: 'brightwater-france', name: 'Brightwater France', admin: 'elodie.moreau@brightwater.example' }

// fresh is an address that nobody has had, its mailbox unknown to every limit on mails.
export function fresh(name: string): string {
  return `${name}.${Math.random().toString(36).slice(2, 10)}@visitor.example`
}

// ask sends an operation, as somebody who is signed in if a login is given, and returns its data.
export async function ask(query: string, variables: object = {}, login?: string): Promise<any> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json', 'Accept-Language': 'en' }
  if (login) headers.Authorization = `Bearer ${await token(login)}`
  const answer = await fetch(`${base}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  const { data, errors } = await answer.json()
  if (errors) throw new Error(`${query}\n${JSON.stringify(errors)}`)
  return data
}

const tokens = new Map<string, { token: string, until: number }>()

// token signs in, or takes the token of before while it is good: access tokens live for five minutes.
async function token(login: string): Promise<string> {
  const kept = tokens.get(login)
  if (kept && kept.until > Date.now() + 30_000) return kept.token
  const { signIn } = await ask(
    'mutation($input: SignInInput!) { signIn(input: $input) { auth { accessToken expiresAt } } }',
    { input: { login, password, tokenDelivery: 'BODY' } },
  )
  tokens.set(login, { token: signIn.auth.accessToken, until: Date.parse(signIn.auth.expiresAt) })
  return signIn.auth.accessToken
}

// workspace reads something of a workspace as its administrator.
export async function workspace(at: Workspace, fields: string): Promise<any> {
  return (await ask(`query($slug: String!) { workspace(slug: $slug) { id ${fields} } }`, { slug: at.slug }, at.admin)).workspace
}

// invite invites one address as the workspace's administrator and returns what became of it.
export async function invite(at: Workspace, email: string, more: object = {}): Promise<any> {
  const { id } = await workspace(at, '')
  const { inviteUsers } = await ask(
    'mutation($input: InviteUsersInput!) { inviteUsers(input: $input) { outcomes { status message invitation { id link } } } }',
    { input: { workspaceId: id, emails: [email], ...more } },
    at.admin,
  )
  return inviteUsers.outcomes[0]
}

// invitation reads the newest invitation of an address as the workspace's administrator.
export async function invitation(at: Workspace, email: string, fields = 'status'): Promise<any> {
  const { invitations } = await workspace(at, `invitations(first: 1, filter: {search: "${email}"}) { edges { node { ${fields} } } }`)
  return invitations.edges[0].node
}

// invited invites one address by mail and returns the invitation's id and the link that the mail carries.
export async function invited(at: Workspace, email: string, more: object = {}): Promise<{ id: string, link: string }> {
  const outcome = await invite(at, email, more)
  expect(outcome.status, outcome.message).toBe('INVITED')
  return { id: outcome.invitation.id, link: (await mail(email, '/invitations/')).link('invitations') }
}

// accept says yes without a browser, as somebody new.
export async function accept(link: string, firstName: string, lastName: string, more: object = {}): Promise<void> {
  await ask(
    'mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { member { id } } }',
    { input: { token: link.split('/').pop(), firstName, lastName, password, locale: 'en', ...more } },
  )
}

// joinLink opens a join link as the workspace's administrator and returns its id and slug. It takes anyone unless said.
export async function joinLink(at: Workspace, more: object = {}): Promise<{ id: string, slug: string }> {
  const { id } = await workspace(at, '')
  const { createJoinLink } = await ask(
    'mutation($input: CreateJoinLinkInput!) { createJoinLink(input: $input) { joinLink { id slug } } }',
    { input: { workspaceId: id, ...more } },
    at.admin,
  )
  return createJoinLink.joinLink
}

// editLink changes a join link as the workspace's administrator.
export async function editLink(at: Workspace, id: string, change: object): Promise<any> {
  const { updateJoinLink } = await ask(
    'mutation($input: UpdateJoinLinkInput!) { updateJoinLink(input: $input) { joinLink { id slug joinCount } } }',
    { input: { joinLinkId: id, ...change } },
    at.admin,
  )
  return updateJoinLink.joinLink
}

// asked asks to join without a browser and returns the link that the mail carries.
export async function asked(slug: string, email: string, firstName = 'Ines', locale = 'en'): Promise<string> {
  await ask('mutation($input: JoinByLinkInput!) { joinByLink(input: $input) { status } }', {
    input: { slug, email, firstName, lastName: 'Visitor', locale },
  })
  return (await mail(email, '/join/confirm/')).link('join/confirm')
}

// confirm confirms a request to join without a browser, as somebody new, and returns how far it led.
export async function confirm(link: string): Promise<string> {
  const { confirmJoin } = await ask(
    'mutation($input: ConfirmJoinInput!) { confirmJoin(input: $input) { status } }',
    { input: { token: link.split('/').pop(), password } },
  )
  return confirmJoin.status
}

// request reads the newest request to join of an address as the workspace's administrator.
export async function request(at: Workspace, email: string, fields = 'id status'): Promise<any> {
  const { joinRequests } = await workspace(at, `joinRequests(first: 1, filter: {search: "${email}"}) { edges { node { ${fields} } } }`)
  return joinRequests.edges[0]?.node
}

// foundConsenting makes a workspace that asks people to consent to its documents before they come in.
export async function foundConsenting(): Promise<Workspace & { id: string }> {
  const { viewer } = await ask('{ viewer { organizations { id } } }', {}, academy.admin)
  const slug = `consent-${Math.random().toString(36).slice(2, 10)}`
  const { createWorkspace: { workspace: { id } } } = await ask(
    'mutation($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { workspace { id } } }',
    { input: { organizationId: viewer.organizations[0].id, name: 'Harbour School', slug } },
    academy.admin,
  )
  const at = { id, slug, name: 'Harbour School', admin: academy.admin }
  await requireConsent(at, '2026-12')
  return at
}

// requireConsent has a workspace ask for a version of its documents, as its administrator.
export async function requireConsent(at: { id: string, admin: string }, consentVersion: string): Promise<void> {
  await ask('mutation($input: UpdateWorkspaceInput!) { updateWorkspace(input: $input) { workspace { id } } }', {
    input: {
      workspaceId: at.id, consentRequired: true, consentVersion, supportContact: 'help@harbour.example',
      privacyUrl: 'https://www.harbour.example/privacy', termsUrl: 'https://www.harbour.example/terms',
    },
  }, at.admin)
}

// someone makes an account that is a member of a workspace, its mailbox proven, and returns its address. The invitation is
// copied and the proof is a reset of the password, because members may cause one mail a minute to a mailbox, and the test
// wants that one.
export async function someone(name: string, at = academy): Promise<string> {
  const email = fresh(name.toLowerCase())
  const { invitation: { link } } = await invite(at, email, { sendEmail: false })
  await accept(link, name, 'Visitor', at === france ? { customFields: { work_place: 'Au bureau' } } : {})
  await ask('mutation($email: String!) { requestPasswordReset(input: {email: $email}) { email } }', { email })
  const reset = (await mail(email, '/reset-password/')).link('reset-password').split('/').pop()
  await ask('mutation($t: String!, $p: String!) { resetPassword(input: {token: $t, password: $p}) { auth { expiresAt } } }', { t: reset, p: password })
  return email
}

// newcomer is someone whose mailbox was proven by an invitation instead, because strangers may cause one mail a minute to a
// mailbox too, and a reset of the password is one of those.
export async function newcomer(name: string, at = academy): Promise<string> {
  const email = fresh(name.toLowerCase())
  await accept((await invited(at, email)).link, name, 'Visitor', at === france ? { customFields: { work_place: 'Au bureau' } } : {})
  return email
}

// Card is one that was issued, as whoever prints it sees it.
export interface Card { member: string, username: string, url: string, code: string, pin: string, html: string }

// carded makes somebody without a mailbox, as the workspace's administrator, and issues a card to them.
export async function carded(at: Workspace, name: string): Promise<Card> {
  const username = fresh(name).split('@')[0]
  const { id } = await workspace(at, '')
  const { createUser } = await ask(
    'mutation($input: CreateUserInput!) { createUser(input: $input) { member { id } } }',
    { input: { workspaceId: id, firstName: 'Ines', lastName: 'Visitor', username } },
    at.admin,
  )
  const member = createUser.member.id
  return { member, username, ...await issued(at, member) }
}

// issued issues a card to a member, as the workspace's administrator.
export async function issued(at: Workspace, member: string): Promise<{ url: string, code: string, pin: string, html: string }> {
  const { issueCard } = await ask('mutation($id: ID!) { issueCard(input: {memberId: $id}) { card { url code pin html } } }', { id: member }, at.admin)
  return issueCard.card
}

// guess is a PIN that is not the card's.
export const guess = (card: { pin: string }) => card.pin.startsWith('1') ? '2222 2222' : '1111 1111'

// redeem uses a card without a browser.
export async function redeem(card: { url: string, pin: string }): Promise<void> {
  await ask('mutation($input: RedeemCardInput!) { redeemCard(input: $input) { auth { expiresAt } } }', {
    input: { token: card.url.split('/').pop(), pin: card.pin, password },
  })
}

// withdraw cancels an invitation as the workspace's administrator.
export async function withdraw(at: Workspace, id: string): Promise<void> {
  await ask('mutation($id: ID!) { cancelInvitation(input: {invitationId: $id}) { invitation { id } } }', { id }, at.admin)
}

// masked is how an address is shown to whoever holds a link that may have been passed on.
export function masked(email: string): string {
  return email.replace(/(.)[^@]*@(.).*(\.\w+)$/, '$1•••@$2•••$3')
}

// signIn signs in on the page, in English whatever the account's language.
export async function signIn(page: Page, login: string, secret = password): Promise<void> {
  await page.goto('/sign-in?lang=en')
  await page.getByLabel('Email address or username').fill(login)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

// heading is the page's one heading.
export const heading = (page: Page) => page.getByRole('heading', { level: 1 })

// Mail is one that has arrived, decoded. link returns the first link in its text to a kind of page.
export interface Mail { head: string, subject: string, text: string, html: string, link(kind: string): string }

// mail waits for the newest mail to an address that holds some words, in its subject or its text.
export async function mail(to: string, about: string): Promise<Mail> {
  const until = Date.now() + 10_000 // the first try is promised within five seconds of the commit
  for (;;) {
    const list = await (await fetch(`${base}/mailbox?to=${encodeURIComponent(to)}`)).text()
    for (const [, id] of list.matchAll(/href="\/mailbox\/(\d+)"/g)) {
      const found = decode(await (await fetch(`${base}/mailbox/${id}/raw`)).text())
      if (found.subject.includes(about) || found.text.includes(about)) return found
    }
    if (Date.now() > until) throw new Error(`no mail to ${to} about “${about}”`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

// decode reads a mail as Usher writes them: two parts, both quoted-printable.
function decode(raw: string): Mail {
  const [top, ...rest] = raw.replaceAll('\r\n', '\n').split('\n\n')
  const head = top.replace(/\n[ \t]+/g, ' ')
  const boundary = /boundary="?([^"\s;]+)/.exec(head)?.[1] ?? ''
  const parts = rest.join('\n\n').split(`--${boundary}`)
  const part = (type: string) => {
    const found = parts.find(p => p.includes(`Content-Type: ${type}`)) ?? ''
    return quoted(found.slice(found.indexOf('\n\n') + 2).replace(/=\n/g, ''))
  }
  const subject = (/^Subject: (.*)$/m.exec(head)?.[1] ?? '')
    .replace(/\?=\s+=\?/g, '?==?') // encoded words that follow each other touch
    .replace(/=\?utf-8\?q\?(.*?)\?=/gi, (_, word) => quoted(word.replaceAll('_', ' ')))
  const text = part('text/plain')
  const link = (kind: string) => {
    const found = text.match(new RegExp(`^${base}/${kind}/\\S+$`, 'm'))
    if (!found) throw new Error(`no link to /${kind}/ in:\n${text}`)
    return found[0]
  }
  return { head, subject, text, html: part('text/html'), link }
}

// quoted reads quoted-printable, whose bytes are UTF-8.
function quoted(s: string): string {
  const bytes = s.replace(/=([0-9A-F]{2})|([^\x00-\x7f])/g, (_, hex, letter) => hex ? `%${hex}` : encodeURIComponent(letter))
  return decodeURIComponent(bytes.replace(/%(?![0-9A-F]{2})/g, '%25'))
}
