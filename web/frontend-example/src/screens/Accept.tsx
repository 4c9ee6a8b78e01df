import { useMutation, useQuery } from '@apollo/client/react'
import { accountFields, accountInput, enter, Form } from '../Form'
import { AcceptInvitationDocument, PublicInvitationDocument } from '../gql/graphql'
import { keep, tokenDelivery } from '../session'

export function Accept({ token }: { token: string }) {
  const { data, loading } = useQuery(PublicInvitationDocument, { variables: { token } })
  const [accept] = useMutation(AcceptInvitationDocument)
  const invitation = data?.publicInvitation
  if (loading) return <p>Loading…</p>
  if (!invitation) return <h1>This link is not valid</h1>
  const { brand, status, email, invitedByName, message, grant } = invitation
  if (status !== 'PENDING') return <h1>This invitation to {brand.workspaceName} is {status.toLowerCase()}</h1>
  return (
    <>
      <h1 style={{ color: brand.color ?? undefined }}>Join {brand.workspaceName}</h1>
      <p>{invitedByName} invites {email}. {message}</p>
      {grant && grant.groups.length > 0 && <p>You will be in {grant.groups.join(', ')}.</p>}
      <Form
        action="Accept"
        fields={accountFields(invitation)}
        submit={async values => {
          const input = { token, locale: invitation.locale, tokenDelivery: tokenDelivery(), ...accountInput(values) }
          const { data } = await accept({ variables: { input } })
          if (data?.acceptInvitation?.auth) keep(data.acceptInvitation.auth)
          enter()
        }}
      />
    </>
  )
}
