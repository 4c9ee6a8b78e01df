import { formatDistance } from '@/i18n/format'
import type { Like } from '@/i18n/strings'
import type { IconName } from '@/ui/icon'
import { Status, type Tone } from '@/ui/status'
import type { InvitationRow } from './queries'
import type { strings } from './strings'

type Texts = Like<(typeof strings)['en']>
type Shown = { tone: Tone; icon: IconName; word: string; more?: string }

/** The status of an invitation in words: while it waits, how its email fares. */
export function describeStatus(row: InvitationRow, t: Texts): Shown {
  const when = (moment: string | null | undefined) => moment ? formatDistance(moment) : undefined
  switch (row.status) {
    case 'ACTIVE':
      return { tone: 'good', icon: 'circle-check', word: t.statuses.ACTIVE, more: when(row.acceptedAt) }
    case 'CANCELLED':
      return { tone: 'off', icon: 'ban', word: t.statuses.CANCELLED, more: when(row.cancelledAt) }
    case 'DECLINED':
      return { tone: 'off', icon: 'circle-x', word: t.statuses.DECLINED, more: when(row.declinedAt) }
    case 'EXPIRED':
      return {
        tone: 'wait', icon: 'clock', word: t.statuses.EXPIRED,
        more: row.renewalAskedAt ? t.renewalAsked : when(row.expiresAt),
      }
    case 'PENDING':
      return describeDelivery(row, t, when(row.lastSentAt))
  }
}

function describeDelivery(row: InvitationRow, t: Texts, sent: string | undefined): Shown {
  const word = t.deliveries[row.deliveryStatus]
  const more = row.renewalAskedAt ? t.renewalAsked : undefined
  switch (row.deliveryStatus) {
    case 'BOUNCED':
    case 'FAILED':
      return { tone: 'bad', icon: 'alert-triangle', word, more: row.deliveryError ?? more }
    case 'QUEUED':
      return { tone: 'info', icon: 'clock', word, more: row.deliveryError ?? more }
    case 'NOT_SENT':
      return { tone: 'info', icon: 'link', word, more }
    case 'SENT':
      return { tone: 'info', icon: 'send', word, more: more ?? sent }
  }
}

export function InvitationState({ row, t }: { row: InvitationRow; t: Texts }) {
  const { tone, icon, word, more } = describeStatus(row, t)
  return (
    <span title={more}>
      <Status tone={tone} icon={icon}>{word}</Status>{' '}
      {more && <span className="meta">{more}</span>}
    </span>
  )
}
