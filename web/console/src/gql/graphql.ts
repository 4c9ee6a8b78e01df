/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What happened to a row of a list. */
export type ChangeKind =
  /** It is new. */
  | 'CREATED'
  /** It does not match the filter, is no longer visible to the caller, or does not exist any more. It may be a row that the list did not have. */
  | 'REMOVED'
  /** It changed. It may match the filter, or be visible to the caller, for the first time. */
  | 'UPDATED';

/** Whom to deactivate. */
export type DeactivateMemberInput = {
  /** The member. */
  memberId: string | number;
};

/** Which members to list; all conditions must hold. */
export type MemberFilter = {
  /** Only who holds a role in this group. */
  groupId?: string | number | null | undefined;
  /** Only who carries this label. */
  label?: string | null | undefined;
  /** Only who is in this org unit. */
  orgUnitId?: string | number | null | undefined;
  /** What the first name, last name, e-mail or username starts with. */
  search?: string | null | undefined;
  /** Only these states. */
  status?: Array<MemberStatus> | null | undefined;
};

/** Ordering options for Member connections */
export type MemberOrder = {
  /** The ordering direction. */
  direction?: OrderDirection;
  /** The field by which to order Members. */
  field: MemberOrderField;
};

/** Properties by which Member connections can be ordered. */
export type MemberOrderField =
  /** By the moment of coming in. */
  | 'JOINED_AT'
  /** By last name, then first name. */
  | 'NAME';

/** Whether a member may come in. */
export type MemberStatus =
  /** May come in, and takes a seat. */
  | 'ACTIVE'
  /** May not come in, and takes no seat. */
  | 'DEACTIVATED';

/** Which end of the order comes first. */
export type OrderDirection =
  /** The smallest, the earliest, A. */
  | 'ASC'
  /** The largest, the latest, Z. */
  | 'DESC';

/** One thing that a role or an API key lets its holder do. */
export type Permission =
  /** Make and revoke API keys. */
  | 'API_KEYS_MANAGE'
  /** Read the history of everything. */
  | 'AUDIT_VIEW'
  /** Enrol and withdraw people, and report progress. */
  | 'ENROLLMENTS_MANAGE'
  /** Make, move, change and delete groups. */
  | 'GROUPS_MANAGE'
  /** Make and change join links. */
  | 'JOIN_LINKS_MANAGE'
  /** Create accounts. */
  | 'MEMBERS_CREATE'
  /** Deactivate, reactivate and remove people. */
  | 'MEMBERS_DEACTIVATE'
  /** Import people in batches. */
  | 'MEMBERS_IMPORT'
  /** Invite people; track, resend, edit and cancel invitations. */
  | 'MEMBERS_INVITE'
  /** Edit people's labels, groups, unit, fields and access. */
  | 'MEMBERS_UPDATE'
  /** See people, their invitations and their progress. */
  | 'MEMBERS_VIEW'
  /** Make, move, change and delete org units. */
  | 'ORG_UNITS_MANAGE'
  /** Make, change and assign programs. */
  | 'PROGRAMS_MANAGE'
  /** Give others roles that hold no more than one's own. */
  | 'ROLES_ASSIGN'
  /** Make and change custom roles. */
  | 'ROLES_MANAGE'
  /** Make and change sessions. */
  | 'SESSIONS_MANAGE'
  /** Read figures of seats and mails. */
  | 'USAGE_VIEW'
  /** Make and change webhooks. */
  | 'WEBHOOKS_MANAGE'
  /** Change the workspace's settings. */
  | 'WORKSPACE_MANAGE';

/** Whom to reactivate. */
export type ReactivateMemberInput = {
  /** The member. */
  memberId: string | number;
};

/** Which refresh token to use. */
export type RefreshSessionInput = {
  /** Refresh token to use instead of the cookie; the new one is then answered in the body. */
  refreshToken?: string | null | undefined;
};

/** Whom to remove. */
export type RemoveMemberInput = {
  /** The member. */
  memberId: string | number;
};

/** Who signs in, and how. */
export type SignInInput = {
  /** An e-mail address, or a username. */
  login: string;
  /** At most 1 KiB. */
  password: string;
  /** COOKIE unless said. */
  tokenDelivery?: TokenDelivery | null | undefined;
  /** Slug of a workspace of the organization; needed with a username, which is unique in an organization only. */
  workspace?: string | null | undefined;
};

