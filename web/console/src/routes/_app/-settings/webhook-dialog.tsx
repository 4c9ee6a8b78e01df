import { Button, Checkbox, Group, Radio, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { EventType } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { ApiError, type Violation } from '@/lib/faults'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { eventParts, strings as eventStrings, typesOf, wireName } from './event-types'
import { keepWebhook } from './use-webhook-acts'
import { CreateWebhookDocument, UpdateWebhookDocument, webhooksKey, type WebhookRow } from './webhook-queries'
import { strings } from './webhook-strings'

/** Creates a webhook, or changes where it sends what. show gets the secret of a new one. */
export function WebhookDialog({ webhook, show, close }: {
  webhook: WebhookRow | null
  show: (secret: string) => void
  close: () => void
}) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const { id: workspaceId } = useWorkspace()
  const [url, setUrl] = useState(webhook?.url ?? '')
  const [areAll, setAll] = useState(!webhook?.types.length)
  const [types, setTypes] = useState<EventType[]>([...(webhook?.types ?? [])])
  const missing = (): Violation[] => [
    ...(url.trim() ? [] : [{ field: 'url', message: t.urlMissing }]),
    ...(areAll || types.length > 0 ? [] : [{ field: 'types', message: t.typesMissing }]),
  ]
  const save = useMutation({
    meta: { silent: true },
    mutationFn: async () => {
      const violations = missing()
      if (violations.length > 0) throw new ApiError('BAD_USER_INPUT', '', { violations })
      const input = { url: url.trim(), types: areAll ? [] : types }
      if (!webhook) return (await request(CreateWebhookDocument, { input: { workspaceId, ...input } })).createWebhook?.secret
      const { updateWebhook } = await request(UpdateWebhookDocument, { input: { webhookId: webhook.id, ...input } })
      if (updateWebhook) keepWebhook(client, workspaceId, updateWebhook.webhook)
      return undefined
    },
    onSuccess: (secret) => {
      close()
      if (!secret) return notifyDone(t.saved)
      void client.invalidateQueries({ queryKey: webhooksKey(workspaceId) })
      return show(secret)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!save.isPending) save.mutate()
  }
  return (
    <Modal opened size="lg" onClose={close} title={webhook ? t.editTitle : t.create} closeButtonProps={{ 'aria-label': c.close }}>
      <form className="stack" noValidate onSubmit={submit}>
        <FaultSummary error={save.error} inputs={['url', 'types']} />
        <TextInput
          id="url" type="url" label={t.url} description={t.urlHint} data-autofocus autoComplete="off" spellCheck={false} value={url}
          error={faultOf(save.error, 'url')} onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Radio.Group
          label={t.which} value={areAll ? 'all' : 'some'} onChange={(value) => setAll(value === 'all')}
        >
          <div className="choices">
            <Radio value="all" label={t.allText} />
            <Radio value="some" label={t.someText} />
          </div>
        </Radio.Group>
        {!areAll && <TypeFields types={types} change={setTypes} error={faultOf(save.error, 'types')} />}
        <Group justify="flex-end">
          <Button onClick={close}>{c.cancel}</Button>
          <Button type="submit" variant="filled" aria-busy={save.isPending}>
            {save.isPending ? c.working : webhook ? t.save : t.create}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

/** The types of events to choose from, by the objects that they are about. */
function TypeFields({ types, change, error }: { types: EventType[]; change: (types: EventType[]) => void; error?: string }) {
  const t = useStrings(strings)
  const e = useStrings(eventStrings)
  const toggle = (type: EventType, isOn: boolean) => change(isOn ? [...types, type] : types.filter((one) => one !== type))
  return (
    <div role="group" id="types" tabIndex={-1} aria-label={t.which} aria-describedby={error ? 'types-error' : undefined}>
      {error && <p id="types-error" className="bad meta">{error}</p>}
      {eventParts.map((part) => (
        <fieldset key={part} className="checks-part">
          <legend>{e.parts[part]}</legend>
          <div className="checks">
            {typesOf(part).map((type) => (
              <Checkbox
                key={type} label={e.names[type]} description={<code>{wireName(type)}</code>} checked={types.includes(type)}
                onChange={(event) => toggle(type, event.currentTarget.checked)}
              />
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  )
}
