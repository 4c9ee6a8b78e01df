// Writes each document of the API into the file that declares it. The map of src/gql/gql.ts, which only
// types use, would put the documents of all screens into the first download.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const call = /\bgraphql\(`([^`]*)`\)/g
const importOfMap = /^import \{ graphql \} from '@\/gql'\r?\n?/m

/** The text of a document without what only people read. */
const compact = (text: string): string => text.replace(/#.*$/gm, '').replace(/\s+/g, ' ').trim()

/** Finds the fragments that files declare, by their names. */
export function collectFragments(sources: Iterable<string>): Map<string, string> {
  const fragments = new Map<string, string>()
  for (const source of sources) {
    for (const [, text = ''] of source.matchAll(call)) {
      const name = /^\s*fragment (\w+) on /.exec(text)?.[1]
      if (name) fragments.set(name, compact(text))
    }
  }
  return fragments
}

/** A document followed by each fragment that it spreads, directly or through another, once. */
export function completeDocument(text: string, fragments: ReadonlyMap<string, string>): string {
  const parts = [compact(text)]
  const seen = new Set<string>()
  for (const part of parts) { // grows while it is read
    for (const [, name = ''] of part.matchAll(/\.\.\.\s*(?!on\b)(\w+)/g)) {
      const fragment = fragments.get(name)
      if (!fragment) throw new Error(`no file of src declares the fragment ${name}`)
      if (!seen.has(name)) parts.push(fragment)
      seen.add(name)
    }
  }
  return parts.join(' ')
}

/** Replaces the calls of graphql() by the documents that they name. */
export function inlineDocuments(code: string, fragments: ReadonlyMap<string, string>): string {
  return code
    .replace(importOfMap, '')
    .replaceAll(call, (_, text: string) => JSON.stringify(completeDocument(text, fragments)))
}

/** All source files below a folder, except the generated ones. */
export function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('gql'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}

/** The plugin of the build, the development server and the tests. */
export function documents(folder: string): Plugin {
  let fragments: Map<string, string> | null = null
  return {
    name: 'usher-documents',
    enforce: 'pre',
    watchChange() { fragments = null },
    transform(code, id) {
      if (!id.startsWith(folder) || !importOfMap.test(code)) return null
      fragments ??= collectFragments(sourcesBelow(folder))
      return { code: inlineDocuments(code, fragments), map: null }
    },
  }
}
