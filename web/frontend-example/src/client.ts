// Apollo Client for Usher: a token on each request, one refresh and one more try when it is refused, subscriptions over a
// websocket, and pages of lists that grow together.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, ServerError } from '@apollo/client'
import { SetContextLink } from '@apollo/client/link/context'
import { ErrorLink } from '@apollo/client/link/error'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { relayStylePagination } from '@apollo/client/utilities'
import { OperationTypeNode } from 'graphql'
import { createClient } from 'graphql-ws'
import { from, switchMap, throwError } from 'rxjs'
import { freshToken, isSignedIn, refresh, usher } from './session'

const authorize = new SetContextLink(async ({ headers }) => {
  const token = await freshToken()
  return { headers: token ? { ...headers, authorization: `Bearer ${token}` } : headers }
})

// A token may end before its time: the password was changed, or the clock of this machine is late.
const renew = new ErrorLink(({ error, operation, forward }) => {
  if (!isSignedIn() || !isUnauthenticated(error) || operation.getContext().renewed) return
  operation.setContext({ renewed: true })
  return from(refresh()).pipe(switchMap(token => token ? forward(operation) : throwError(() => error)))
})

function isUnauthenticated(error: unknown): boolean {
  return ServerError.is(error) && error.statusCode === 401 ||
    CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')
}

// graphql-ws asks for the parameters at each connection, so that one that opens again has the present token.
const socket = new GraphQLWsLink(createClient({
  url: `${usher.replace(/^http/, 'ws')}/graphql`,
  connectionParams: async () => ({ Authorization: `Bearer ${await freshToken()}` }),
  shouldRetry: () => true,
}))

export const client = new ApolloClient({
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    socket,
    ApolloLink.from([renew, authorize, new HttpLink({ uri: `${usher}/graphql`, credentials: 'include' })]),
  ),
  cache: new InMemoryCache({
    typePolicies: { Workspace: { fields: { invitations: relayStylePagination(['filter', 'orderBy']) } } },
  }),
})
