// Which Chromium the tests start: the one that USHER_CHROMIUM names, else the one on PATH, else npm's, which `make browser`
// fetches into web/chromium on a machine without one.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LaunchOptions } from '@playwright/test'

const brought = fileURLToPath(new URL('../chromium', import.meta.url))

// findChromium returns the browser's path, and the environment that it needs beside it.
export function findChromium(): Pick<LaunchOptions, 'executablePath' | 'env'> {
  const installed = process.env.USHER_CHROMIUM || findOnPath('chromium')
  if (installed) return { executablePath: installed }
  const unpacked = join(brought, 'node_modules/.unpacked')
  const executablePath = join(unpacked, 'chromium')
  if (!existsSync(executablePath)) throw new Error('No Chromium on this machine: `make browser` fetches one or says what to do.')
  const libraries = [join(unpacked, 'al2023/lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':')
  return {
    executablePath,
    env: { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: join(brought, 'fonts.conf') } as Record<string, string>,
  }
}

// findOnPath returns where a program is, because Playwright starts the browser by its path; '' when there is none.
function findOnPath(program: string): string {
  try {
    return execFileSync('sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}
