import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { formatDistance, formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import { Icon } from '@/ui/icon'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { RowMenu } from '@/ui/row-menu'
import { Segments } from '@/ui/segments'
import { Empty } from '@/ui/states'
import { DeliveryDialog } from './delivery-dialog'
import { deliveryStatuses } from './delivery-search'
import { eventName } from './event-types'
import { deliveriesKey, deliveriesQuery, ReplayDocument, type DeliveryRow, type WebhookRow } from './webhook-queries'
import { DeliveryState } from './webhook-status'
import { strings } from './webhook-strings'

const route = getRouteApi('/_app/settings_/webhooks/$webhookId')

/** What a webhook has sent in the last 30 days, and what became of it. */
export function Deliveries({ webhook, mayReplay }: { webhook: WebhookRow; mayReplay: boolean }) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { status } = route.useSearch()
  const navigate = route.useNavigate()
  const deliveries = useInfiniteQuery({ ...deliveriesQuery(webhook.id, status), placeholderData: keepPreviousData })
  const [opened, setOpened] = useState<DeliveryRow | null>(null)
  const replay = async (which: { deliveryIds: string[] } | { allFailed: true }) => {
    const { replayWebhookDeliveries } = await request(ReplayDocument, { input: { webhookId: webhook.id, ...which } })
    void client.invalidateQueries({ queryKey: deliveriesKey(webhook.id) })
    notifyDone(t.replayed(replayWebhookDeliveries?.count ?? 0))
  }
  const start = (which: Parameters<typeof replay>[0]) => void replay(which).catch(notifyFailure)
  const columns = useMemo<Column<DeliveryRow>[]>(() => [
    {
      id: 'event', header: t.event, required: true,
      cell: (delivery) => (
        <>
          <button className="linked" type="button" onClick={() => setOpened(delivery)}>{eventName(delivery)}</button>
          <span className="phone"><DeliveryState delivery={delivery} /></span>
          <span className="phone meta">{formatDistance(delivery.lastAttemptAt ?? delivery.eventAt)}</span>
        </>
      ),
    },
    { id: 'result', header: t.result, wide: true, width: '11rem', cell: (delivery) => <DeliveryState delivery={delivery} /> },
    {
      id: 'answer', header: t.answer, wide: true, muted: true, width: '24%',
      cell: ({ answerStatus, failure }) => [answerStatus, failure && t.failures[failure]].filter(Boolean).join(', '),
    },
    { id: 'attempts', header: t.attempts, wide: true, muted: true, width: '6.5rem', cell: ({ attempts }) => <span className="num">{formatNumber(attempts)}</span> },
    {
      id: 'when', header: t.when, wide: true, muted: true, width: '9rem',
      cell: ({ lastAttemptAt, eventAt }) => formatDistance(lastAttemptAt ?? eventAt),
    },
  ], [t])
  const menu = (delivery: DeliveryRow) => (
    <RowMenu
      name={eventName(delivery)}
      actions={[
        { key: 'details', label: t.details, icon: 'info-circle', run: () => setOpened(delivery) },
        ...(mayReplay ? [{ key: 'replay', label: t.replay, icon: 'refresh' as const, run: () => start({ deliveryIds: [delivery.id] }) }] : []),
      ]}
    />
  )
  const hasFailed = status === 'FAILED' && (deliveries.data?.pages[0]?.edges.length ?? 0) > 0
  return (
    <section aria-labelledby="deliveries">
      <h2 id="deliveries">{t.deliveries}</h2>
      <div className="filters deliveries">
        <Segments
          label={t.shown} value={status ?? 'ALL'}
          options={[{ value: 'ALL' as const, label: t.every }, ...deliveryStatuses.map((value) => ({ value, label: t.statuses[value] }))]}
          change={(value) => void navigate({ search: (previous) => ({ ...previous, status: value === 'ALL' ? undefined : value }), replace: true })}
        />
        <div className="end">
          {mayReplay && hasFailed && (
            <Button leftSection={<Icon name="refresh" />} onClick={() => start({ allFailed: true })}>{t.replayFailed}</Button>
          )}
        </div>
      </div>
      <DataTable
        label={t.deliveries} query={deliveries} columns={columns} nameOf={eventName} menu={menu}
        empty={status ? <Empty icon="search" title={t.noMatch} /> : <Empty icon="send" title={t.noDeliveries} text={t.noDeliveriesText} />}
      />
      {opened && (
        <DeliveryDialog
          delivery={opened} close={() => setOpened(null)}
          replay={mayReplay ? () => start({ deliveryIds: [opened.id] }) : undefined}
        />
      )}
    </section>
  )
}
