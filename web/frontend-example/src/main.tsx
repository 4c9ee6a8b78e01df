import { ApolloProvider } from '@apollo/client/react'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { client } from './client'
import { refresh } from './session'

// The session outlives a reload: the cookie, or the token in this tab, gives a new access token before anything is drawn.
await refresh()
createRoot(document.getElementById('root') as HTMLElement).render(<ApolloProvider client={client}><App /></ApolloProvider>)
