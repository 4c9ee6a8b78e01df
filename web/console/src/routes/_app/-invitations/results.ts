import type { InvitationRow } from './queries'

/** What became of one invitation of a bulk operation. */
export type Result = { id: string; invitation?: InvitationRow | null; error?: { message: string } | null }

/** The rows that came back changed, by id, as the cache of the list takes them. */
export function changedRows(results: readonly Result[]): Map<string, InvitationRow> {
  return new Map(results.flatMap(({ invitation }) => (invitation ? [[invitation.id, invitation] as const] : [])))
}
