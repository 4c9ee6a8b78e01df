import { useMutation, useQuery } from '@apollo/client/react'
import { enter, Form } from '../Form'
import { PublicCardDocument, RedeemCardDocument } from '../gql/graphql'
import { keep, tokenDelivery } from '../session'

export function Card({ token }: { token: string }) {
  const { data, error, loading } = useQuery(PublicCardDocument, { variables: { token } })
  const [redeem] = useMutation(RedeemCardDocument)
  const card = data?.publicCard
  if (loading) return <p>Loading…</p>
  if (!card) return <h1>{error?.message ?? 'This link is not valid'}</h1>
  if (card.state !== 'OPEN') return <h1>{card.reason}</h1>
  return (
    <>
      <h1>Welcome to {card.brand.workspaceName}</h1>
      <p>You sign in as {card.username ?? card.email}.</p>
      <Form
        action="Set the password"
        fields={[{ name: 'pin', label: 'PIN of your card' }, { name: 'password', label: 'Choose a password', type: 'password' }]}
        submit={async ({ pin = '', password = '' }) => {
          const { data } = await redeem({ variables: { input: { token, pin, password, tokenDelivery: tokenDelivery() } } })
          keep(data?.redeemCard?.auth)
          enter()
        }}
      />
    </>
  )
}
