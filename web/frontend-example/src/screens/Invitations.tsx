// The invitations of a workspace: pages as the person scrolls, and changes as they happen.
import { useApolloClient, useQuery, useSubscription } from '@apollo/client/react'
import { memo, useCallback, useEffect, useRef, useState } from 'react'
import {
  InvitationRowFragmentDoc, InvitationsChangedDocument, InvitationsDocument, type CountsFragment, type InvitationRowFragment,
  type InvitationsChangedSubscription,
} from '../gql/graphql'
import { ImportPanel } from './ImportPanel'

// More new rows than these in one message are counted, not drawn: nobody reads a list that is pushed away five hundred at a
// time, and the tab stays free while an import runs.
const mostDrawnAtOnce = 20

export function Invitations({ workspaceId }: { workspaceId: string }) {
  const client = useApolloClient()
  const variables = { workspaceId }
  const { data, fetchMore, refetch } = useQuery(InvitationsDocument, { variables })
  const [counts, setCounts] = useState<CountsFragment>()
  const [unseen, setUnseen] = useState(0)

  const page = data?.workspace?.invitations
  const apply = ({ changes, invitationCounts }: InvitationsChangedSubscription['invitationsChanged']) => {
    setCounts(invitationCounts)
    const here = new Set(page?.edges.map(({ node }) => node.id))
    const changed = changes.flatMap(({ invitation }) => invitation ?? [])
    const added = changed.filter(({ id }, index) => changes[index]?.kind === 'CREATED' && !here.has(id))
    client.cache.batch({
      update(cache) {
        // Rows that are not on the screen are not written: they are read when they are scrolled to.
        for (const invitation of changed.filter(({ id }) => here.has(id))) {
          cache.writeFragment({ fragment: InvitationRowFragmentDoc, fragmentName: 'InvitationRow', data: invitation })
        }
        if (added.length > mostDrawnAtOnce) return
        cache.updateQuery({ query: InvitationsDocument, variables }, old => old?.workspace && ({
          workspace: {
            ...old.workspace,
            invitations: {
              ...old.workspace.invitations,
              edges: [...added.toReversed().map(asEdge), ...old.workspace.invitations.edges],
            },
          },
        }))
      },
    })
    if (added.length > mostDrawnAtOnce) setUnseen(number => number + added.length)
  }
  useSubscription(InvitationsChangedDocument, {
    variables, fetchPolicy: 'no-cache', ignoreResults: true,
    onData: ({ data: { data } }) => data && apply(data.invitationsChanged),
  })

  const { endCursor, hasNextPage } = page?.pageInfo ?? {}
  const more = useCallback(() => {
    if (hasNextPage) void fetchMore({ variables: { after: endCursor } })
  }, [fetchMore, endCursor, hasNextPage])
  const showUnseen = async () => {
    await refetch()
    setUnseen(0)
  }
  const shown = counts ?? data?.workspace?.invitationCounts
  return (
    <>
      <ImportPanel workspaceId={workspaceId} />
      <h2>Invitations</h2>
      <p role="status">{shown?.pending} pending, {shown?.active} accepted, {shown?.expired} expired</p>
      {unseen > 0 && <button onClick={showUnseen}>Show {unseen} new</button>}
      <ul>{page?.edges.map(({ node }) => <Row key={node.id} invitation={node} />)}</ul>
      {page && <EndOfList key={endCursor} reached={more} />}
    </>
  )
}

const asEdge = (node: InvitationRowFragment) => ({ __typename: 'InvitationEdge' as const, cursor: '', node })

const Row = memo(({ invitation: { email, status, deliveryStatus } }: { invitation: InvitationRowFragment }) => (
  <li>{email} <em>{status}</em> <small>{deliveryStatus}</small></li>
))

// EndOfList calls reached when it comes near the screen.
function EndOfList({ reached }: { reached: () => void }) {
  const mark = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const observer = new IntersectionObserver(entries => {
      if (entries.some(entry => entry.isIntersecting)) reached()
    }, { rootMargin: '300px' })
    if (mark.current) observer.observe(mark.current)
    return () => observer.disconnect()
  }, [reached])
  return <div ref={mark} />
}
