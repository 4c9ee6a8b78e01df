import { createFileRoute } from '@tanstack/react-router'
import { JoinLinkPage } from './-join-pages/join-link-page'
import { joinLinkQuery } from './-join-pages/queries'

export const Route = createFileRoute('/_app/join-pages_/$linkId')({
  loader: ({ context, params }) => context.queryClient.ensureQueryData(joinLinkQuery(params.linkId)),
  component: JoinLinkPage,
})
