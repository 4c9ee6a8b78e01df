/** What became of invitations: from those that were made to those that were accepted. */

/** Invitations of a period by status and by the delivery of their latest email. */
export type FunnelCounts = {
  pending: number
  active: number
  cancelled: number
  declined: number
  expired: number
  /** The email came back or was refused. */
  failed: number
  /** No email was accepted by a mail server: a copied link, or an email that waits. */
  unsent: number
}

export type StageKey = 'invited' | 'delivered' | 'accepted' | 'open'

/** A step, its share of all invitations in percent, and the figures that explain it. */
export type Stage = { key: StageKey; count: number; share: number; details: Record<string, number> }

/** The steps of a period; null where nobody was invited. */
export function stagesOf(counts: FunnelCounts): Stage[] | null {
  const { pending, active, cancelled, declined, expired, failed, unsent } = counts
  const all = pending + active + cancelled + declined + expired
  if (all === 0) return null
  const stage = (key: StageKey, count: number, details: Record<string, number>): Stage =>
    ({ key, count, share: Math.round((100 * count) / all), details })
  return [
    stage('invited', all, { cancelled }),
    // A copied link reaches people without an email: only what came back is known not to have reached them.
    stage('delivered', all - failed, { failed, unsent }),
    stage('accepted', active, { declined, expired }),
    stage('open', pending, {}),
  ]
}
