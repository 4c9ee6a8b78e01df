import { expect, test } from 'vitest'
import { joinCards } from './print-cards'

const page = (name: string) => `<!DOCTYPE html><html lang="en"><head><title>${name}</title></head>\n<body>\n<main>${name}</main></body></html>`

test('cards of several people are one page to print', () => {
  const joined = joinCards([page('Ada'), page('Ben')])
  expect(joined.match(/<body/g)).toHaveLength(1)
  expect(joined.match(/<main>/g)).toHaveLength(2)
  expect(joined).toContain('<title>Ada</title>')
  expect(joinCards([])).toBe('')
})
