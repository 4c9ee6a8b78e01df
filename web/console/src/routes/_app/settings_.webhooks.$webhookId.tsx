import { createFileRoute } from '@tanstack/react-router'
import { readDeliverySearch } from './-settings/delivery-search'
import { WebhookPage } from './-settings/webhook-page'

export const Route = createFileRoute('/_app/settings_/webhooks/$webhookId')({
  validateSearch: readDeliverySearch,
  component: WebhookPage,
})
