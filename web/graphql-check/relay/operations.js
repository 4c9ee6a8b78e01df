// Ten operations as an application with Relay writes them. relay-compiler refuses them unless the schema keeps Relay's
// contracts: Node, connections with pages both ways, refetchable fragments, and ids in payloads for its cache.
import { graphql } from 'relay-runtime'

export const people = graphql`
  query operationsPeopleQuery($workspaceId: ID!) {
    workspace(id: $workspaceId) {
      name
      ...operations_members
    }
  }
`

export const members = graphql`
  fragment operations_members on Workspace
  @refetchable(queryName: "operationsMembersPaginationQuery")
  @argumentDefinitions(first: { type: "Int" }, after: { type: "String" }, last: { type: "Int" }, before: { type: "String" }) {
    members(first: $first, after: $after, last: $last, before: $before) @connection(key: "operations_members") {
      edges {
        node {
          id
          status
          user { firstName lastName email }
        }
      }
    }
  }
`

export const invitations = graphql`
  fragment operations_invitations on Workspace
  @refetchable(queryName: "operationsInvitationsPaginationQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    invitations(first: $first, after: $after, filter: { status: [PENDING] }) @connection(key: "operations_invitations") {
      edges {
        node { id email status }
      }
    }
  }
`

export const groups = graphql`
  fragment operations_groups on Workspace
  @refetchable(queryName: "operationsGroupsPaginationQuery")
  @argumentDefinitions(last: { type: "Int", defaultValue: 20 }, before: { type: "String" }) {
    groups(last: $last, before: $before) @connection(key: "operations_groups") {
      edges {
        node { id name visibility }
      }
    }
  }
`

export const home = graphql`
  query operationsHomeQuery($workspaceId: ID!) {
    workspace(id: $workspaceId) {
      invitationCounts { pending active }
      ...operations_invitations
      ...operations_groups
    }
  }
`

export const invite = graphql`
  mutation operationsInviteMutation($input: InviteUsersInput!, $connections: [ID!]!) {
    inviteUsers(input: $input) {
      outcomes {
        status
        invitation @appendNode(connections: $connections, edgeTypeName: "InvitationEdge") { id email }
      }
      invitationCounts { pending active }
    }
  }
`

export const cancel = graphql`
  mutation operationsCancelMutation($input: CancelInvitationInput!) {
    cancelInvitation(input: $input) {
      invitation { id status }
      invitationCounts { pending cancelled }
    }
  }
`

export const deleteGroup = graphql`
  mutation operationsDeleteGroupMutation($input: DeleteGroupInput!, $connections: [ID!]!) {
    deleteGroup(input: $input) {
      deletedId @deleteEdge(connections: $connections)
    }
  }
`

export const deactivate = graphql`
  mutation operationsDeactivateMutation($input: DeactivateMemberInput!) {
    deactivateMember(input: $input) {
      member { id status }
    }
  }
`

export const invitationsChanged = graphql`
  subscription operationsInvitationsChangedSubscription($workspaceId: ID!) {
    invitationsChanged(workspaceId: $workspaceId) {
      changes { kind id invitation { id email status } }
      invitationCounts { pending active }
    }
  }
`
