// The plugin of the build that writes documents into the files that declare them.
import { expect, test } from 'vitest'
import { collectFragments, completeDocument, inlineDocuments, sourcesBelow } from '../documents.ts'
import * as generated from '@/gql/graphql'

const sources = sourcesBelow('src')

/** A document without what the two printers do differently: spaces, commas, and the order of its parts. */
const parts = (text: string): string[] =>
  text.split(/(?=\b(?:query|mutation|subscription|fragment) \w+[ (])/)
    .map((part) => part.replace(/[\s,]+/g, ' ').replace(/ ?([{}()[\]:!$]) ?/g, '$1').trim())
    .filter(Boolean).sort()

test('each document in a file is the one that its types were generated from', () => {
  const fragments = collectFragments(sources)
  const documents = sources.flatMap((source) => [...source.matchAll(/\bgraphql\(`([^`]*)`\)/g)].map(([, text = '']) => text))
  expect(documents.length).toBeGreaterThan(30)
  for (const text of documents) {
    const [, kind, name = ''] = /^\s*(query|mutation|subscription|fragment) (\w+)/.exec(text) ?? []
    const twin = (generated as Record<string, unknown>)[kind === 'fragment' ? `${name}FragmentDoc` : `${name}Document`]
    expect(parts(completeDocument(text, fragments)), name).toEqual(parts(String(twin)))
  }
})

test('a file holds its documents with their fragments and nothing of the map of all documents', () => {
  const row = 'graphql(`fragment Row on Member { id ...Name }`)'
  const fragments = collectFragments([row, 'graphql(`\n  fragment Name on Member { user { name } } # for people\n`)'])
  const code = "import { graphql } from '@/gql'\nexport const Rows = graphql(`\n  query Rows { rows { ...Row ...Name } }\n`)\n"
  expect(inlineDocuments(code, fragments)).toBe('export const Rows = "query Rows { rows { ...Row ...Name } } '
    + 'fragment Row on Member { id ...Name } fragment Name on Member { user { name } }"\n')
  expect(() => inlineDocuments(code, new Map())).toThrow('the fragment Row')
})
