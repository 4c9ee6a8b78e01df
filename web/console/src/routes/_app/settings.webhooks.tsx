import { createFileRoute } from '@tanstack/react-router'
import { WebhooksTab } from './-settings/webhooks-tab'

export const Route = createFileRoute('/_app/settings/webhooks')({ component: WebhooksTab })
