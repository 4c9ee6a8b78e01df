// The front end of web/frontend-example, built for this run and served from an origin of its own.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from '@playwright/test'
import { base } from './support'

export const frontend = process.env.USHER_E2E_FRONTEND as string

const source = fileURLToPath(new URL('../frontend-example/', import.meta.url))
const folder = join(process.env.USHER_E2E_DIR as string, 'frontend') // of this run only: the server's address is in the build
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }

// serveFrontend builds the front end and serves it while the tests of a file run. Its tests stay in one process, because
// there is one port.
export function serveFrontend(): void {
  test.describe.configure({ mode: 'default' })
  let server: Server
  test.beforeAll(async () => {
    test.setTimeout(600_000) // as long as the first build of the server may take
    execFileSync('npm', ['run', '--silent', 'build', '--', '--outDir', folder, '--emptyOutDir'], {
      cwd: source, env: { ...process.env, VITE_USHER_URL: base },
    })
    const index = readFileSync(join(folder, 'index.html'))
    server = createServer((request, response) => {
      const path = new URL(request.url as string, frontend).pathname
      const type = types[extname(path)]
      response.setHeader('Content-Type', type ?? 'text/html')
      response.end(type ? readFileSync(join(folder, path)) : index) // every other path is a screen
    })
    await new Promise<void>(resolve => server.listen(Number(new URL(frontend).port), '127.0.0.1', resolve))
  })
  test.afterAll(() => { server?.close() })
}
