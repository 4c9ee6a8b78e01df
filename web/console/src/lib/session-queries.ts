/** Documents of the session. One request answers both the token and what the frame shows. */
import { graphql } from '@/gql'

export const ViewerFields = graphql(`
  fragment ViewerFields on Viewer {
    user { id email username firstName lastName locale }
    memberships {
      id
      workspace {
        id slug name color logoUrl defaultLocale timeZone viewerPermissions
        organization { id name viewerIsAdministrator }
      }
    }
  }
`)

export const SignInDocument = graphql(`
  mutation ConsoleSignIn($input: SignInInput!) {
    signIn(input: $input) {
      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }
    }
  }
`)

export const RefreshDocument = graphql(`
  mutation ConsoleRefresh($input: RefreshSessionInput!) {
    refreshSession(input: $input) {
      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }
    }
  }
`)

export const SignOutDocument = graphql(`
  mutation ConsoleSignOut { signOut { deletedId } }
`)
