// GraphiQL on this server's own API. The page takes the session of the browser: at load, and before
// an access token expires, it asks refreshSession, which reads the session cookie. Whoever is not
// signed in runs the first tab.

// spare is how long before its end an access token is renewed, in milliseconds.
const spare = 30_000

const session = { accessToken: null, expiresAt: 0, workspaceId: '' }

// post sends an operation with the access token, unless the headers of the editor name another.
async function post(operation, headers, signal, accept) {
  const all = { 'Content-Type': 'application/json', Accept: accept }
  if (session.accessToken) all.Authorization = `Bearer ${session.accessToken}`
  return fetch('/graphql', {
    method: 'POST', headers: { ...all, ...headers }, body: JSON.stringify(operation), signal,
  })
}

// keepTokens takes the access token of whichever mutation has signed in.
function keepTokens(data) {
  for (const payload of Object.values(data ?? {})) {
    const auth = payload?.auth
    if (auth?.accessToken) {
      session.accessToken = auth.accessToken
      session.expiresAt = auth.expiresAt ? Date.parse(auth.expiresAt) : Date.now() + 2 * spare
    }
  }
  if (data && 'signOut' in data) session.accessToken = null
}

// renew signs in by the session cookie. Without one it leaves the page signed out.
async function renew() {
  session.accessToken = null
  const answer = await post({ query: 'mutation { refreshSession(input: {}) { auth { accessToken expiresAt } } }' },
    {}, undefined, 'application/json')
  keepTokens((await answer.json()).data)
}

// findWorkspace remembers the first workspace of the signed-in user, for the variables of the tabs.
async function findWorkspace() {
  if (session.workspaceId || !session.accessToken) return
  const answer = await post({ query: '{ viewer { memberships { workspace { id } } } }' },
    {}, undefined, 'application/json')
  session.workspaceId = (await answer.json()).data?.viewer?.memberships[0]?.workspace.id ?? ''
}

// fillWorkspace puts the first workspace into every empty workspaceId.
function fillWorkspace(value) {
  if (Array.isArray(value)) return value.map(fillWorkspace)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) =>
    [name, name === 'workspaceId' && part === '' ? session.workspaceId : fillWorkspace(part)]))
}

function isSubscription(operation, document) {
  const operations = (document?.definitions ?? []).filter((d) => d.kind === 'OperationDefinition')
  const chosen = operations.find((d) => d.name?.value === operation.operationName) ?? operations[0]
  return chosen?.operation === 'subscription'
}

// subscribe reads server-sent events. Stopping it in GraphiQL closes the connection.
function subscribe(operation, headers) {
  const stop = new AbortController()
  async function* events() {
    const answer = await post(operation, headers, stop.signal, 'text/event-stream')
    if (!answer.headers.get('Content-Type')?.startsWith('text/event-stream')) {
      yield await answer.json()
      return
    }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const parts = (text + value).split('\n\n')
      text = parts.pop()
      for (const part of parts) {
        const data = part.split('\n').find((line) => line.startsWith('data: '))
        if (part.includes('event: next') && data) yield JSON.parse(data.slice('data: '.length))
        if (part.includes('event: complete')) return
      }
    }
  }
  const all = events()
  return {
    [Symbol.asyncIterator]() { return this },
    async next() {
      try {
        return await all.next()
      } catch (problem) {
        if (stop.signal.aborted) return { done: true, value: undefined }
        throw problem
      }
    },
    async return() {
      stop.abort() // a generator that waits for an event would not see return
      return { done: true, value: undefined }
    },
  }
}

async function fetcher(operation, options) {
  if (session.accessToken && session.expiresAt - Date.now() < spare) await renew()
  await findWorkspace()
  const ready = { ...operation, variables: fillWorkspace(operation.variables) }
  const headers = options?.headers ?? {}
  if (isSubscription(operation, options?.documentAST)) return subscribe(ready, headers)
  const answer = await (await post(ready, headers, undefined, 'application/json')).json()
  keepTokens(answer.data)
  return answer
}

const invitees = 'Jane Doe <jane@example.org>; bob@example.org, nonsense@'
const tabs = [
  {
    query: `# Signs this page in, and the pages of Usher in this browser: the answer sets the session cookie.
# An access token is renewed when it expires, so nothing has to be pasted into the headers.
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    auth { accessToken expiresAt viewer { memberships { workspace { id slug name } } } }
  }
}
`,
    variables: { input: { login: 'amelia.hart@brightwater.example', password: 'correct-usher-demo', tokenDelivery: 'COOKIE' } },
  },
  {
    query: `# Invites people. An empty workspaceId stands for your first workspace.
mutation Invite($input: InviteUsersInput!) {
  inviteUsers(input: $input) {
    outcomes { email status message invitation { id link } }
  }
}
`,
    variables: { input: { workspaceId: '', text: invitees, grant: { roles: ['learner'], accessExpiresAt: '2030-01-31' }, message: 'See you on Monday' } },
  },
  {
    query: `# Tells what an invitation would do. It writes nothing and sends no email.
query Plan($input: PlanInput!) {
  plan(input: $input) {
    people { email status message }
    emailCount seatsTaken seatsLeft
  }
}
`,
    variables: { input: { invite: { workspaceId: '', text: invitees } } },
  },
  {
    query: `# Previews a file. Give the id of the answer to importProgress, and to startImport.
mutation Import($input: CreateImportInput!) {
  createImport(input: $input) { import { id status } }
}

subscription ImportProgress($id: ID!) {
  importProgress(id: $id) {
    import { status counts { invite create update error done } reportUrl }
    secondsLeft
  }
}

subscription Invitations($workspaceId: ID!) {
  invitationsChanged(workspaceId: $workspaceId) {
    changes { kind id invitation { email status } }
  }
}
`,
    variables: { id: '', workspaceId: '', input: { workspaceId: '', action: 'INVITE', content: { text: 'email,firstName,lastName\njane@example.org,Jane,Doe\nbob@example.org,Bob,Roe' } } },
  },
  {
    query: `# Makes a public join page.
mutation JoinLink($input: CreateJoinLinkInput!) {
  createJoinLink(input: $input) { joinLink { id url slug } }
}
`,
    variables: { input: { workspaceId: '', title: 'Welcome', whitelist: ['example.org'], expiresAt: '2030-01-31' } },
  },
].map((tab) => ({ query: tab.query, variables: JSON.stringify(tab.variables, null, 2) }))

renew().catch(() => {}).finally(() => {
  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultTabs: tabs,
      defaultEditorToolsVisibility: 'variables',
    }),
  )
})
