// Reports what learners have done in a learning system: progress, completion, withdrawal. For Node, without packages.
//
//   USHER_URL=https://usher.example.org USHER_KEY=ush_live_… USHER_WORKSPACE=wsp_… node report-progress.mjs < progress.json
//
// progress.json is a list such as [{"person": "0042", "session": "sales-1", "percent": 40}], by external ids. 100 is a
// completion, and "withdrawn": true a withdrawal. The key needs MEMBERS_VIEW and ENROLLMENTS_MANAGE. Sending the same list twice
// changes nothing. Exit codes: 0 all are recorded; 3 some were refused, each told on standard error.
import { readFileSync } from 'node:fs'

const { USHER_URL, USHER_KEY, USHER_WORKSPACE } = process.env

async function graphql(query, variables) {
  const response = await fetch(`${USHER_URL}/graphql`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${USHER_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors) throw new Error(errors.map((e) => e.message).join(' '))
  return data
}

// idsOf returns the ids of members or sessions by their external ids, a hundred in a request.
async function idsOf(list, externalIds) {
  const ids = new Map()
  const all = [...new Set(externalIds)]
  for (let i = 0; i < all.length; i += 100) {
    const { workspace } = await graphql(
      `query($id: ID!, $externalId: [String!]) {
        workspace(id: $id) {
          ${list}(first: 100, filter: { externalId: $externalId }) { edges { node { id externalId } } }
        }
      }`,
      { id: USHER_WORKSPACE, externalId: all.slice(i, i + 100) },
    )
    for (const { node } of workspace[list].edges) ids.set(node.externalId, node.id)
  }
  return ids
}

const rows = JSON.parse(readFileSync(0, 'utf8'))
const members = await idsOf('members', rows.map((row) => row.person))
const sessions = await idsOf('sessions', rows.map((row) => row.session))
let refused = 0

function refuse(row, why) {
  console.error(`${row.person} in ${row.session}: ${why}`)
  refused += 1
}

const known = rows.filter((row) => {
  const missing = !members.has(row.person) ? 'no such person' : !sessions.has(row.session) ? 'no such session' : ''
  if (missing) refuse(row, missing)
  return !missing
})
for (let i = 0; i < known.length; i += 500) {
  const some = known.slice(i, i + 500)
  const { setEnrollments } = await graphql(
    `mutation($input: SetEnrollmentsInput!) {
      setEnrollments(input: $input) { changedCount results { error { message } } }
    }`,
    {
      input: {
        enrollments: some.map((row) => ({
          memberId: members.get(row.person),
          sessionId: sessions.get(row.session),
          status: row.withdrawn ? 'WITHDRAWN' : row.percent === 100 ? 'COMPLETED' : 'ENROLLED',
          progress: row.withdrawn ? undefined : row.percent,
        })),
      },
    },
  )
  setEnrollments.results.forEach((result, n) => result.error && refuse(some[n], result.error.message))
  console.log(`${setEnrollments.changedCount} recorded`)
}
process.exitCode = refused > 0 ? 3 : 0
