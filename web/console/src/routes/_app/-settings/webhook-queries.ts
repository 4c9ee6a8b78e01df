/** Documents of the webhooks and their deliveries. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { ConsoleDeliveryQuery, DeliveryRowFragment, WebhookDeliveryStatus, WebhookRowFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { connectionQuery } from '@/lib/pages'
import { request } from '@/lib/request'

/** How many webhooks a workspace has at most: all of them are one page. */
const mostWebhooks = 20

export const DeliveryRowDocument = graphql(`
  fragment DeliveryRow on WebhookDelivery {
    id type status attempts eventAt nextAttemptAt lastAttemptAt durationMs answerStatus failure
  }
`)

export type DeliveryRow = DeliveryRowFragment

export const WebhookRowDocument = graphql(`
  fragment WebhookRow on Webhook {
    id url types enabled disabledReason failingSince formerSecretEndsAt
    owner { id user { firstName lastName username } }
    ownerKey { id name }
    deliveries(first: 1) { edges { node { ...DeliveryRow } } }
  }
`)

export type WebhookRow = WebhookRowFragment

const WebhooksDocument = graphql(`
  query ConsoleWebhooks($workspace: ID!, $first: Int) {
    workspace(id: $workspace) {
      webhooks(first: $first) {
        edges { node { ...WebhookRow } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

export const webhooksKey = (workspace: string) => ['webhooks', workspace] as const

/** What a query of pages knows of its rows. */
type Held<Row> = { state: { data?: { pages: { edges: { node: Row }[] }[] } } }

/** How often deliveries are read again while one of them is under way, in milliseconds. */
const readAgainAfter = 2_000

/** Whether a delivery is tried within the next minute, so that it is worth waiting for. */
const isUnderWay = ({ status, nextAttemptAt }: DeliveryRow): boolean =>
  status === 'PENDING' && Boolean(nextAttemptAt) && Date.parse(nextAttemptAt ?? '') < Date.now() + 60_000

/** When a list is read again: soon, while a delivery of one of its rows is under way. */
const untilNoneWaits = <Row>(deliveriesOf: (row: Row) => DeliveryRow[]) => ({ state }: Held<Row>): number | false =>
  state.data?.pages.some(({ edges }) => edges.some(({ node }) => deliveriesOf(node).some(isUnderWay))) ? readAgainAfter : false

/** All webhooks, each with its newest delivery. */
export const webhooksQuery = (workspace: string) => ({
  ...connectionQuery(webhooksKey(workspace), async (_page, signal) => {
    const answer = await request(WebhooksDocument, { workspace, first: mostWebhooks }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.webhooks
  }),
  refetchInterval: untilNoneWaits((row: WebhookRow) => row.deliveries.edges.map(({ node }) => node)),
})

const WebhookDocument = graphql(`
  query ConsoleWebhook($id: ID!) { node(id: $id) { ... on Webhook { ...WebhookRow } } }
`)

export const webhookQuery = (id: string) => queryOptions({
  queryKey: ['webhook', id],
  queryFn: async ({ signal }): Promise<WebhookRow> => {
    const { node } = await request(WebhookDocument, { id }, signal)
    if (!node || !('url' in node)) throw new ApiError('NOT_FOUND', '')
    return node as WebhookRow // an object of another kind has none of the fields
  },
})

const DeliveriesDocument = graphql(`
  query ConsoleDeliveries(
    $webhook: ID!, $status: [WebhookDeliveryStatus!], $first: Int, $after: String, $last: Int, $before: String
  ) {
    node(id: $webhook) {
      ... on Webhook {
        deliveries(filter: { status: $status }, first: $first, after: $after, last: $last, before: $before) {
          edges { node { ...DeliveryRow } }
          pageInfo { hasNextPage startCursor endCursor }
        }
      }
    }
  }
`)

export const deliveriesKey = (webhook: string) => ['deliveries', webhook] as const

/** The deliveries of a webhook, the newest first. They are read again while one is under way. */
export const deliveriesQuery = (webhook: string, status: WebhookDeliveryStatus | undefined) => ({
  ...connectionQuery([...deliveriesKey(webhook), status ?? ''], async (page, signal) => {
    const { node } = await request(DeliveriesDocument, { webhook, status: status ? [status] : null, ...page }, signal)
    if (!node || !('deliveries' in node)) throw new ApiError('NOT_FOUND', '')
    return node.deliveries
  }),
  refetchInterval: untilNoneWaits((row: DeliveryRow) => [row]),
})

const DeliveryDocument = graphql(`
  query ConsoleDelivery($id: ID!) {
    node(id: $id) { ... on WebhookDelivery { ...DeliveryRow messageId request answer } }
  }
`)

export type DeliveryDetail = Extract<NonNullable<ConsoleDeliveryQuery['node']>, { messageId: string }>

/** One delivery with what was sent and what came back. */
export const deliveryQuery = (id: string) => queryOptions({
  queryKey: ['delivery', id],
  staleTime: 0,
  queryFn: async ({ signal }): Promise<DeliveryDetail> => {
    const { node } = await request(DeliveryDocument, { id }, signal)
    if (!node || !('messageId' in node)) throw new ApiError('NOT_FOUND', '')
    return node as DeliveryDetail
  },
})

export const CreateWebhookDocument = graphql(`
  mutation ConsoleCreateWebhook($input: CreateWebhookInput!) {
    createWebhook(input: $input) { webhook { ...WebhookRow } secret }
  }
`)

export const UpdateWebhookDocument = graphql(`
  mutation ConsoleUpdateWebhook($input: UpdateWebhookInput!) {
    updateWebhook(input: $input) { webhook { ...WebhookRow } }
  }
`)

export const DeleteWebhookDocument = graphql(`
  mutation ConsoleDeleteWebhook($input: DeleteWebhookInput!) { deleteWebhook(input: $input) { deletedId } }
`)

export const RotateWebhookDocument = graphql(`
  mutation ConsoleRotateWebhook($input: RotateWebhookSecretInput!) {
    rotateWebhookSecret(input: $input) { webhook { ...WebhookRow } secret }
  }
`)

export const TestWebhookDocument = graphql(`
  mutation ConsoleTestWebhook($input: TestWebhookInput!) {
    testWebhook(input: $input) { delivery { ...DeliveryRow } }
  }
`)

export const ReplayDocument = graphql(`
  mutation ConsoleReplayDeliveries($input: ReplayWebhookDeliveriesInput!) {
    replayWebhookDeliveries(input: $input) { webhook { id } count }
  }
`)
