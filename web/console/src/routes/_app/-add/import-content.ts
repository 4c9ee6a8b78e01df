/** The list of an import: a chosen file, else the pasted text. */
import { withFile } from '@/lib/upload'

export type ImportContent = { file: File | null; text: string }

export const isEmptyContent = ({ file, text }: ImportContent) => !file && !text.trim()

/** The content as the API takes it. A file goes beside the variables, as encodeContent says. */
export const contentInput = ({ file, text }: ImportContent) => file ? { file } : { text }
export const encodeContent = ({ file }: ImportContent) => file ? withFile(file, 'input.content.file') : undefined

/** 32 bits of FNV-1a over the units of a text. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** A short key for a list, equal for the same file or text. Two texts of one length share a key once in four billion times. */
export function fingerprint({ file, text }: ImportContent): string {
  return file ? `file ${file.name} ${file.size} ${file.lastModified}` : `text ${text.length} ${hashText(text)}`
}