/** How a client wants its refresh token: COOKIE sets an HttpOnly cookie for front ends of the same site, BODY answers it. */
export type TokenDelivery =
  /** In the answer, for programs and for front ends of another site. */
  | 'BODY'
  /** In an HttpOnly, Secure, SameSite=Lax cookie; refreshToken is null. */
  | 'COOKIE';

export type ViewerFieldsFragment = { user: { id: string, email: string | null, username: string | null, firstName: string | null, lastName: string | null, locale: string | null }, memberships: Array<{ id: string, workspace: { id: string, slug: string, name: string, color: string | null, logoUrl: string | null, defaultLocale: string, timeZone: string, viewerPermissions: Array<Permission>, organization: { id: string, name: string, viewerIsAdministrator: boolean } } }> };

export type ConsoleSignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type ConsoleSignInMutation = { signIn: { auth: { accessToken: string, expiresAt: string, mustChangePassword: boolean, viewer: { user: { id: string, email: string | null, username: string | null, firstName: string | null, lastName: string | null, locale: string | null }, memberships: Array<{ id: string, workspace: { id: string, slug: string, name: string, color: string | null, logoUrl: string | null, defaultLocale: string, timeZone: string, viewerPermissions: Array<Permission>, organization: { id: string, name: string, viewerIsAdministrator: boolean } } }> } | null } } | null };

export type ConsoleRefreshMutationVariables = Exact<{
  input: RefreshSessionInput;
}>;


export type ConsoleRefreshMutation = { refreshSession: { auth: { accessToken: string, expiresAt: string, mustChangePassword: boolean, viewer: { user: { id: string, email: string | null, username: string | null, firstName: string | null, lastName: string | null, locale: string | null }, memberships: Array<{ id: string, workspace: { id: string, slug: string, name: string, color: string | null, logoUrl: string | null, defaultLocale: string, timeZone: string, viewerPermissions: Array<Permission>, organization: { id: string, name: string, viewerIsAdministrator: boolean } } }> } | null } } | null };

export type ConsoleSignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type ConsoleSignOutMutation = { signOut: { deletedId: string | null } | null };

export type MemberRowFragment = { id: string, status: MemberStatus, labels: Array<string>, joinedAt: string, accessExpiresAt: string | null, updatedAt: string, viewerCan: Array<Permission>, user: { id: string, firstName: string | null, lastName: string | null, email: string | null, username: string | null }, orgUnit: { id: string, name: string } | null, groups: Array<{ id: string, name: string }> | null, roleAssignments: Array<{ id: string, inherited: boolean, role: { id: string, key: string, name: string } }> | null };

