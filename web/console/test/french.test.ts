// French sets a no-break space before : ; ! ? » and after «, so that no line begins with one of them.
import { expect, test } from 'vitest'
import { sourcesBelow } from '../documents.ts'

/** The literals of a text without what a template calculates, and without pieces of code between two templates. */
const literals = (source: string): string[] =>
  [...source.matchAll(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g)].map(([text]) => text.slice(1, -1))
    .flatMap((text) => /^\s*[?:]/.test(text) ? [] : text.split(/\$\{[^{}]*\}/))

test('no French text has a space that breaks before a mark', () => {
  const french = sourcesBelow('src').filter((source) => source.includes('defineStrings('))
    .map((source) => source.slice(source.indexOf('\n  fr: {')))
  expect(french.length).toBeGreaterThan(10)
  const wrong = french.flatMap(literals).filter((text) => !text.startsWith('${') && /« | »| [?!;:](?=[\s.,)]|$)/.test(text))
  expect(wrong).toEqual([])
})
