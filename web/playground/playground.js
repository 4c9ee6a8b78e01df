// GraphiQL on this server's own API. The example signs nobody in: paste an access token into the headers.
const example = `# Sign in first, then put the access token into the headers below:
#   { "Authorization": "Bearer …" }
mutation SignIn {
  signIn(input: { login: "", password: "", tokenDelivery: BODY }) {
    auth {
      accessToken
      viewer { memberships { workspace { slug name } } }
    }
  }
}

query People {
  viewer {
    memberships {
      workspace {
        name
        members(first: 10) { edges { node { user { firstName lastName email } groups { name } } } }
      }
    }
  }
}
`
ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: '/graphql' }),
    defaultQuery: example,
    defaultEditorToolsVisibility: 'headers',
  }),
)
