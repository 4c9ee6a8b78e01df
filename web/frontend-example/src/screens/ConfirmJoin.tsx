import { useMutation, useQuery } from '@apollo/client/react'
import { useState } from 'react'
import { accountFields, accountInput, enter, Form } from '../Form'
import { ConfirmJoinDocument, PublicJoinConfirmationDocument } from '../gql/graphql'
import { keep, tokenDelivery } from '../session'

export function ConfirmJoin({ token }: { token: string }) {
  const { data, loading } = useQuery(PublicJoinConfirmationDocument, { variables: { token } })
  const [confirm] = useMutation(ConfirmJoinDocument)
  const [waiting, setWaiting] = useState(false)
  const request = data?.publicJoinConfirmation
  if (loading) return <p>Loading…</p>
  if (!request) return <h1>This link is not valid</h1>
  if (waiting) return <h1>An administrator of {request.brand.workspaceName} must approve your request</h1>
  if (request.state !== 'OPEN') return <h1>This request is {request.state.toLowerCase()}</h1>
  return (
    <>
      <h1>Join {request.brand.workspaceName}</h1>
      <p>You join as {request.email}.</p>
      <Form
        action="Join"
        fields={accountFields(request)}
        submit={async values => {
          const input = { token, locale: request.locale, tokenDelivery: tokenDelivery(), ...accountInput(values) }
          const { data } = await confirm({ variables: { input } })
          if (data?.confirmJoin?.auth) keep(data.confirmJoin.auth)
          if (data?.confirmJoin?.status === 'WAITING_FOR_APPROVAL') setWaiting(true)
          else enter()
        }}
      />
    </>
  )
}
