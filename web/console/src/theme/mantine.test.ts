import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Parts that other parts are made of, beside those that the sources import. */
const inner = ['ScrollArea', 'Overlay', 'ModalBase', 'Paper', 'Combobox', 'InlineInput', 'Loader', 'Notification']

const styles = 'node_modules/@mantine/core/styles'

test('every part of Mantine in use has its styles', () => {
  const sheet = readFileSync('src/theme/mantine.css', 'utf8')
  const used = new Set(inner)
  for (const path of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.tsx')) continue
    for (const [, names = ''] of readFileSync(`src/${path}`, 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)) {
      for (const name of names.split(',')) used.add(name.trim())
    }
  }
  const missing = [...used].filter((name) =>
    existsSync(`${styles}/${name}.css`) && !sheet.includes(`/${name}.css'`))
  expect(used.has('Button')).toBe(true)
  expect(missing).toEqual([])
})
