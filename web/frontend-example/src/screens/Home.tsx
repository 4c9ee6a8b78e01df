import { useApolloClient, useMutation, useQuery } from '@apollo/client/react'
import { HomeDocument, SignOutDocument } from '../gql/graphql'
import { keep } from '../session'
import { Invitations } from './Invitations'

// Home shows the invitations of ?workspace=SLUG, or of the first workspace, to those who may invite there.
export function Home() {
  const client = useApolloClient()
  const { data, error } = useQuery(HomeDocument)
  const [signOut] = useMutation(SignOutDocument)
  const viewer = data?.viewer
  if (!viewer) return <p>{error?.message ?? 'Loading…'}</p>
  const workspaces = viewer.memberships.map(({ workspace }) => workspace)
  const slug = new URLSearchParams(location.search).get('workspace')
  const workspace = workspaces.find(each => each.slug === slug) ?? workspaces[0]
  const leave = async () => {
    await signOut()
    keep(null)
    await client.clearStore()
  }
  return (
    <>
      <h1>Hello {viewer.user.firstName ?? viewer.user.username ?? viewer.user.email}</h1>
      <nav>
        {workspaces.map(each => <a key={each.id} href={`/?workspace=${each.slug}`}>{each.name}</a>)}
        <button onClick={leave}>Sign out</button>
      </nav>
      {workspace?.viewerPermissions.includes('MEMBERS_INVITE') && <Invitations key={workspace.id} workspaceId={workspace.id} />}
    </>
  )
}
