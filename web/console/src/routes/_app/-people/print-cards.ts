/** Cards of several people as one page to print. */

/** Puts pages of cards together: each is a document of its own, and all have the same styles. */
export function joinCards(pages: readonly string[]): string {
  const [first] = pages
  if (first === undefined) return ''
  const bodies = pages.map(bodyOf)
  const head = first.slice(0, first.indexOf('<body'))
  const breaks = '<style>.sheet-of-cards + .sheet-of-cards { break-before: page; margin-top: 2rem; }</style>'
  return `${head}<body>${breaks}${bodies.map((body) => `<div class="sheet-of-cards">${body}</div>`).join('')}</body></html>`
}

const bodyOf = (page: string): string => page.slice(page.indexOf('>', page.indexOf('<body')) + 1, page.lastIndexOf('</body>'))
