import { createFileRoute } from '@tanstack/react-router'
import { ProfilePage } from './-people/profile-page'
import { profileQuery } from './-people/profile-queries'

export const Route = createFileRoute('/_app/people_/$memberId')({
  loader: ({ context, params }) => context.queryClient.ensureQueryData(profileQuery(params.memberId)),
  component: ProfilePage,
})
