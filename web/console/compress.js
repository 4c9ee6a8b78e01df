// Compresses what the build made, once: the binary holds and serves the compressed files only.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }

for (const name of readdirSync('dist/assets')) {
  const path = join('dist/assets', name)
  if (!/\.(js|css|svg)$/.test(name)) continue
  const content = readFileSync(path)
  writeFileSync(`${path}.br`, brotliCompressSync(content, quality))
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
  rmSync(path)
}
writeFileSync('dist/.keep', '')
