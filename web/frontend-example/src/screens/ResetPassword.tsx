import { useMutation, useQuery } from '@apollo/client/react'
import { enter, Form } from '../Form'
import { PublicPasswordResetDocument, ResetPasswordDocument } from '../gql/graphql'
import { keep, tokenDelivery } from '../session'

export function ResetPassword({ token }: { token: string }) {
  const { data, error, loading } = useQuery(PublicPasswordResetDocument, { variables: { token } })
  const [reset] = useMutation(ResetPasswordDocument)
  if (loading) return <p>Loading…</p>
  if (!data?.publicPasswordReset) return <h1>{error?.message ?? 'This link is not valid'}</h1>
  return (
    <>
      <h1>Choose a new password</h1>
      <p>For {data.publicPasswordReset.email}</p>
      <Form
        action="Set the password"
        fields={[{ name: 'password', label: 'New password', type: 'password' }]}
        submit={async ({ password = '' }) => {
          const { data } = await reset({ variables: { input: { token, password, tokenDelivery: tokenDelivery() } } })
          keep(data?.resetPassword?.auth)
          enter()
        }}
      />
    </>
  )
}
