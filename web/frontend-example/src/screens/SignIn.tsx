import { useMutation } from '@apollo/client/react'
import { Form } from '../Form'
import { SignInDocument } from '../gql/graphql'
import { keep, tokenDelivery } from '../session'

export function SignIn() {
  const [signIn] = useMutation(SignInDocument)
  return (
    <>
      <h1>Sign in</h1>
      <Form
        action="Sign in"
        fields={[{ name: 'login', label: 'Email address' }, { name: 'password', label: 'Password', type: 'password' }]}
        submit={async ({ login = '', password = '' }) => {
          const { data } = await signIn({ variables: { input: { login, password, tokenDelivery: tokenDelivery() } } })
          keep(data?.signIn?.auth)
        }}
      />
    </>
  )
}
