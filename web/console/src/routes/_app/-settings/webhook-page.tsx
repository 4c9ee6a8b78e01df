import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { formatDay, formatMoment } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { useWorkspaceRights } from '@/session/workspace-rights'
import { Icon } from '@/ui/icon'
import { Page } from '@/ui/page'
import { displayName } from '@/ui/person'
import { RowMenu } from '@/ui/row-menu'
import { Failure, Loading } from '@/ui/states'
import { Deliveries } from './deliveries'
import { wireName } from './event-types'
import { isStillValid } from './former'
import { useWebhookActs } from './use-webhook-acts'
import { WebhookDialogs, type AskedOfWebhook } from './webhook-dialogs'
import { webhookQuery, type WebhookRow } from './webhook-queries'
import { WebhookState } from './webhook-status'
import { strings } from './webhook-strings'
import './settings.css'

const route = getRouteApi('/_app/settings_/webhooks/$webhookId')

/** One webhook: where it sends what, and its deliveries. */
export function WebhookPage() {
  const t = useStrings(strings)
  const { webhookId } = route.useParams()
  const navigate = route.useNavigate()
  const rights = useWorkspaceRights()
  const { data: webhook, error, refetch } = useQuery(webhookQuery(webhookId))
  const [asked, setAsked] = useState<AskedOfWebhook>(null)
  const { menuOf, test, turn } = useWebhookActs()
  const mayChange = rights.includes('WEBHOOKS_MANAGE') && rights.includes('AUDIT_VIEW')
  return (
    <Page title={webhook?.url.replace(/^https?:\/\//, '') ?? t.list}>
      <p className="back"><Icon name="chevron-left" /><Link to="/settings/webhooks">{t.back}</Link></p>
      {error ? <Failure error={error} retry={() => void refetch()} /> : null}
      {!webhook && !error && <Loading />}
      {webhook && (
        <div className="stack">
          <About webhook={webhook} />
          {mayChange && (
            <div className="lead">
              {webhook.enabled
                ? <Button variant="filled" leftSection={<Icon name="send" />} onClick={() => test(webhook)}>{t.test}</Button>
                : <Button variant="filled" leftSection={<Icon name="player-play" />} onClick={() => turn(webhook, true)}>{t.resume}</Button>}
              <RowMenu
                name={webhook.url}
                actions={menuOf(webhook, (act) => setAsked({ act, webhook })).filter(({ key }) => key !== 'test' && key !== 'resume')}
              />
            </div>
          )}
          <Deliveries webhook={webhook} mayReplay={mayChange && webhook.enabled} />
        </div>
      )}
      <WebhookDialogs asked={asked} stop={() => setAsked(null)} gone={() => void navigate({ to: '/settings/webhooks' })} />
    </Page>
  )
}

/** What the webhook does, and with whose rights. */
function About({ webhook }: { webhook: WebhookRow }) {
  const t = useStrings(strings)
  const { timeZone } = useWorkspace()
  const { owner, ownerKey, types, enabled, disabledReason, failingSince, formerSecretEndsAt } = webhook
  const isTold = enabled ? failingSince && t.failingSince(formatDay(failingSince, timeZone)) : t.offText[disabledReason ?? 'MANUAL']
  return (
    <section className="panel" aria-labelledby="about">
      <header><h2 id="about">{t.aboutTitle}</h2><WebhookState webhook={webhook} /></header>
      <div className="pad stack">
        {isTold && <p className="say"><Icon name="info-circle" /><span>{isTold}</span></p>}
        <dl className="facts">
          <dt>{t.url}</dt><dd>{webhook.url}</dd>
          <dt>{t.events}</dt><dd>{types.length === 0 ? t.all : types.map(wireName).join(', ')}</dd>
          <dt>{t.owner}</dt><dd>{owner ? displayName(owner.user) : ownerKey?.name ?? t.nobody}</dd>
          {isStillValid(formerSecretEndsAt) && (
            <><dt>{t.former}</dt><dd>{t.formerUntil(formatMoment(formerSecretEndsAt, timeZone))}</dd></>
          )}
        </dl>
      </div>
    </section>
  )
}
