// Plays a personnel system for some weeks, such as the 52 of a year, against a workspace for tests: people join, move, marry,
// change their address, leave and come back, and the weekly file is at times cut off, empty, sent twice or broken off. For
// Node, without packages.
//
//   USHER_URL=https://usher.example.org USHER_KEY=ush_live_… USHER_WORKSPACE=wsp_… \
//     node rehearse-year.mjs hr.json SEED PEOPLE WEEKS
//
// hr.json is the personnel system: all people as they are, and the week. It is made by the first run from SEED, and a later run
// goes on from it, also after a crash. USHER_URL may name several servers, separated by commas. The key needs MEMBERS_VIEW,
// MEMBERS_INVITE, MEMBERS_IMPORT, MEMBERS_UPDATE and MEMBERS_DEACTIVATE; the workspace has the org units unit-0 to unit-4 as
// external ids. Exit codes: 0 all weeks are in step; 1 something was not as it must be, told on standard error.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

const { USHER_URL, USHER_KEY, USHER_WORKSPACE: workspaceId } = process.env
const servers = USHER_URL.split(',')
const [file, seed, size, weeks] = [process.argv[2], ...process.argv.slice(3).map(Number)]
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// graphql sends one request, and sends it again while servers are away: to the next one, for two minutes. With a key an answer
// that was lost is answered again instead of being done twice.
async function graphql(query, variables, { key, upload, first = 0 } = {}) {
  const operations = JSON.stringify({ query, variables })
  for (let attempt = 0; ; attempt++) {
    const headers = { Authorization: `Bearer ${USHER_KEY}`, ...(key && { 'Idempotency-Key': key }) }
    let body = operations
    if (upload === undefined) headers['Content-Type'] = 'application/json'
    else {
      headers['GraphQL-Require-Preflight'] = '1'
      body = new FormData()
      body.append('operations', operations)
      body.append('map', '{"0":["variables.input.content.file"]}')
      body.append('0', new Blob([upload]), 'people.csv')
    }
    let answer, status, trouble
    try {
      const response = await fetch(`${servers[(first + attempt) % servers.length]}/graphql`, { method: 'POST', headers, body })
      status = response.status
      answer = await response.json()
    } catch (error) {
      trouble = error
    }
    const error = answer?.errors?.[0]
    const again = trouble || status === 429 || status >= 500 || (status === 409 && key && error?.extensions.code === 'CONFLICT')
    if (!again && error) throw Object.assign(new Error(error.message), error.extensions)
    if (!again) return answer.data
    if (attempt > 240) throw trouble ?? new Error(`status ${status}: ${error?.message}`)
    await sleep(500)
  }
}

// roller returns a generator of random whole numbers below n, the same ones for the same seed.
function roller(state) {
  return (n) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % n
  }
}

const firstNames = ['Ana', 'Bo', 'Chloé', 'Dan', 'Eva', 'Finn', 'Gül', 'Hugo', 'Inès', 'Jörg']
const lastNames = ['Ek', 'Lee', 'Núñez', "O'Neil", 'Petit', 'Quint', 'Roux', 'Sy', 'van Dam', 'Weiß']

// hire adds a new person. One in 25 is on leave and reads no email.
function hire(hr, roll) {
  const id = `p${hr.people.length}`
  hr.people.push({ id, email: `${id}@acme.test`, addresses: 1, first: firstNames[roll(10)], last: lastNames[roll(10)],
    unit: `unit-${roll(5)}`, away: roll(25) === 0, renamed: false, since: hr.week, left: null, hidden: false })
}

function move(person) {
  person.addresses += 1
  person.email = `${person.id}.${person.addresses}@acme.test`
}

// liveOneWeek lets a week pass in the personnel system.
function liveOneWeek(hr) {
  hr.week += 1
  const { week } = hr
  const roll = roller(seed * 1000 + week)
  // some returns one in n of the people, at least one, no one twice.
  const some = (people, n) => {
    const rest = [...people]
    return Array.from({ length: Math.min(rest.length, Math.ceil(people.length / n)) }, () => rest.splice(roll(rest.length), 1)[0])
  }
  const here = hr.people.filter((p) => p.left === null)
  const gone = hr.people.filter((p) => p.left !== null && p.left <= week - 2)
  if (week === 1) while (hr.people.length < size) hire(hr, roll)
  else for (let n = Math.ceil(size / 50); n > 0; n--) hire(hr, roll)
  for (const p of some(here, 50)) p.unit = `unit-${roll(5)}`
  for (const p of some(here, 100)) Object.assign(p, { last: `${lastNames[roll(10)]}-${lastNames[roll(10)]}`, renamed: true })
  for (const p of some(here, 70)) move(p)
  // Once a quarter a department is sold. One in two leavers stays in the file, as having left; the others are in it no more.
  const leavers = some(here, week % 13 === 3 ? 12 : 60)
  for (const p of leavers) Object.assign(p, { left: week, hidden: !p.away && p.since <= week - 2 && roll(2) === 0 })
  hr.leavers = leavers.length
  for (const p of some(gone, 5)) {
    Object.assign(p, { left: null, hidden: false, since: week })
    if (roll(3) === 0) move(p)
  }
}

