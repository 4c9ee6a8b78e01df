import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { useWorkspaceRights } from '@/session/workspace-rights'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import { Icon } from '@/ui/icon'
import { RowMenu } from '@/ui/row-menu'
import { Empty } from '@/ui/states'
import { useWebhookActs } from './use-webhook-acts'
import { WebhookDialogs, type AskedOfWebhook } from './webhook-dialogs'
import { webhooksQuery, type WebhookRow } from './webhook-queries'
import { LastOutcome, WebhookState } from './webhook-status'
import { strings } from './webhook-strings'

/** The webhooks of the workspace. */
export function WebhooksTab() {
  const t = useStrings(strings)
  const { id: workspace } = useWorkspace()
  const rights = useWorkspaceRights()
  const webhooks = useInfiniteQuery(webhooksQuery(workspace))
  const [asked, setAsked] = useState<AskedOfWebhook>(null)
  const { menuOf } = useWebhookActs()
  // A webhook tells the history, so that changing one takes the right to read it.
  const mayChange = rights.includes('WEBHOOKS_MANAGE') && rights.includes('AUDIT_VIEW')
  const columns = useMemo<Column<WebhookRow>[]>(() => [
    {
      id: 'url', header: t.url, required: true,
      cell: (webhook) => (
        <>
          <Link to="/settings/webhooks/$webhookId" params={{ webhookId: webhook.id }}>{webhook.url}</Link>
          <span className="phone"><WebhookState webhook={webhook} /></span>
          <span className="phone meta"><LastOutcome webhook={webhook} /></span>
        </>
      ),
    },
    {
      id: 'events', header: t.events, wide: true, muted: true, width: '9rem',
      cell: ({ types }) => types.length === 0 ? t.all : t.some(types.length),
    },
    { id: 'state', header: t.state, wide: true, width: '20%', cell: (webhook) => <WebhookState webhook={webhook} /> },
    { id: 'outcome', header: t.outcome, wide: true, muted: true, width: '28%', cell: (webhook) => <LastOutcome webhook={webhook} /> },
  ], [t])
  const isEmpty = webhooks.data?.pages[0]?.edges.length === 0
  const create = (variant: 'default' | 'filled') => mayChange && (
    <Button variant={variant} leftSection={<Icon name="plus" />} onClick={() => setAsked({ act: 'create' })}>{t.create}</Button>
  )
  const menu = (webhook: WebhookRow) =>
    <RowMenu name={webhook.url} actions={menuOf(webhook, (act) => setAsked({ act, webhook }))} />
  return (
    <>
      <div className="know">
        <p>{t.about}</p>
        {!mayChange && <p className="say"><Icon name="lock" />{t.readOnly}</p>}
      </div>
      {!isEmpty && <div className="filters"><div className="end">{create('default')}</div></div>}
      <DataTable
        label={t.list} query={webhooks} columns={columns} nameOf={({ url }) => url} menu={mayChange ? menu : undefined}
        empty={<Empty icon="bolt" title={t.nothing} text={t.nothingText}>{create('filled')}</Empty>}
      />
      <WebhookDialogs asked={asked} stop={() => setAsked(null)} />
    </>
  )
}
