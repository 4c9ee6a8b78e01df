// The screens by their paths, which are those of Usher's own pages: /invitations/TOKEN here shows what the same path shows
// there. Emails lead to Usher's public URL, so its proxy may hand these paths to this front end.
import { useSyncExternalStore, type ComponentType } from 'react'
import { Accept } from './screens/Accept'
import { Card } from './screens/Card'
import { ConfirmJoin } from './screens/ConfirmJoin'
import { Home } from './screens/Home'
import { ResetPassword } from './screens/ResetPassword'
import { SignIn } from './screens/SignIn'
import { isSignedIn, onSessionChange } from './session'

const screens: [RegExp, ComponentType<{ token: string }>][] = [
  [/^\/invitations\/([^/]+)$/, Accept],
  [/^\/join\/confirm\/([^/]+)$/, ConfirmJoin],
  [/^\/reset-password\/([^/]+)$/, ResetPassword],
  [/^\/cards\/([^/]+)$/, Card],
]

export function App() {
  const signedIn = useSyncExternalStore(onSessionChange, isSignedIn)
  for (const [path, Screen] of screens) {
    const token = path.exec(location.pathname)?.[1]
    if (token) return <main><Screen token={token} /></main>
  }
  return <main>{signedIn ? <Home /> : <SignIn />}</main>
}
