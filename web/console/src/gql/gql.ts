/* eslint-disable */
import * as types from './graphql';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment ViewerFields on Viewer {\n    user { id email username firstName lastName locale }\n    memberships {\n      id\n      workspace {\n        id slug name color logoUrl defaultLocale timeZone viewerPermissions\n        organization { id name viewerIsAdministrator }\n      }\n    }\n  }\n": typeof types.ViewerFieldsFragmentDoc,
    "\n  mutation ConsoleSignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }\n    }\n  }\n": typeof types.ConsoleSignInDocument,
    "\n  mutation ConsoleRefresh($input: RefreshSessionInput!) {\n    refreshSession(input: $input) {\n      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }\n    }\n  }\n": typeof types.ConsoleRefreshDocument,
    "\n  mutation ConsoleSignOut { signOut { deletedId } }\n": typeof types.ConsoleSignOutDocument,
    "\n  fragment MemberRow on Member {\n    id status labels joinedAt accessExpiresAt updatedAt viewerCan\n    user { id firstName lastName email username }\n    orgUnit { id name }\n    groups { id name }\n    roleAssignments { id inherited role { id key name } }\n  }\n": typeof types.MemberRowFragmentDoc,
    "\n  query ConsoleMembers(\n    $workspace: ID!, $filter: MemberFilter, $orderBy: MemberOrder,\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      members(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...MemberRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleMembersDocument,
    "\n  query ConsoleMemberCount($workspace: ID!, $filter: MemberFilter) {\n    workspace(id: $workspace) { members(filter: $filter) { totalCount } }\n  }\n": typeof types.ConsoleMemberCountDocument,
    "\n  mutation ConsoleDeactivate($input: DeactivateMemberInput!) {\n    deactivateMember(input: $input) { member { ...MemberRow } }\n  }\n": typeof types.ConsoleDeactivateDocument,
    "\n  mutation ConsoleReactivate($input: ReactivateMemberInput!) {\n    reactivateMember(input: $input) { member { ...MemberRow } }\n  }\n": typeof types.ConsoleReactivateDocument,
    "\n  mutation ConsoleRemove($input: RemoveMemberInput!) {\n    removeMember(input: $input) { deletedId }\n  }\n": typeof types.ConsoleRemoveDocument,
    "\n  subscription ConsoleMembersChanged($workspace: ID!) {\n    membersChanged(workspaceId: $workspace) {\n      changes { kind id member { ...MemberRow } }\n    }\n  }\n": typeof types.ConsoleMembersChangedDocument,
};
const documents: Documents = {
    "\n  fragment ViewerFields on Viewer {\n    user { id email username firstName lastName locale }\n    memberships {\n      id\n      workspace {\n        id slug name color logoUrl defaultLocale timeZone viewerPermissions\n        organization { id name viewerIsAdministrator }\n      }\n    }\n  }\n": types.ViewerFieldsFragmentDoc,
    "\n  mutation ConsoleSignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }\n    }\n  }\n": types.ConsoleSignInDocument,
    "\n  mutation ConsoleRefresh($input: RefreshSessionInput!) {\n    refreshSession(input: $input) {\n      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }\n    }\n  }\n": types.ConsoleRefreshDocument,
    "\n  mutation ConsoleSignOut { signOut { deletedId } }\n": types.ConsoleSignOutDocument,
    "\n  fragment MemberRow on Member {\n    id status labels joinedAt accessExpiresAt updatedAt viewerCan\n    user { id firstName lastName email username }\n    orgUnit { id name }\n    groups { id name }\n    roleAssignments { id inherited role { id key name } }\n  }\n": types.MemberRowFragmentDoc,
    "\n  query ConsoleMembers(\n    $workspace: ID!, $filter: MemberFilter, $orderBy: MemberOrder,\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      members(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...MemberRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleMembersDocument,
    "\n  query ConsoleMemberCount($workspace: ID!, $filter: MemberFilter) {\n    workspace(id: $workspace) { members(filter: $filter) { totalCount } }\n  }\n": types.ConsoleMemberCountDocument,
    "\n  mutation ConsoleDeactivate($input: DeactivateMemberInput!) {\n    deactivateMember(input: $input) { member { ...MemberRow } }\n  }\n": types.ConsoleDeactivateDocument,
    "\n  mutation ConsoleReactivate($input: ReactivateMemberInput!) {\n    reactivateMember(input: $input) { member { ...MemberRow } }\n  }\n": types.ConsoleReactivateDocument,
    "\n  mutation ConsoleRemove($input: RemoveMemberInput!) {\n    removeMember(input: $input) { deletedId }\n  }\n": types.ConsoleRemoveDocument,
    "\n  subscription ConsoleMembersChanged($workspace: ID!) {\n    membersChanged(workspaceId: $workspace) {\n      changes { kind id member { ...MemberRow } }\n    }\n  }\n": types.ConsoleMembersChangedDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ViewerFields on Viewer {\n    user { id email username firstName lastName locale }\n    memberships {\n      id\n      workspace {\n        id slug name color logoUrl defaultLocale timeZone viewerPermissions\n        organization { id name viewerIsAdministrator }\n      }\n    }\n  }\n"): typeof import('./graphql').ViewerFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleSignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }\n    }\n  }\n"): typeof import('./graphql').ConsoleSignInDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleRefresh($input: RefreshSessionInput!) {\n    refreshSession(input: $input) {\n      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }\n    }\n  }\n"): typeof import('./graphql').ConsoleRefreshDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleSignOut { signOut { deletedId } }\n"): typeof import('./graphql').ConsoleSignOutDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment MemberRow on Member {\n    id status labels joinedAt accessExpiresAt updatedAt viewerCan\n    user { id firstName lastName email username }\n    orgUnit { id name }\n    groups { id name }\n    roleAssignments { id inherited role { id key name } }\n  }\n"): typeof import('./graphql').MemberRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleMembers(\n    $workspace: ID!, $filter: MemberFilter, $orderBy: MemberOrder,\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      members(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...MemberRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleMembersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleMemberCount($workspace: ID!, $filter: MemberFilter) {\n    workspace(id: $workspace) { members(filter: $filter) { totalCount } }\n  }\n"): typeof import('./graphql').ConsoleMemberCountDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleDeactivate($input: DeactivateMemberInput!) {\n    deactivateMember(input: $input) { member { ...MemberRow } }\n  }\n"): typeof import('./graphql').ConsoleDeactivateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleReactivate($input: ReactivateMemberInput!) {\n    reactivateMember(input: $input) { member { ...MemberRow } }\n  }\n"): typeof import('./graphql').ConsoleReactivateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleRemove($input: RemoveMemberInput!) {\n    removeMember(input: $input) { deletedId }\n  }\n"): typeof import('./graphql').ConsoleRemoveDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ConsoleMembersChanged($workspace: ID!) {\n    membersChanged(workspaceId: $workspace) {\n      changes { kind id member { ...MemberRow } }\n    }\n  }\n"): typeof import('./graphql').ConsoleMembersChangedDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
