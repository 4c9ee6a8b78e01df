// Compresses what the build made, once: the binary holds and serves the compressed files only.
// Fails when the sign-in and the first list together weigh more than their budget.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

/** Bytes of everything up to the first list, with gzip. Other screens come when they are opened. */
const budget = 260_000

const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))
rmSync('dist/.vite', { recursive: true })

/** The files of a chunk and of all that it imports. */
function filesOf(key, seen = new Set()) {
  if (seen.has(key)) return []
  seen.add(key)
  const { file, css = [], imports = [] } = manifest[key]
  return [file, ...css, ...imports.flatMap((other) => filesOf(other, seen))]
}

const firstScreens = ['src/routes/_app.tsx', 'src/routes/_app/people.tsx']
const entries = Object.keys(manifest).filter((key) =>
  manifest[key].isEntry || firstScreens.some((screen) => key.startsWith(`${screen}?`)))
if (entries.length < 1 + firstScreens.length) throw new Error(`only ${entries.join(', ')} of the first screens was found`)
const first = new Set(entries.flatMap((key) => filesOf(key)))

const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }

let weight = 0
for (const name of readdirSync('dist/assets')) {
  const path = join('dist/assets', name)
  if (!/\.(js|css|svg)$/.test(name)) continue
  const content = readFileSync(path)
  writeFileSync(`${path}.br`, brotliCompressSync(content, quality))
  const packed = gzipSync(content, { level: 9 })
  writeFileSync(`${path}.gz`, packed)
  if (first.has(`assets/${name}`)) weight += packed.length
  rmSync(path)
}
writeFileSync('dist/.keep', '')

console.log(`sign-in and first list: ${weight} bytes with gzip, of ${budget}`)
if (weight > budget) process.exit(1)
