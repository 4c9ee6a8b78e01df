import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { removeRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { notifyDone } from '@/ui/notify'
import { endAfter, RotateDialog } from './rotate-dialog'
import { SecretDialog } from './secret-dialog'
import { keepWebhook, type WebhookAct } from './use-webhook-acts'
import { WebhookDialog } from './webhook-dialog'
import { DeleteWebhookDocument, RotateWebhookDocument, webhooksKey, type WebhookRow } from './webhook-queries'
import { strings } from './webhook-strings'

export type AskedOfWebhook = { act: 'create' } | { act: WebhookAct; webhook: WebhookRow } | null

/** The dialogs of webhooks, and the secret that one of them has answered. gone is called after a deletion. */
export function WebhookDialogs({ asked, stop, gone }: { asked: AskedOfWebhook; stop: () => void; gone?: () => void }) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const [secret, setSecret] = useState<string | null>(null)
  const rotate = async (webhook: WebhookRow, hours: number) => {
    const { rotateWebhookSecret } = await request(RotateWebhookDocument, { input: { webhookId: webhook.id, endFormerAt: endAfter(hours) } })
    if (!rotateWebhookSecret) return
    keepWebhook(client, workspace, rotateWebhookSecret.webhook)
    setSecret(rotateWebhookSecret.secret)
  }
  const remove = async (webhook: WebhookRow) => {
    await request(DeleteWebhookDocument, { input: { webhookId: webhook.id } })
    removeRows(client, webhooksKey(workspace), new Set([webhook.id]))
    notifyDone(t.deleted)
    gone?.()
  }
  return (
    <>
      {asked?.act === 'create' && <WebhookDialog webhook={null} show={setSecret} close={stop} />}
      {asked?.act === 'edit' && <WebhookDialog webhook={asked.webhook} show={setSecret} close={stop} />}
      {asked?.act === 'rotate' && (
        <RotateDialog name={t.rotateName} text={t.rotateText} run={(hours) => rotate(asked.webhook, hours)} close={stop} />
      )}
      {asked?.act === 'delete' && (
        <Confirm opened danger title={t.deleteTitle} action={t.deleteAction} run={() => remove(asked.webhook)} close={stop}>
          <p>{t.deleteText(asked.webhook.url)}</p>
        </Confirm>
      )}
      {secret && (
        <SecretDialog
          secret={{ title: t.secretTitle, label: t.secretLabel, value: secret, hint: t.secretHint }} close={() => setSecret(null)}
        />
      )}
    </>
  )
}
