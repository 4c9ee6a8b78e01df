/** What can be done to a webhook, for the list and for the page of one. */
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useStrings } from '@/i18n/strings'
import { patchRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { notifyDone, notifyFailure } from '@/ui/notify'
import type { RowAction } from '@/ui/row-menu'
import { deliveriesKey, TestWebhookDocument, UpdateWebhookDocument, webhookQuery, webhooksKey, type WebhookRow } from './webhook-queries'
import { strings } from './webhook-strings'

/** What is asked before it is done. */
export type WebhookAct = 'edit' | 'rotate' | 'delete'

/** Shows a changed webhook wherever it is shown. */
export function keepWebhook(client: QueryClient, workspace: string, webhook: WebhookRow): void {
  client.setQueryData(webhookQuery(webhook.id).queryKey, webhook)
  patchRows(client, webhooksKey(workspace), new Map([[webhook.id, webhook]]))
}

/** Sends a test, and turns a webhook on and off. */
export function useWebhookActs(): {
  test: (webhook: WebhookRow) => void
  turn: (webhook: WebhookRow, isOn: boolean) => void
  /** The entries of a menu; ask opens a dialog. */
  menuOf: (webhook: WebhookRow, ask: (act: WebhookAct) => void) => RowAction[]
} {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const sendTest = async (webhook: WebhookRow) => {
    await request(TestWebhookDocument, { input: { webhookId: webhook.id } })
    for (const queryKey of [deliveriesKey(webhook.id), webhooksKey(workspace)]) void client.invalidateQueries({ queryKey })
    notifyDone(t.tested)
  }
  const change = async (webhook: WebhookRow, enabled: boolean) => {
    const { updateWebhook } = await request(UpdateWebhookDocument, { input: { webhookId: webhook.id, enabled } })
    if (updateWebhook) keepWebhook(client, workspace, updateWebhook.webhook)
    notifyDone(enabled ? t.resumed(webhook.url) : t.paused(webhook.url))
  }
  const test = (webhook: WebhookRow) => void sendTest(webhook).catch(notifyFailure)
  const turn = (webhook: WebhookRow, isOn: boolean) => void change(webhook, isOn).catch(notifyFailure)
  return {
    test, turn,
    menuOf: (webhook, ask) => [
      { key: 'edit', label: t.edit, icon: 'pencil', run: () => ask('edit') },
      ...(webhook.enabled ? [
        { key: 'test', label: t.test, icon: 'send' as const, run: () => test(webhook) },
        { key: 'pause', label: t.pause, icon: 'player-pause' as const, run: () => turn(webhook, false) },
      ] : [{ key: 'resume', label: t.resume, icon: 'player-play' as const, run: () => turn(webhook, true) }]),
      { key: 'rotate', label: t.rotate, icon: 'refresh', run: () => ask('rotate') },
      { key: 'delete', label: t.delete, icon: 'trash', danger: true, run: () => ask('delete') },
    ],
  }
}
