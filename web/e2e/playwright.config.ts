// How the pages are tried in a real browser: against `usher demo`, started for this run on a free port with data of its
// own, once with scripts (project js) and once without (project nojs), because every public page must work without.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { findChromium } from './chromium'

// Playwright reads this file again in every worker; what the first process chose is handed on in the environment.
if (!process.env.USHER_E2E_DIR) {
  const made = mkdtempSync(join(tmpdir(), 'usher-e2e-'))
  process.on('exit', () => rmSync(made, { recursive: true, force: true })) // the server is stopped by then
  process.env.USHER_E2E_DIR = made
  process.env.USHER_E2E_ADDR = `127.0.0.1:${await freePort()}`
  process.env.USHER_E2E_FRONTEND = `http://127.0.0.1:${await freePort()}` // another origin of the same site
}
const dir = process.env.USHER_E2E_DIR
const addr = process.env.USHER_E2E_ADDR as string
const baseURL = `http://${addr}`

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000, // a state is looked at in light, dark and at 320 px, with axe each time; a busy machine takes its time
  expect: { timeout: 20_000 },
  retries: 0, // a test that passes at the second try has found something
  workers: 2,
  reporter: 'list',
  use: {
    baseURL,
    locale: 'en-GB',
    trace: 'off', // recording costs every test a third of its time; --trace on shows one that failed
    launchOptions: {
      ...findChromium(),
      // Security: no sandbox, which containers and root do not allow; these browsers open only pages of our own.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'js', use: { javaScriptEnabled: true } },
    // axe and whatever else needs scripts stands in *.js.spec.ts.
    { name: 'nojs', use: { javaScriptEnabled: false }, testIgnore: /\.js\.spec\.ts$/ },
  ],
  webServer: {
    // Built first, so that Playwright stops the server itself and not the go command in front of it.
    // Its log goes to a file, where it does not bury what the tests say.
    command: `go build -ldflags='-s -w' -o ${join(dir, 'usher')} ./cmd/usher && mkdir -p var && exec ${join(dir, 'usher')} demo --application-addr= >var/e2e.log 2>&1`,
    cwd: '../..',
    url: `${baseURL}/readyz`,
    timeout: 600_000, // the first build of a new machine takes minutes
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    stderr: 'pipe',
    env: {
      CGO_ENABLED: '0',
      GOFLAGS: '-trimpath -buildvcs=false',
      USHER_ADDR: addr,
      USHER_PUBLIC_URL: baseURL,
      USHER_CORS_ORIGINS: process.env.USHER_E2E_FRONTEND as string,
      USHER_WEBHOOK_ALLOW_PRIVATE: 'true', // receivers of tests are on this machine
      USHER_DATABASE_URL: `sqlite:${join(dir, 'usher.db')}`,
    },
  },
})

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