const listed = (hr) => hr.people.filter((p) => !p.hidden)
const row = (p) =>
  ({ externalId: p.id, email: p.email, firstName: p.first, lastName: p.last, orgUnit: p.unit, active: p.left === null })
const toFile = (rows) => ['external id,email,first name,last name,org unit,status',
  ...rows.map((r) => Object.values({ ...r, active: r.active ? 'active' : 'terminated' }).join(','))].join('\n') + '\n'

const fields = 'id status counts { invite create update unchanged deactivate reactivate error } options { sync { leaverLimit } }'
const options = { source: 'hr', mirror: true, replace: ['ORG_UNIT'] }

async function upload(text) {
  const input = { workspaceId, action: 'INVITE', existing: 'UPDATE', content: { file: null }, sync: options }
  const query = `mutation($input: CreateImportInput!) { createImport(input: $input) { import { ${fields} } } }`
  const { createImport } = await graphql(query, { input }, { upload: text })
  return until(createImport.import, 'PREVIEWING')
}

// until waits while an import has one of the statuses.
async function until(batch, ...statuses) {
  for (let tries = 0; statuses.includes(batch.status); tries++) {
    if (tries > 1200) throw new Error(`the import ${batch.id} is ${batch.status} after ten minutes`)
    await sleep(500)
    batch = (await graphql(`query($id: ID!) { node(id: $id) { ... on Import { ${fields} } } }`, { id: batch.id })).node
  }
  return batch
}

// start starts an import, and confirms its leavers if there are no more than the personnel system knows of.
async function start(hr, batch) {
  const { deactivate } = batch.counts
  const confirmedLeavers = deactivate <= hr.leavers ? deactivate : undefined
  try {
    const query = `mutation($input: StartImportInput!) { startImport(input: $input) { import { ${fields} } } }`
    const input = { importId: batch.id, confirmedLeavers }
    const { startImport } = await graphql(query, { input }, { key: `start-${batch.id}` })
    return startImport.import
  } catch (error) {
    // Its answer was lost, and its server died before the answer was stored.
    if (error.code !== 'ALREADY_DONE') throw error
    return { ...batch, status: 'RUNNING' }
  }
}

// sync sends all people, as a file and as rows by turns.
async function sync(hr, { first = 0, crash = false } = {}) {
  let batch
  if (hr.week % 2) batch = await start(hr, await upload(toFile(listed(hr).map(row))))
  else {
    const input = { workspaceId, action: 'INVITE', rows: listed(hr).map(row), sync: options }
    const query = `mutation($input: SyncMembersInput!) { syncMembers(input: $input) { started import { ${fields} } } }`
    const { syncMembers } = await graphql(query, { input }, { first })
    batch = syncMembers.started ? syncMembers.import : await start(hr, syncMembers.import)
  }
  if (crash) process.kill(process.pid, 'SIGKILL')
  batch = await until(batch, 'RUNNING', 'SCHEDULED')
  if (batch.status !== 'COMPLETED' || batch.counts.error > 0) throw new Error(`the import ended as ${JSON.stringify(batch)}`)
  return batch.counts
}

// refuse sends a file that must not be done.
async function refuse(hr, text, code) {
  try {
    const batch = await upload(text)
    await start({ leavers: 0 }, batch)
  } catch (error) {
    if (error.code !== code) throw error
    return
  }
  throw new Error(`week ${hr.week}: a file that was cut off or empty was done`)
}

function save(hr) {
  writeFileSync(`${file}.new`, JSON.stringify(hr))
  renameSync(`${file}.new`, file)
}

const hr = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { week: 0, done: 0, crashed: 0, leavers: 0, people: [] }
while (hr.done < weeks) {
  // A week that a crash broke off is sent again as it was.
  if (hr.week === hr.done) liveOneWeek(hr)
  save(hr)
  const text = toFile(listed(hr).map(row))
  // The brake counts members, so that people must have accepted first.
  if (hr.week % 8 === 3) await refuse(hr, text.slice(0, text.length / 3), 'CONFLICT')
  if (hr.week % 8 === 4) await refuse(hr, '', 'BAD_USER_INPUT')
  const crash = hr.week % 8 === 2 && hr.crashed !== hr.week
  if (crash) save(Object.assign(hr, { crashed: hr.week }))
  const runs = [sync(hr, { crash })]
  if (hr.week % 8 === 5) runs.push(sync(hr, { first: 1 }))
  const [counts] = await Promise.all(runs)
  hr.done = hr.week
  save(hr)
  console.log(`week ${hr.week}: ${JSON.stringify(counts)}`)
}
// Nothing has changed since, so that nothing may be done.
const counts = await sync(hr)
if (counts.unchanged !== listed(hr).length) throw new Error(`a second run was not quiet: ${JSON.stringify(counts)}`)