export type ConsoleMembersQueryVariables = Exact<{
  workspace: string | number;
  filter?: MemberFilter | null | undefined;
  orderBy?: MemberOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ConsoleMembersQuery = { workspace: { members: { edges: Array<{ node: { id: string, status: MemberStatus, labels: Array<string>, joinedAt: string, accessExpiresAt: string | null, updatedAt: string, viewerCan: Array<Permission>, user: { id: string, firstName: string | null, lastName: string | null, email: string | null, username: string | null }, orgUnit: { id: string, name: string } | null, groups: Array<{ id: string, name: string }> | null, roleAssignments: Array<{ id: string, inherited: boolean, role: { id: string, key: string, name: string } }> | null } }>, pageInfo: { hasNextPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type ConsoleMemberCountQueryVariables = Exact<{
  workspace: string | number;
  filter?: MemberFilter | null | undefined;
}>;


export type ConsoleMemberCountQuery = { workspace: { members: { totalCount: number } } | null };

export type ConsoleDeactivateMutationVariables = Exact<{
  input: DeactivateMemberInput;
}>;


export type ConsoleDeactivateMutation = { deactivateMember: { member: { id: string, status: MemberStatus, labels: Array<string>, joinedAt: string, accessExpiresAt: string | null, updatedAt: string, viewerCan: Array<Permission>, user: { id: string, firstName: string | null, lastName: string | null, email: string | null, username: string | null }, orgUnit: { id: string, name: string } | null, groups: Array<{ id: string, name: string }> | null, roleAssignments: Array<{ id: string, inherited: boolean, role: { id: string, key: string, name: string } }> | null } } | null };

export type ConsoleReactivateMutationVariables = Exact<{
  input: ReactivateMemberInput;
}>;


export type ConsoleReactivateMutation = { reactivateMember: { member: { id: string, status: MemberStatus, labels: Array<string>, joinedAt: string, accessExpiresAt: string | null, updatedAt: string, viewerCan: Array<Permission>, user: { id: string, firstName: string | null, lastName: string | null, email: string | null, username: string | null }, orgUnit: { id: string, name: string } | null, groups: Array<{ id: string, name: string }> | null, roleAssignments: Array<{ id: string, inherited: boolean, role: { id: string, key: string, name: string } }> | null } } | null };

export type ConsoleRemoveMutationVariables = Exact<{
  input: RemoveMemberInput;
}>;


export type ConsoleRemoveMutation = { removeMember: { deletedId: string } | null };

export type ConsoleMembersChangedSubscriptionVariables = Exact<{
  workspace: string | number;
}>;


export type ConsoleMembersChangedSubscription = { membersChanged: { changes: Array<{ kind: ChangeKind, id: string, member: { id: string, status: MemberStatus, labels: Array<string>, joinedAt: string, accessExpiresAt: string | null, updatedAt: string, viewerCan: Array<Permission>, user: { id: string, firstName: string | null, lastName: string | null, email: string | null, username: string | null }, orgUnit: { id: string, name: string } | null, groups: Array<{ id: string, name: string }> | null, roleAssignments: Array<{ id: string, inherited: boolean, role: { id: string, key: string, name: string } }> | null } | null }> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const ViewerFieldsFragmentDoc = new TypedDocumentString(`
    fragment ViewerFields on Viewer {
  user {
    id
    email
    username
    firstName
    lastName
    locale
  }
  memberships {
    id
    workspace {
      id
      slug
      name
      color
      logoUrl
      defaultLocale
      timeZone
      viewerPermissions
      organization {
        id
        name
        viewerIsAdministrator
      }
    }
  }
}
    `, {"fragmentName":"ViewerFields"}) as unknown as TypedDocumentString<ViewerFieldsFragment, unknown>;
export const MemberRowFragmentDoc = new TypedDocumentString(`
    fragment MemberRow on Member {
  id
  status
  labels
  joinedAt
  accessExpiresAt
  updatedAt
  viewerCan
  user {
    id
    firstName
    lastName
    email
    username
  }
  orgUnit {
    id
    name
  }
  groups {
    id
    name
  }
  roleAssignments {
    id
    inherited
    role {
      id
      key
      name
    }
  }
}
    `, {"fragmentName":"MemberRow"}) as unknown as TypedDocumentString<MemberRowFragment, unknown>;
export const ConsoleSignInDocument = new TypedDocumentString(`
    mutation ConsoleSignIn($input: SignInInput!) {
  signIn(input: $input) {
    auth {
      accessToken
      expiresAt
      mustChangePassword
      viewer {
        ...ViewerFields
      }
    }
  }
}
    fragment ViewerFields on Viewer {
  user {
    id
    email
    username
    firstName
    lastName
    locale
  }
  memberships {
    id
    workspace {
      id
      slug
      name
      color
      logoUrl
      defaultLocale
      timeZone
      viewerPermissions
      organization {
        id
        name
        viewerIsAdministrator
      }
    }
  }
}`) as unknown as TypedDocumentString<ConsoleSignInMutation, ConsoleSignInMutationVariables>;
export const ConsoleRefreshDocument = new TypedDocumentString(`
    mutation ConsoleRefresh($input: RefreshSessionInput!) {
  refreshSession(input: $input) {
    auth {
      accessToken
      expiresAt
      mustChangePassword
      viewer {
        ...ViewerFields
      }
    }
  }
}
    fragment ViewerFields on Viewer {
  user {
    id
    email
    username
    firstName
    lastName
    locale
  }
  memberships {
    id
    workspace {
      id
      slug
      name
      color
      logoUrl
      defaultLocale
      timeZone
      viewerPermissions
      organization {
        id
        name
        viewerIsAdministrator
      }
    }
  }
}`) as unknown as TypedDocumentString<ConsoleRefreshMutation, ConsoleRefreshMutationVariables>;
export const ConsoleSignOutDocument = new TypedDocumentString(`
    mutation ConsoleSignOut {
  signOut {
    deletedId
  }
}
    `) as unknown as TypedDocumentString<ConsoleSignOutMutation, ConsoleSignOutMutationVariables>;
export const ConsoleMembersDocument = new TypedDocumentString(`
    query ConsoleMembers($workspace: ID!, $filter: MemberFilter, $orderBy: MemberOrder, $first: Int, $after: String, $last: Int, $before: String) {
  workspace(id: $workspace) {
    members(
      filter: $filter
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        node {
          ...MemberRow
        }
      }
      pageInfo {
        hasNextPage
        startCursor
        endCursor
      }
    }
  }
}
    fragment MemberRow on Member {
  id
  status
  labels
  joinedAt
  accessExpiresAt
  updatedAt
  viewerCan
  user {
    id
    firstName
    lastName
    email
    username
  }
  orgUnit {
    id
    name
  }
  groups {
    id
    name
  }
  roleAssignments {
    id
    inherited
    role {
      id
      key
      name
    }
  }
}`) as unknown as TypedDocumentString<ConsoleMembersQuery, ConsoleMembersQueryVariables>;
export const ConsoleMemberCountDocument = new TypedDocumentString(`
    query ConsoleMemberCount($workspace: ID!, $filter: MemberFilter) {
  workspace(id: $workspace) {
    members(filter: $filter) {
      totalCount
    }
  }
}
    `) as unknown as TypedDocumentString<ConsoleMemberCountQuery, ConsoleMemberCountQueryVariables>;
export const ConsoleDeactivateDocument = new TypedDocumentString(`
    mutation ConsoleDeactivate($input: DeactivateMemberInput!) {
  deactivateMember(input: $input) {
    member {
      ...MemberRow
    }
  }
}
    fragment MemberRow on Member {
  id
  status
  labels
  joinedAt
  accessExpiresAt
  updatedAt
  viewerCan
  user {
    id
    firstName
    lastName
    email
    username
  }
  orgUnit {
    id
    name
  }
  groups {
    id
    name
  }
  roleAssignments {
    id
    inherited
    role {
      id
      key
      name
    }
  }
}`) as unknown as TypedDocumentString<ConsoleDeactivateMutation, ConsoleDeactivateMutationVariables>;
export const ConsoleReactivateDocument = new TypedDocumentString(`
    mutation ConsoleReactivate($input: ReactivateMemberInput!) {
  reactivateMember(input: $input) {
    member {
      ...MemberRow
    }
  }
}
    fragment MemberRow on Member {
  id
  status
  labels
  joinedAt
  accessExpiresAt
  updatedAt
  viewerCan
  user {
    id
    firstName
    lastName
    email
    username
  }
  orgUnit {
    id
    name
  }
  groups {
    id
    name
  }
  roleAssignments {
    id
    inherited
    role {
      id
      key
      name
    }
  }
}`) as unknown as TypedDocumentString<ConsoleReactivateMutation, ConsoleReactivateMutationVariables>;
export const ConsoleRemoveDocument = new TypedDocumentString(`
    mutation ConsoleRemove($input: RemoveMemberInput!) {
  removeMember(input: $input) {
    deletedId
  }
}
    `) as unknown as TypedDocumentString<ConsoleRemoveMutation, ConsoleRemoveMutationVariables>;
export const ConsoleMembersChangedDocument = new TypedDocumentString(`
    subscription ConsoleMembersChanged($workspace: ID!) {
  membersChanged(workspaceId: $workspace) {
    changes {
      kind
      id
      member {
        ...MemberRow
      }
    }
  }
}
    fragment MemberRow on Member {
  id
  status
  labels
  joinedAt
  accessExpiresAt
  updatedAt
  viewerCan
  user {
    id
    firstName
    lastName
    email
    username
  }
  orgUnit {
    id
    name
  }
  groups {
    id
    name
  }
  roleAssignments {
    id
    inherited
    role {
      id
      key
      name
    }
  }
}`) as unknown as TypedDocumentString<ConsoleMembersChangedSubscription, ConsoleMembersChangedSubscriptionVariables>;