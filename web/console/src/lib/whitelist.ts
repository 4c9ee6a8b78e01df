/** Lists of domains and addresses as they are typed: one a line, or with commas, semicolons or spaces between them. */
export const whitelistOf = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))]

/** A whitelist as a text to edit. */
export const whitelistText = (entries: readonly string[]): string => entries.join('\n')
