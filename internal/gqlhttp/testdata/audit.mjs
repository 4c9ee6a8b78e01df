// Runs the public GraphQL-over-HTTP audit against a URL and asks for the whole schema, as a client's tools do.
// The packages graphql-http and graphql are taken from the directory where it is started.
//
//	node audit.mjs http://localhost:8080/graphql [--introspect]
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(join(process.cwd(), 'package.json'))
const { auditServer } = require('graphql-http')
const { getIntrospectionQuery } = require('graphql')

const [url, introspect] = process.argv.slice(2)
const results = await auditServer({ url })
const levels = {}
let failed = 0
for (const { name, status, reason } of results) {
  const level = name.split(' ')[0]
  levels[level] ??= [0, 0]
  levels[level][1]++
  if (status === 'ok') levels[level][0]++
  else {
    failed++
    console.log(`${status}: ${name}: ${reason}`)
  }
}
for (const [level, [ok, all]] of Object.entries(levels)) console.log(`${level} ${ok}/${all}`)
console.log(`${results.length - failed}/${results.length} checks passed`)

if (introspect) {
  // The query of the tools is the longest that must fit: 15 levels, some 300 fields with fragments expanded.
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  })
  const { errors } = await response.json()
  if (errors) failed++
  console.log(errors ? JSON.stringify(errors) : 'the schema can be read')
}
process.exit(failed ? 1 : 0)
