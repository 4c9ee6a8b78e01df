import { formatDistance } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import type { IconName } from '@/ui/icon'
import { Status, type Tone } from '@/ui/status'
import type { DeliveryRow, WebhookRow } from './webhook-queries'
import { strings } from './webhook-strings'

/** Whether a webhook sends, and why not. */
export function WebhookState({ webhook: { enabled, disabledReason, failingSince } }: { webhook: WebhookRow }) {
  const t = useStrings(strings)
  if (!enabled) {
    const isWanted = !disabledReason || disabledReason === 'MANUAL'
    return <Status tone={isWanted ? 'off' : 'bad'} icon={isWanted ? 'player-pause' : 'alert-triangle'}>{t.off[disabledReason ?? 'MANUAL']}</Status>
  }
  if (failingSince) return <Status tone="wait" icon="alert-triangle">{t.failing}</Status>
  return <Status tone="good" icon="circle-check">{t.on}</Status>
}

const looks: Record<DeliveryRow['status'], [Tone, IconName]> = {
  DELIVERED: ['good', 'circle-check'], PENDING: ['info', 'clock'], FAILED: ['bad', 'circle-x'],
}

/** What became of a delivery. */
export function DeliveryState({ delivery: { status, attempts } }: { delivery: DeliveryRow }) {
  const t = useStrings(strings)
  if (status === 'PENDING' && attempts > 0) return <Status tone="wait" icon="refresh">{t.again}</Status>
  const [tone, icon] = looks[status]
  return <Status tone={tone} icon={icon}>{t.statuses[status]}</Status>
}

/** The newest delivery of a webhook: what became of it, and when. */
export function LastOutcome({ webhook }: { webhook: WebhookRow }) {
  const t = useStrings(strings)
  const delivery = webhook.deliveries.edges[0]?.node
  if (!delivery) return t.none
  return <><DeliveryState delivery={delivery} />{' '}{formatDistance(delivery.lastAttemptAt ?? delivery.eventAt)}</>
}
