// Unpacks npm's Chromium, the libraries that a small machine lacks and a font into node_modules/.unpacked.
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inflate } from '@sparticuz/chromium'

const modules = join(dirname(fileURLToPath(import.meta.url)), 'node_modules')
const unpacked = join(modules, '.unpacked')
const partial = `${unpacked}.partial`

// The package unpacks under fixed names into the temporary directory, and takes what it finds there for its own work.
// On a shared machine that could be another account's file, so the temporary directory is one of this checkout.
process.env.TMPDIR = partial
rmSync(partial, { recursive: true, force: true })
mkdirSync(partial)
for (const archive of ['chromium.br', 'fonts.tar.br', 'al2023.tar.br']) {
  await inflate(join(modules, '@sparticuz/chromium/bin', archive))
}
rmSync(unpacked, { recursive: true, force: true })
renameSync(partial, unpacked) // last, so that an interrupted run leaves nothing that looks complete
