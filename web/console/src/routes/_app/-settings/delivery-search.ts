/** Which deliveries of a webhook the address asks for. */
import type { WebhookDeliveryStatus } from '@/gql/graphql'

export const deliveryStatuses = ['FAILED', 'PENDING', 'DELIVERED'] as const satisfies readonly WebhookDeliveryStatus[]

export type DeliverySearch = { status?: WebhookDeliveryStatus }

export function readDeliverySearch({ status }: Record<string, unknown>): DeliverySearch {
  return { status: deliveryStatuses.find((known) => known === status) }
}
