// Holds the schema and every document of this repository against the tools that its clients use: graphql-eslint,
// graphql-inspector and relay-compiler. Prints what they find, and fails when there is anything.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { coverage, diff, validate, CriticalityLevel } from '@graphql-inspector/core'
import { ESLint } from 'eslint'
import { buildSchema, printSchema, Source } from 'graphql'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = path => readFileSync(root + path, 'utf8')
const faults = []

const parts = readdirSync(`${root}graph`).filter(name => name.endsWith('.graphql') && name !== 'released.graphql')
const schema = buildSchema(parts.map(name => read(`graph/${name}`)).join('\n'))
const documents = [...examplesOf('docs/api.md'), ...filesBelow('web/frontend-example/src', '.graphql')]

await lint()
await compare()
validateDocuments()
printCoverage()
compileForRelay()
for (const fault of faults) console.error(fault)
process.exit(faults.length ? 1 : 0)

// lint runs the rules of eslint.config.js over the schema.
async function lint() {
  const eslint = new ESLint({ cwd: root, overrideConfigFile: 'web/graphql-check/eslint.config.js' })
  const files = await eslint.lintFiles(['graph/*.graphql'])
  for (const { filePath, messages } of files) {
    for (const { line, message, ruleId } of messages) {
      faults.push(`${filePath.slice(root.length)}:${line}: ${message} (${ruleId})`)
    }
  }
  console.log(`eslint: ${files.length} files of the schema`)
}

// compare finds what breaks clients of graph/released.graphql. As in TestTheSchemaBreaksNoReleasedOne, CHANGELOG.md
// must name it as `Type`, `Type.field` or `Type.VALUE`.
async function compare() {
  const log = read('CHANGELOG.md')
  const changes = await diff(buildSchema(read('graph/released.graphql')), schema)
  for (const { criticality, message, path } of changes) {
    const place = path?.split('.').slice(0, 2).join('.')
    const named = log.includes(`\`${place}\``) || log.includes(`\`${path?.split('.')[0]}\``)
    if (criticality.level === CriticalityLevel.Breaking && !named) {
      faults.push(`${message}: CHANGELOG.md does not name \`${place}\``)
    }
  }
  console.log(`inspector: ${changes.length} changes since graph/released.graphql`)
}

// validateDocuments validates every document within the limits that docs/api.md states, and refuses deprecated fields.
function validateDocuments() {
  const limits = { maxDepth: 15, maxAliasCount: 30, maxTokenCount: 2000, strictDeprecated: true }
  for (const document of documents) {
    for (const { errors, deprecated } of validate(schema, [document], limits)) {
      for (const { message } of [...errors, ...deprecated]) faults.push(`${document.name}: ${message}`)
    }
  }
  console.log(`inspector: ${documents.length} documents`)
}

// printCoverage tells how much of the API the documents show, for information.
function printCoverage() {
  const { types } = coverage(schema, documents)
  for (const name of ['Query', 'Mutation', 'Subscription']) {
    const fields = Object.entries(types[name].children)
    const shown = fields.filter(([, { hits }]) => hits > 0).length
    console.log(`inspector: the documents show ${shown} of ${fields.length} fields of ${name}`)
  }
}

// compileForRelay runs relay-compiler over relay/operations.js. What it generates is not kept.
function compileForRelay() {
  mkdirSync(`${root}var/graphql-check/relay`, { recursive: true })
  writeFileSync(`${root}var/graphql-check/schema.graphql`, printSchema(schema))
  const cli = fileURLToPath(new URL('node_modules/relay-compiler/cli.js', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'relay.config.json'], {
    cwd: fileURLToPath(new URL('relay/', import.meta.url)), encoding: 'utf8',
  })
  if (status !== 0) faults.push(`relay-compiler:\n${stdout}${stderr}`)
  console.log(`relay: ${/(\d+) normalization/.exec(stdout)?.[1] ?? 0} operations compiled`)
}

// examplesOf returns the documents of a page, each named by the line that it begins at.
function examplesOf(page) {
  const text = read(page)
  return [...text.matchAll(/```graphql\n(.*?)```/gs)].map(found =>
    new Source(found[1], `${page}:${text.slice(0, found.index).split('\n').length + 1}`))
}

// filesBelow returns the files of a folder and of its folders whose names have an ending.
function filesBelow(folder, ending) {
  return readdirSync(root + folder, { recursive: true }).filter(name => name.endsWith(ending)).map(name =>
    new Source(read(`${folder}/${name}`), `${folder}/${name}`))
}
