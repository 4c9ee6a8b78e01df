/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Input of addToGroup. At least one member or address; at most 500 of each. */
export type AddToGroupInput = {
  /** When the access of the invitees ends, in the future. Members keep theirs. */
  accessExpiresAt?: string | null | undefined;
  /** Addresses: of members, or to invite. */
  emails?: Array<string> | null | undefined;
  /** The group. */
  groupId: string | number;
  /** Language of the invitees' emails, and of their accounts if they have none yet: en or fr. */
  locale?: string | null | undefined;
  /** Existing members. */
  memberIds?: Array<string | number> | null | undefined;
  /** A personal message for the invitees, at most 2,000 characters. */
  message?: string | null | undefined;
  /** Addresses with names. */
  people?: Array<InviteeInput> | null | undefined;
  /** Keys of built-in roles or ids of custom ones, to hold in the group; learner by default. */
  roles?: Array<string> | null | undefined;
  /** Pasted text with addresses, as inviteUsers takes it. */
  text?: string | null | undefined;
};

/** Input of approveJoinRequest. */
export type ApproveJoinRequestInput = {
  /** The join request. */
  joinRequestId: string | number;
};

/** Input of cancelInvitations. */
export type CancelInvitationsInput = {
  /** The invitations, at most 500. */
  invitationIds: Array<string | number>;
};

/** Kind of a change in a list. */
export type ChangeKind =
  /** It is new. */
  | 'CREATED'
  /** It does not match the filter, is no longer visible to the caller, or does not exist any more. It may be a row that the list did not have. */
  | 'REMOVED'
  /** It changed. It may match the filter, or be visible to the caller, for the first time. */
  | 'UPDATED';

/** Input of correctInvitationEmail. */
export type CorrectInvitationEmailInput = {
  /** The correct address. */
  email: string;
  /** The invitation. */
  invitationId: string | number;
};

/** An answer to a custom field. */
export type CustomFieldCondition = {
  /** The key of the custom field. */
  key: string;
  /** The whole answer, as text; a date as YYYY-MM-DD. */
  value: string;
};

/** Input of deactivateMember. */
export type DeactivateMemberInput = {
  /** The member. */
  memberId: string | number;
};

/** Delivery of an invitation's latest email. */
export type DeliveryStatus =
  /** Accepted by the mail server and returned later. */
  | 'BOUNCED'
  /** Permanently refused by the mail server. */
  | 'FAILED'
  /** Created without an email: the link is for copying. */
  | 'NOT_SENT'
  /** Waiting for the first or the next attempt. */
  | 'QUEUED'
  /** Accepted by the mail server. */
  | 'SENT';

/** Status of a member in a session. */
export type EnrollmentStatus =
  /** Completed the session. */
  | 'COMPLETED'
  /** Enrolled in the session. */
  | 'ENROLLED'
  /** Withdrawn from the session until somebody enrolls them again. */
  | 'WITHDRAWN';

/** Input of eraseMember. */
export type EraseMemberInput = {
  /** The member. */
  memberId: string | number;
};

/** Which invitations to list; all conditions must hold. */
export type InvitationFilter = {
  /** Only invitations made at or after this moment. */
  createdAfter?: string | null | undefined;
  /** Only invitations made before this moment. */
  createdBefore?: string | null | undefined;
  /** Only invitations with one of these deliveries. */
  deliveryStatus?: Array<DeliveryStatus> | null | undefined;
  /** Only invitations to this address, whatever its capitals. */
  email?: string | null | undefined;
  /** Only invitations that expire, or expired, before this moment. */
  expiresBefore?: string | null | undefined;
  /** Only invitations that grant a place in this group. */
  groupId?: string | number | null | undefined;
  /** Only invitations that this member sent. */
  invitedById?: string | number | null | undefined;
  /** Only invitations that grant this label. */
  label?: string | null | undefined;
  /** Only invitations that grant a place in this org unit. */
  orgUnitId?: string | number | null | undefined;
  /** Only invitations whose invitee asks for a new link, or only the others. */
  renewalAsked?: boolean | null | undefined;
  /** Only invitations that grant this role. */
  roleId?: string | number | null | undefined;
  /** What the address, first or last name begins with. */
  search?: string | null | undefined;
  /** Only invitations that lead into this session: they name it, or are pending and lead there by a program or a group. */
  sessionId?: string | number | null | undefined;
  /** Only invitations in one of these states, as of now. */
  status?: Array<InvitationStatus> | null | undefined;
  /** Only invitations changed at or after this moment. */
  updatedAfter?: string | null | undefined;
};

/** Order of a list of invitations; rows that are equal are in the order of their ids. */
export type InvitationOrder = {
  /** The ordering direction. */
  direction?: OrderDirection;
  /** The field by which to order Invitations. */
  field: InvitationOrderField;
};

/** What a list of invitations can be ordered by. */
export type InvitationOrderField =
  /** By the time of the first invitation. */
  | 'CREATED_AT'
  /** By address. */
  | 'EMAIL'
  /** By expiry; invitations that do not expire count as the latest. */
  | 'EXPIRES_AT'
  /** By the time of the latest email; invitations without one count as the earliest. */
  | 'LAST_SENT_AT'
  /** By the time of the last change. */
  | 'UPDATED_AT';

/** State of an invitation. */
export type InvitationStatus =
  /** Accepted: the person is a member. */
  | 'ACTIVE'
  /** Cancelled: its links are revoked. */
  | 'CANCELLED'
  /** Declined by the invitee. */
  | 'DECLINED'
  /** Expired. It can be sent again. */
  | 'EXPIRED'
  /** Can be accepted. */
  | 'PENDING';

/** Results for an address. */
export type InviteOutcomeStatus =
  /** An existing member, who is now in the requested group or session. */
  | 'ADDED'
  /** An existing member; nothing changed. */
  | 'ALREADY_MEMBER'
  /** A deactivated member; only reactivateMember restores access. */
  | 'DEACTIVATED'
  /** Not a valid address; message says why. */
  | 'INVALID_ADDRESS'
  /** Invited. */
  | 'INVITED'
  /**
   * An existing member with an unverified address. A role with permissions is given by an invitation to that
   * address, once its emailed link is accepted. Nothing changed for the member.
   */
  | 'INVITED_INSTEAD'
  /** The workspace does not accept this address. */
  | 'NOT_ALLOWED'
  /** The address is suppressed: an email bounced permanently, or its owner asked for no emails. */
  | 'SUPPRESSED'
  /**
   * Pending already: the grants are merged, and no second email is sent unless requested. If the invitation
   * grants more than the caller could, only roles, groups, sessions, programs and labels are added, and it
   * stays hidden from the caller.
   */
  | 'UPDATED';

/** An address with a name. */
export type InviteeInput = {
  /** The address. */
  email: string;
  /** At most 200 characters. */
  firstName?: string | null | undefined;
  /** At most 200 characters. */
  lastName?: string | null | undefined;
};

/** Input of issueCard. */
export type IssueCardInput = {
  /** The member. */
  memberId: string | number;
};

/** Why a join request needs approval. */
export type JoinRequestReason =
  /** The join link requires approval. */
  | 'APPROVAL'
  /** The person's last invitation was cancelled. */
  | 'CANCELLED'
  /** The person is a deactivated member. */
  | 'DEACTIVATED'
  /** The person was removed from the workspace earlier. */
  | 'REMOVED';

/** State of a join request. */
export type JoinRequestStatus =
  /** Approved: the person is a member. */
  | 'APPROVED'
  /** Rejected by an administrator. */
  | 'REJECTED'
  /** The address is not verified yet. */
  | 'UNCONFIRMED'
  /** The address is verified, and an administrator must decide. */
  | 'WAITING';

/** Which members to list; all conditions must hold. */
export type MemberFilter = {
  /** Only members whose access ends before this moment. */
  accessEndsBefore?: string | null | undefined;
  /** Only members with this answer to a question of the workspace. */
  customField?: CustomFieldCondition | null | undefined;
  /** Only the member with this address, whatever its capitals. */
  email?: string | null | undefined;
  /** Only members who hold a role in this group. */
  groupId?: string | number | null | undefined;
  /** Only members who joined at or after this moment. */
  joinedAfter?: string | null | undefined;
  /** Only members who joined before this moment. */
  joinedBefore?: string | null | undefined;
  /** Only members with this label. */
  label?: string | null | undefined;
  /** Only members in this org unit. */
  orgUnitId?: string | number | null | undefined;
  /** Only members who hold this role, in the group of groupId if there is one. */
  roleId?: string | number | null | undefined;
  /** What the first name, last name, address or username begins with. */
  search?: string | null | undefined;
  /** Only members who are enrolled in this session and not withdrawn. */
  sessionId?: string | number | null | undefined;
  /** Only members in one of these states. */
  status?: Array<MemberStatus> | null | undefined;
  /** Only members changed at or after this moment. Roles and enrollments are no change of the member. */
  updatedAfter?: string | null | undefined;
};

/** How a person became a member. */
export type MemberJoinedVia =
  /** An administrator created the account. */
  | 'CREATED'
  /** Became the first administrator with the workspace. */
  | 'FOUNDED'
  /** Created by an import. */
  | 'IMPORTED'
  /** Accepted an invitation. */
  | 'INVITED'
  /** Joined by a join link. */
  | 'JOINED'
  /** Registered for a session. */
  | 'REGISTERED';

/** Order of a list of members; rows that are equal are in the order of their ids. */
export type MemberOrder = {
  /** The ordering direction. */
  direction?: OrderDirection;
  /** The field by which to order Members. */
  field: MemberOrderField;
};

/** What a list of members can be ordered by. */
export type MemberOrderField =
  /** By the end of access; members whose access does not end count as the latest. */
  | 'ACCESS_EXPIRES_AT'
  /** By the time of creation. */
  | 'CREATED_AT'
  /** By the time when the person first joined. */
  | 'JOINED_AT'
  /** By last name, then first name. */
  | 'NAME'
  /** By the time of the last change. */
  | 'UPDATED_AT';

/** Whether a member has access. */
export type MemberStatus =
  /** Has access and takes a seat. */
  | 'ACTIVE'
  /** Has no access and takes no seat. */
  | 'DEACTIVATED';

/** Direction of an order. */
export type OrderDirection =
  /** Smallest, earliest or A first. */
  | 'ASC'
  /** Largest, latest or Z first. */
  | 'DESC';

/** A permission of a role or an API key. */
export type Permission =
  /** Create and revoke API keys. */
  | 'API_KEYS_MANAGE'
  /** Read all audit events. */
  | 'AUDIT_VIEW'
  /** Enroll and withdraw people, and report progress. */
  | 'ENROLLMENTS_MANAGE'
  /** Create, move, change and delete groups. */
  | 'GROUPS_MANAGE'
  /** Create and change join links. */
  | 'JOIN_LINKS_MANAGE'
  /** Create accounts. */
  | 'MEMBERS_CREATE'
  /** Deactivate, reactivate and remove people. */
  | 'MEMBERS_DEACTIVATE'
  /** Import people. */
  | 'MEMBERS_IMPORT'
  /** Invite people; track, resend, edit and cancel invitations. */
  | 'MEMBERS_INVITE'
  /** Edit people's labels, groups, unit, fields and access. */
  | 'MEMBERS_UPDATE'
  /** See people, their invitations and their progress. */
  | 'MEMBERS_VIEW'
  /** Create, move, change and delete org units. */
  | 'ORG_UNITS_MANAGE'
  /** Create, change, delete and assign programs. */
  | 'PROGRAMS_MANAGE'
  /** Assign roles with no more permissions than the caller's own. */
  | 'ROLES_ASSIGN'
  /** Create, change and delete custom roles. */
  | 'ROLES_MANAGE'
  /** Create, change and delete sessions. */
  | 'SESSIONS_MANAGE'
  /** Read the usage of seats and emails. */
  | 'USAGE_VIEW'
  /** Create and change webhooks. */
  | 'WEBHOOKS_MANAGE'
  /** Change the workspace's settings. */
  | 'WORKSPACE_MANAGE';

/** Input of reactivateMember. */
export type ReactivateMemberInput = {
  /** The member. */
  memberId: string | number;
};

/** Input of refreshSession. */
export type RefreshSessionInput = {
  /** Refresh token to use instead of the cookie; the new one is then answered in the body. */
  refreshToken?: string | null | undefined;
};

/** Input of rejectJoinRequest. */
export type RejectJoinRequestInput = {
  /** The join request. */
  joinRequestId: string | number;
  /** Plain text for the person, at most 2,000 characters. */
  message?: string | null | undefined;
};

/** Input of removeMember. */
export type RemoveMemberInput = {
  /** The member. */
  memberId: string | number;
};

/** Input of resendInvitations. */
export type ResendInvitationsInput = {
  /** The invitations, at most 500. */
  invitationIds: Array<string | number>;
  /** A personal message that replaces the previous ones, plain text of at most 2,000 characters. */
  message?: string | null | undefined;
};

/** Input of resendPendingInvitations. */
export type ResendPendingInvitationsInput = {
  /** Which invitations; its status is ignored. */
  filter?: InvitationFilter | null | undefined;
  /** A personal message that replaces the previous ones, plain text of at most 2,000 characters. */
  message?: string | null | undefined;
  /** The workspace. */
  workspaceId: string | number;
};

/** Input of signIn. */
export type SignInInput = {
  /** An e-mail address, or a username. */
  login: string;
  /** At most 1 KiB. */
  password: string;
  /** How the refresh token is delivered; COOKIE by default. */
  tokenDelivery?: TokenDelivery | null | undefined;
  /** Slug of a workspace of the organization; needed with a username, which is unique in an organization only. */
  workspace?: string | null | undefined;
};

/** Kind of a file with rows. */
export type SpreadsheetFormat =
  /** Text with separators, in UTF-8. */
  | 'CSV'
  /** A workbook of Excel. */
  | 'XLSX';

/**
 * How the refresh token is delivered: COOKIE sets an HttpOnly cookie for front ends of the same site, BODY
 * returns it.
 */
export type TokenDelivery =
  /** In the response, for programs and for front ends of another site. */
  | 'BODY'
  /** In an HttpOnly, Secure, SameSite=Lax cookie; refreshToken is null. */
  | 'COOKIE';

/**
 * Changes to a grant. Absent keeps, null clears, and a list replaces the whole list. A new group without roles
 * gets learner. Roles at removed places are removed.
 */
export type UpdateGrantInput = {
  /** When access ends, in the future. A date is the end of that day in the workspace's time zone. */
  accessExpiresAt?: string | null | undefined;
  /** Groups to add; the grant has at most 100. */
  addGroupIds?: Array<string | number> | null | undefined;
  /** Labels to add; the grant has at most 50. */
  addLabels?: Array<string> | null | undefined;
  /** Free text for the workspace, at most 5,000 characters. */
  additionalInfo?: string | null | undefined;
  /** Answers to custom fields, by key: named ones are set, or cleared by null, and others stay; null clears all. */
  customFields?: Record<string, unknown> | null | undefined;
  /** Whether the end of access removes the member instead of deactivating them; null for no. */
  deleteOnExpiry?: boolean | null | undefined;
  /** Groups, at most 100. */
  groupIds?: Array<string | number> | null | undefined;
  /** At most 50 labels of at most 100 characters. */
  labels?: Array<string> | null | undefined;
  /** Language of emails, and of the account if it has none yet: en or fr. */
  locale?: string | null | undefined;
  /** The org unit. Roles at the previous one are held at the new one. */
  orgUnitId?: string | number | null | undefined;
  /** Programs, at most 100. */
  programIds?: Array<string | number> | null | undefined;
  /** Groups to remove; one that the grant does not have is ignored. */
  removeGroupIds?: Array<string | number> | null | undefined;
  /** Labels to remove; one that the grant does not have is ignored. */
  removeLabels?: Array<string> | null | undefined;
  /** Keys or ids of roles, held at the places of the grant as GrantInput says; null or empty for learner. */
  roles?: Array<string> | null | undefined;
  /** Sessions, at most 100. */
  sessionIds?: Array<string | number> | null | undefined;
};

/** Input of updateInvitation. Absent keeps, null clears. */
export type UpdateInvitationInput = {
  /** When it expires; null for the workspace's default. */
  expiresAt?: string | null | undefined;
  /** At most 200 characters. */
  firstName?: string | null | undefined;
  /** Changes to its grant; null keeps all of it. */
  grant?: UpdateGrantInput | null | undefined;
  /** The invitation. */
  invitationId: string | number;
  /** At most 200 characters. */
  lastName?: string | null | undefined;
  /** Whether it never expires. */
  neverExpires?: boolean | null | undefined;
};

/** Input of updateMember. Absent keeps, null clears. */
export type UpdateMemberInput = {
  /**
   * When access ends, UTC. As for deactivateMember, the caller must manage every place of the member and hold
   * every permission of the member; otherwise FORBIDDEN.
   */
  accessExpiresAt?: string | null | undefined;
  /** Whether the end of access removes the member instead of deactivating them. */
  deleteOnExpiry?: boolean | null | undefined;
  /** First name. Only for an account that the organization manages: without a verified address and without a membership in another organization. Otherwise FORBIDDEN. */
  firstName?: string | null | undefined;
  /**
   * Changes to the member's grant, as far as the caller may grant and remove it; other parts stay. Sessions
   * and programs are added and never removed. locale is refused, because it belongs to the person.
   */
  grant?: UpdateGrantInput | null | undefined;
  /** Last name, under the same condition as firstName. */
  lastName?: string | null | undefined;
  /** The member. */
  memberId: string | number;
};

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

export type InvitationRowFragment = { id: string, email: string, firstName: string | null, lastName: string | null, status: InvitationStatus, deliveryStatus: DeliveryStatus, deliveryError: string | null, createdAt: string, lastSentAt: string | null, sentCount: number, expiresAt: string | null, acceptedAt: string | null, cancelledAt: string | null, declinedAt: string | null, renewalAskedAt: string | null, viewerCan: Array<Permission>, groups: Array<{ id: string, name: string }> | null, sessions: Array<{ id: string, name: string }> | null, roles: Array<{ id: string, name: string }> | null, invitedBy: { id: string, user: { firstName: string | null, lastName: string | null, email: string | null, username: string | null } } | null, member: { id: string } | null };

export type ConsoleInvitationsQueryVariables = Exact<{
  workspace: string | number;
  filter?: InvitationFilter | null | undefined;
  orderBy?: InvitationOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ConsoleInvitationsQuery = { workspace: { invitations: { edges: Array<{ node: { id: string, email: string, firstName: string | null, lastName: string | null, status: InvitationStatus, deliveryStatus: DeliveryStatus, deliveryError: string | null, createdAt: string, lastSentAt: string | null, sentCount: number, expiresAt: string | null, acceptedAt: string | null, cancelledAt: string | null, declinedAt: string | null, renewalAskedAt: string | null, viewerCan: Array<Permission>, groups: Array<{ id: string, name: string }> | null, sessions: Array<{ id: string, name: string }> | null, roles: Array<{ id: string, name: string }> | null, invitedBy: { id: string, user: { firstName: string | null, lastName: string | null, email: string | null, username: string | null } } | null, member: { id: string } | null } }>, pageInfo: { hasNextPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type ConsoleInvitationCountsQueryVariables = Exact<{
  workspace: string | number;
  filter?: InvitationFilter | null | undefined;
  failed?: InvitationFilter | null | undefined;
  asked?: InvitationFilter | null | undefined;
}>;


export type ConsoleInvitationCountsQuery = { workspace: { invitationCounts: { pending: number, active: number, cancelled: number, declined: number, expired: number }, failed: { totalCount: number }, asked: { totalCount: number } } | null };

export type ConsoleInvitationQueryVariables = Exact<{
  id: string | number;
}>;


export type ConsoleInvitationQuery = { node:
    | { message: string | null, locale: string | null, link: string | null, id: string, email: string, firstName: string | null, lastName: string | null, status: InvitationStatus, deliveryStatus: DeliveryStatus, deliveryError: string | null, createdAt: string, lastSentAt: string | null, sentCount: number, expiresAt: string | null, acceptedAt: string | null, cancelledAt: string | null, declinedAt: string | null, renewalAskedAt: string | null, viewerCan: Array<Permission>, grant: { labels: Array<string>, accessExpiresAt: string | null, roles: Array<{ role: { id: string, name: string } }>, groups: Array<{ id: string, name: string }>, orgUnit: { id: string, name: string } | null, sessions: Array<{ id: string, name: string }>, programs: Array<{ id: string, name: string }> }, history: Array<{ id: string, at: string, summary: string, actorName: string | null, details: Array<{ name: string, previousValue: string | null, newValue: string | null }> }> | null, groups: Array<{ id: string, name: string }> | null, sessions: Array<{ id: string, name: string }> | null, roles: Array<{ id: string, name: string }> | null, invitedBy: { id: string, user: { firstName: string | null, lastName: string | null, email: string | null, username: string | null } } | null, member: { id: string } | null }
    | Record<PropertyKey, never>
   | null };

export type ConsoleResendMutationVariables = Exact<{
  input: ResendInvitationsInput;
}>;


export type ConsoleResendMutation = { resendInvitations: { results: Array<{ id: string, invitation: { id: string, email: string, firstName: string | null, lastName: string | null, status: InvitationStatus, deliveryStatus: DeliveryStatus, deliveryError: string | null, createdAt: string, lastSentAt: string | null, sentCount: number, expiresAt: string | null, acceptedAt: string | null, cancelledAt: string | null, declinedAt: string | null, renewalAskedAt: string | null, viewerCan: Array<Permission>, groups: Array<{ id: string, name: string }> | null, sessions: Array<{ id: string, name: string }> | null, roles: Array<{ id: string, name: string }> | null, invitedBy: { id: string, user: { firstName: string | null, lastName: string | null, email: string | null, username: string | null } } | null, member: { id: string } | null } | null, error: { message: string } | null }> } | null };

export type ConsoleResendMatchingMutationVariables = Exact<{
  input: ResendPendingInvitationsInput;
}>;


export type ConsoleResendMatchingMutation = { resendPendingInvitations: { results: Array<{ id: string, invitation: { id: string, email: string, firstName: string | null, lastName: string | null, status: InvitationStatus, deliveryStatus: DeliveryStatus, deliveryError: string | null, createdAt: string, lastSentAt: string | null, sentCount: number, expiresAt: string | null, acceptedAt: string | null, cancelledAt: string | null, declinedAt: string | null, renewalAskedAt: string | null, viewerCan: Array<Permission>, groups: Array<{ id: string, name: string }> | null, sessions: Array<{ id: string, name: string }> | null, roles: Array<{ id: string, name: string }> | null, invitedBy: { id: string, user: { firstName: string | null, lastName: string | null, email: string | null, username: string | null } } | null, member: { id: string } | null } | null, error: { message: string } | null }> } | null };

export type ConsoleCancelInvitationsMutationVariables = Exact<{
  input: CancelInvitationsInput;
}>;


export type ConsoleCancelInvitationsMutation = { cancelInvitations: { results: Array<{ id: string, invitation: { id: string, email: string, firstName: string | null, lastName: string | null, status: InvitationStatus, deliveryStatus: DeliveryStatus, deliveryError: string | null, createdAt: string, lastSentAt: string | null, sentCount: number, expiresAt: string | null, acceptedAt: string | null, cancelledAt: string | null, declinedAt: string | null, renewalAskedAt: string | null, viewerCan: Array<Permission>, groups: Array<{ id: string, name: string }> | null, sessions: Array<{ id: string, name: string }> | null, roles: Array<{ id: string, name: string }> | null, invitedBy: { id: string, user: { firstName: string | null, lastName: string | null, email: string | null, username: string | null } } | null, member: { id: string } | null } | null, error: { message: string } | null }> } | null };

export type ConsoleUpdateInvitationMutationVariables = Exact<{
  input: UpdateInvitationInput;
}>;


export type ConsoleUpdateInvitationMutation = { updateInvitation: { invitation: { id: string, email: string, firstName: string | null, lastName: string | null, status: InvitationStatus, deliveryStatus: DeliveryStatus, deliveryError: string | null, createdAt: string, lastSentAt: string | null, sentCount: number, expiresAt: string | null, acceptedAt: string | null, cancelledAt: string | null, declinedAt: string | null, renewalAskedAt: string | null, viewerCan: Array<Permission>, groups: Array<{ id: string, name: string }> | null, sessions: Array<{ id: string, name: string }> | null, roles: Array<{ id: string, name: string }> | null, invitedBy: { id: string, user: { firstName: string | null, lastName: string | null, email: string | null, username: string | null } } | null, member: { id: string } | null } } | null };

export type ConsoleCorrectEmailMutationVariables = Exact<{
  input: CorrectInvitationEmailInput;
}>;


export type ConsoleCorrectEmailMutation = { correctInvitationEmail: { invitation: { id: string, email: string, firstName: string | null, lastName: string | null, status: InvitationStatus, deliveryStatus: DeliveryStatus, deliveryError: string | null, createdAt: string, lastSentAt: string | null, sentCount: number, expiresAt: string | null, acceptedAt: string | null, cancelledAt: string | null, declinedAt: string | null, renewalAskedAt: string | null, viewerCan: Array<Permission>, groups: Array<{ id: string, name: string }> | null, sessions: Array<{ id: string, name: string }> | null, roles: Array<{ id: string, name: string }> | null, invitedBy: { id: string, user: { firstName: string | null, lastName: string | null, email: string | null, username: string | null } } | null, member: { id: string } | null } } | null };

export type ConsoleInvitationsChangedSubscriptionVariables = Exact<{
  workspace: string | number;
}>;


export type ConsoleInvitationsChangedSubscription = { invitationsChanged: { changes: Array<{ kind: ChangeKind, id: string, invitation: { id: string, email: string, firstName: string | null, lastName: string | null, status: InvitationStatus, deliveryStatus: DeliveryStatus, deliveryError: string | null, createdAt: string, lastSentAt: string | null, sentCount: number, expiresAt: string | null, acceptedAt: string | null, cancelledAt: string | null, declinedAt: string | null, renewalAskedAt: string | null, viewerCan: Array<Permission>, groups: Array<{ id: string, name: string }> | null, sessions: Array<{ id: string, name: string }> | null, roles: Array<{ id: string, name: string }> | null, invitedBy: { id: string, user: { firstName: string | null, lastName: string | null, email: string | null, username: string | null } } | null, member: { id: string } | null } | null }> } };

export type JoinRequestRowFragment = { id: string, email: string, firstName: string | null, lastName: string | null, status: JoinRequestStatus, waitsFor: JoinRequestReason | null, message: string | null, createdAt: string, joinLink: { id: string, title: string | null, slug: string } };

export type ConsoleJoinRequestsQueryVariables = Exact<{
  workspace: string | number;
  search?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ConsoleJoinRequestsQuery = { workspace: { joinRequests: { edges: Array<{ node: { id: string, email: string, firstName: string | null, lastName: string | null, status: JoinRequestStatus, waitsFor: JoinRequestReason | null, message: string | null, createdAt: string, joinLink: { id: string, title: string | null, slug: string } } }>, pageInfo: { hasNextPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type ConsoleJoinRequestCountQueryVariables = Exact<{
  workspace: string | number;
}>;


export type ConsoleJoinRequestCountQuery = { workspace: { joinRequests: { totalCount: number } } | null };

export type ConsoleApproveMutationVariables = Exact<{
  input: ApproveJoinRequestInput;
}>;


export type ConsoleApproveMutation = { approveJoinRequest: { joinRequest: { id: string } } | null };

export type ConsoleRejectMutationVariables = Exact<{
  input: RejectJoinRequestInput;
}>;


export type ConsoleRejectMutation = { rejectJoinRequest: { joinRequest: { id: string } } | null };

export type ConsoleInvitationLinkQueryVariables = Exact<{
  id: string | number;
}>;


export type ConsoleInvitationLinkQuery = { node:
    | { link: string | null }
    | Record<PropertyKey, never>
   | null };

export type ConsoleFilterChoicesQueryVariables = Exact<{
  workspace: string | number;
  text?: string | null | undefined;
}>;


export type ConsoleFilterChoicesQuery = { workspace: { roles: { edges: Array<{ node: { id: string, name: string } }> }, groups: { edges: Array<{ node: { id: string, name: string } }> }, orgUnits: { edges: Array<{ node: { id: string, name: string } }> } } | null };

export type ConsoleFilterNamesQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type ConsoleFilterNamesQuery = { nodes: Array<
    | { id: string, name: string }
    | { id: string, name: string }
    | { id: string, name: string }
    | Record<PropertyKey, never>
   | null> };

export type ProfileFieldsFragment = { additionalInfo: string | null, deleteOnExpiry: boolean, joinedVia: MemberJoinedVia, deactivatedAt: string | null, customFields: Record<string, unknown>, id: string, status: MemberStatus, labels: Array<string>, joinedAt: string, accessExpiresAt: string | null, updatedAt: string, viewerCan: Array<Permission>, user: { id: string, emailProven: boolean, locale: string | null, firstName: string | null, lastName: string | null, email: string | null, username: string | null }, roleAssignments: Array<{ id: string, inherited: boolean, role: { id: string, key: string, name: string }, group: { id: string, name: string } | null, orgUnit: { id: string, name: string } | null, session: { id: string, name: string } | null }> | null, enrollments: Array<{ id: string, status: EnrollmentStatus, progress: number, completedAt: string | null, session: { id: string, name: string, startsAt: string | null, endsAt: string | null, program: { id: string, name: string } } }> | null, orgUnit: { id: string, name: string } | null, groups: Array<{ id: string, name: string }> | null };

export type ConsoleProfileQueryVariables = Exact<{
  id: string | number;
}>;


export type ConsoleProfileQuery = { node:
    | { additionalInfo: string | null, deleteOnExpiry: boolean, joinedVia: MemberJoinedVia, deactivatedAt: string | null, customFields: Record<string, unknown>, id: string, status: MemberStatus, labels: Array<string>, joinedAt: string, accessExpiresAt: string | null, updatedAt: string, viewerCan: Array<Permission>, user: { id: string, emailProven: boolean, locale: string | null, firstName: string | null, lastName: string | null, email: string | null, username: string | null }, roleAssignments: Array<{ id: string, inherited: boolean, role: { id: string, key: string, name: string }, group: { id: string, name: string } | null, orgUnit: { id: string, name: string } | null, session: { id: string, name: string } | null }> | null, enrollments: Array<{ id: string, status: EnrollmentStatus, progress: number, completedAt: string | null, session: { id: string, name: string, startsAt: string | null, endsAt: string | null, program: { id: string, name: string } } }> | null, orgUnit: { id: string, name: string } | null, groups: Array<{ id: string, name: string }> | null }
    | Record<PropertyKey, never>
   | null };

export type ConsoleMemberHistoryQueryVariables = Exact<{
  workspace: string | number;
  member: string | number;
}>;


export type ConsoleMemberHistoryQuery = { workspace: { auditEvents: { edges: Array<{ node: { id: string, at: string, summary: string, actorName: string | null, through: string | null, details: Array<{ name: string, previousValue: string | null, newValue: string | null }> } }> } } | null };

export type ConsoleUpdateMemberMutationVariables = Exact<{
  input: UpdateMemberInput;
}>;


export type ConsoleUpdateMemberMutation = { updateMember: { member: { additionalInfo: string | null, deleteOnExpiry: boolean, joinedVia: MemberJoinedVia, deactivatedAt: string | null, customFields: Record<string, unknown>, id: string, status: MemberStatus, labels: Array<string>, joinedAt: string, accessExpiresAt: string | null, updatedAt: string, viewerCan: Array<Permission>, user: { id: string, emailProven: boolean, locale: string | null, firstName: string | null, lastName: string | null, email: string | null, username: string | null }, roleAssignments: Array<{ id: string, inherited: boolean, role: { id: string, key: string, name: string }, group: { id: string, name: string } | null, orgUnit: { id: string, name: string } | null, session: { id: string, name: string } | null }> | null, enrollments: Array<{ id: string, status: EnrollmentStatus, progress: number, completedAt: string | null, session: { id: string, name: string, startsAt: string | null, endsAt: string | null, program: { id: string, name: string } } }> | null, orgUnit: { id: string, name: string } | null, groups: Array<{ id: string, name: string }> | null } } | null };

export type ConsoleIssueCardMutationVariables = Exact<{
  input: IssueCardInput;
}>;


export type ConsoleIssueCardMutation = { issueCard: { card: { url: string, pin: string, expiresAt: string, qrSvg: string, html: string } } | null };

export type ConsoleEraseMutationVariables = Exact<{
  input: EraseMemberInput;
}>;


export type ConsoleEraseMutation = { eraseMember: { deletedId: string } | null };

export type ConsolePersonalDataQueryVariables = Exact<{
  member: string | number;
}>;


export type ConsolePersonalDataQuery = { personalData: Record<string, unknown> };

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

export type ConsoleAddToGroupMutationVariables = Exact<{
  input: AddToGroupInput;
}>;


export type ConsoleAddToGroupMutation = { addToGroup: { outcomes: Array<{ status: InviteOutcomeStatus }> } | null };

export type ConsoleMembersExportQueryVariables = Exact<{
  workspace: string | number;
  format: SpreadsheetFormat;
  locale?: string | null | undefined;
}>;


export type ConsoleMembersExportQuery = { workspace: { membersExportUrl: string } | null };

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
export const InvitationRowFragmentDoc = new TypedDocumentString(`
    fragment InvitationRow on Invitation {
  id
  email
  firstName
  lastName
  status
  deliveryStatus
  deliveryError
  createdAt
  lastSentAt
  sentCount
  expiresAt
  acceptedAt
  cancelledAt
  declinedAt
  renewalAskedAt
  viewerCan
  groups {
    id
    name
  }
  sessions {
    id
    name
  }
  roles {
    id
    name
  }
  invitedBy {
    id
    user {
      firstName
      lastName
      email
      username
    }
  }
  member {
    id
  }
}
    `, {"fragmentName":"InvitationRow"}) as unknown as TypedDocumentString<InvitationRowFragment, unknown>;
export const JoinRequestRowFragmentDoc = new TypedDocumentString(`
    fragment JoinRequestRow on JoinRequest {
  id
  email
  firstName
  lastName
  status
  waitsFor
  message
  createdAt
  joinLink {
    id
    title
    slug
  }
}
    `, {"fragmentName":"JoinRequestRow"}) as unknown as TypedDocumentString<JoinRequestRowFragment, unknown>;
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
export const ProfileFieldsFragmentDoc = new TypedDocumentString(`
    fragment ProfileFields on Member {
  ...MemberRow
  additionalInfo
  deleteOnExpiry
  joinedVia
  deactivatedAt
  customFields
  user {
    id
    emailProven
    locale
  }
  roleAssignments {
    id
    inherited
    role {
      id
      key
      name
    }
    group {
      id
      name
    }
    orgUnit {
      id
      name
    }
    session {
      id
      name
    }
  }
  enrollments {
    id
    status
    progress
    completedAt
    session {
      id
      name
      startsAt
      endsAt
      program {
        id
        name
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
}`, {"fragmentName":"ProfileFields"}) as unknown as TypedDocumentString<ProfileFieldsFragment, unknown>;
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
export const ConsoleInvitationsDocument = new TypedDocumentString(`
    query ConsoleInvitations($workspace: ID!, $filter: InvitationFilter, $orderBy: InvitationOrder, $first: Int, $after: String, $last: Int, $before: String) {
  workspace(id: $workspace) {
    invitations(
      filter: $filter
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        node {
          ...InvitationRow
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
    fragment InvitationRow on Invitation {
  id
  email
  firstName
  lastName
  status
  deliveryStatus
  deliveryError
  createdAt
  lastSentAt
  sentCount
  expiresAt
  acceptedAt
  cancelledAt
  declinedAt
  renewalAskedAt
  viewerCan
  groups {
    id
    name
  }
  sessions {
    id
    name
  }
  roles {
    id
    name
  }
  invitedBy {
    id
    user {
      firstName
      lastName
      email
      username
    }
  }
  member {
    id
  }
}`) as unknown as TypedDocumentString<ConsoleInvitationsQuery, ConsoleInvitationsQueryVariables>;
export const ConsoleInvitationCountsDocument = new TypedDocumentString(`
    query ConsoleInvitationCounts($workspace: ID!, $filter: InvitationFilter, $failed: InvitationFilter, $asked: InvitationFilter) {
  workspace(id: $workspace) {
    invitationCounts(filter: $filter) {
      pending
      active
      cancelled
      declined
      expired
    }
    failed: invitations(filter: $failed) {
      totalCount
    }
    asked: invitations(filter: $asked) {
      totalCount
    }
  }
}
    `) as unknown as TypedDocumentString<ConsoleInvitationCountsQuery, ConsoleInvitationCountsQueryVariables>;
export const ConsoleInvitationDocument = new TypedDocumentString(`
    query ConsoleInvitation($id: ID!) {
  node(id: $id) {
    ... on Invitation {
      ...InvitationRow
      message
      locale
      link
      grant {
        roles {
          role {
            id
            name
          }
        }
        groups {
          id
          name
        }
        orgUnit {
          id
          name
        }
        sessions {
          id
          name
        }
        programs {
          id
          name
        }
        labels
        accessExpiresAt
      }
      history {
        id
        at
        summary
        actorName
        details {
          name
          previousValue
          newValue
        }
      }
    }
  }
}
    fragment InvitationRow on Invitation {
  id
  email
  firstName
  lastName
  status
  deliveryStatus
  deliveryError
  createdAt
  lastSentAt
  sentCount
  expiresAt
  acceptedAt
  cancelledAt
  declinedAt
  renewalAskedAt
  viewerCan
  groups {
    id
    name
  }
  sessions {
    id
    name
  }
  roles {
    id
    name
  }
  invitedBy {
    id
    user {
      firstName
      lastName
      email
      username
    }
  }
  member {
    id
  }
}`) as unknown as TypedDocumentString<ConsoleInvitationQuery, ConsoleInvitationQueryVariables>;
export const ConsoleResendDocument = new TypedDocumentString(`
    mutation ConsoleResend($input: ResendInvitationsInput!) {
  resendInvitations(input: $input) {
    results {
      id
      invitation {
        ...InvitationRow
      }
      error {
        message
      }
    }
  }
}
    fragment InvitationRow on Invitation {
  id
  email
  firstName
  lastName
  status
  deliveryStatus
  deliveryError
  createdAt
  lastSentAt
  sentCount
  expiresAt
  acceptedAt
  cancelledAt
  declinedAt
  renewalAskedAt
  viewerCan
  groups {
    id
    name
  }
  sessions {
    id
    name
  }
  roles {
    id
    name
  }
  invitedBy {
    id
    user {
      firstName
      lastName
      email
      username
    }
  }
  member {
    id
  }
}`) as unknown as TypedDocumentString<ConsoleResendMutation, ConsoleResendMutationVariables>;
export const ConsoleResendMatchingDocument = new TypedDocumentString(`
    mutation ConsoleResendMatching($input: ResendPendingInvitationsInput!) {
  resendPendingInvitations(input: $input) {
    results {
      id
      invitation {
        ...InvitationRow
      }
      error {
        message
      }
    }
  }
}
    fragment InvitationRow on Invitation {
  id
  email
  firstName
  lastName
  status
  deliveryStatus
  deliveryError
  createdAt
  lastSentAt
  sentCount
  expiresAt
  acceptedAt
  cancelledAt
  declinedAt
  renewalAskedAt
  viewerCan
  groups {
    id
    name
  }
  sessions {
    id
    name
  }
  roles {
    id
    name
  }
  invitedBy {
    id
    user {
      firstName
      lastName
      email
      username
    }
  }
  member {
    id
  }
}`) as unknown as TypedDocumentString<ConsoleResendMatchingMutation, ConsoleResendMatchingMutationVariables>;
export const ConsoleCancelInvitationsDocument = new TypedDocumentString(`
    mutation ConsoleCancelInvitations($input: CancelInvitationsInput!) {
  cancelInvitations(input: $input) {
    results {
      id
      invitation {
        ...InvitationRow
      }
      error {
        message
      }
    }
  }
}
    fragment InvitationRow on Invitation {
  id
  email
  firstName
  lastName
  status
  deliveryStatus
  deliveryError
  createdAt
  lastSentAt
  sentCount
  expiresAt
  acceptedAt
  cancelledAt
  declinedAt
  renewalAskedAt
  viewerCan
  groups {
    id
    name
  }
  sessions {
    id
    name
  }
  roles {
    id
    name
  }
  invitedBy {
    id
    user {
      firstName
      lastName
      email
      username
    }
  }
  member {
    id
  }
}`) as unknown as TypedDocumentString<ConsoleCancelInvitationsMutation, ConsoleCancelInvitationsMutationVariables>;
export const ConsoleUpdateInvitationDocument = new TypedDocumentString(`
    mutation ConsoleUpdateInvitation($input: UpdateInvitationInput!) {
  updateInvitation(input: $input) {
    invitation {
      ...InvitationRow
    }
  }
}
    fragment InvitationRow on Invitation {
  id
  email
  firstName
  lastName
  status
  deliveryStatus
  deliveryError
  createdAt
  lastSentAt
  sentCount
  expiresAt
  acceptedAt
  cancelledAt
  declinedAt
  renewalAskedAt
  viewerCan
  groups {
    id
    name
  }
  sessions {
    id
    name
  }
  roles {
    id
    name
  }
  invitedBy {
    id
    user {
      firstName
      lastName
      email
      username
    }
  }
  member {
    id
  }
}`) as unknown as TypedDocumentString<ConsoleUpdateInvitationMutation, ConsoleUpdateInvitationMutationVariables>;
export const ConsoleCorrectEmailDocument = new TypedDocumentString(`
    mutation ConsoleCorrectEmail($input: CorrectInvitationEmailInput!) {
  correctInvitationEmail(input: $input) {
    invitation {
      ...InvitationRow
    }
  }
}
    fragment InvitationRow on Invitation {
  id
  email
  firstName
  lastName
  status
  deliveryStatus
  deliveryError
  createdAt
  lastSentAt
  sentCount
  expiresAt
  acceptedAt
  cancelledAt
  declinedAt
  renewalAskedAt
  viewerCan
  groups {
    id
    name
  }
  sessions {
    id
    name
  }
  roles {
    id
    name
  }
  invitedBy {
    id
    user {
      firstName
      lastName
      email
      username
    }
  }
  member {
    id
  }
}`) as unknown as TypedDocumentString<ConsoleCorrectEmailMutation, ConsoleCorrectEmailMutationVariables>;
export const ConsoleInvitationsChangedDocument = new TypedDocumentString(`
    subscription ConsoleInvitationsChanged($workspace: ID!) {
  invitationsChanged(workspaceId: $workspace) {
    changes {
      kind
      id
      invitation {
        ...InvitationRow
      }
    }
  }
}
    fragment InvitationRow on Invitation {
  id
  email
  firstName
  lastName
  status
  deliveryStatus
  deliveryError
  createdAt
  lastSentAt
  sentCount
  expiresAt
  acceptedAt
  cancelledAt
  declinedAt
  renewalAskedAt
  viewerCan
  groups {
    id
    name
  }
  sessions {
    id
    name
  }
  roles {
    id
    name
  }
  invitedBy {
    id
    user {
      firstName
      lastName
      email
      username
    }
  }
  member {
    id
  }
}`) as unknown as TypedDocumentString<ConsoleInvitationsChangedSubscription, ConsoleInvitationsChangedSubscriptionVariables>;
export const ConsoleJoinRequestsDocument = new TypedDocumentString(`
    query ConsoleJoinRequests($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {
  workspace(id: $workspace) {
    joinRequests(
      filter: {status: [WAITING], search: $search}
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        node {
          ...JoinRequestRow
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
    fragment JoinRequestRow on JoinRequest {
  id
  email
  firstName
  lastName
  status
  waitsFor
  message
  createdAt
  joinLink {
    id
    title
    slug
  }
}`) as unknown as TypedDocumentString<ConsoleJoinRequestsQuery, ConsoleJoinRequestsQueryVariables>;
export const ConsoleJoinRequestCountDocument = new TypedDocumentString(`
    query ConsoleJoinRequestCount($workspace: ID!) {
  workspace(id: $workspace) {
    joinRequests(filter: {status: [WAITING]}) {
      totalCount
    }
  }
}
    `) as unknown as TypedDocumentString<ConsoleJoinRequestCountQuery, ConsoleJoinRequestCountQueryVariables>;
export const ConsoleApproveDocument = new TypedDocumentString(`
    mutation ConsoleApprove($input: ApproveJoinRequestInput!) {
  approveJoinRequest(input: $input) {
    joinRequest {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<ConsoleApproveMutation, ConsoleApproveMutationVariables>;
export const ConsoleRejectDocument = new TypedDocumentString(`
    mutation ConsoleReject($input: RejectJoinRequestInput!) {
  rejectJoinRequest(input: $input) {
    joinRequest {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<ConsoleRejectMutation, ConsoleRejectMutationVariables>;
export const ConsoleInvitationLinkDocument = new TypedDocumentString(`
    query ConsoleInvitationLink($id: ID!) {
  node(id: $id) {
    ... on Invitation {
      link
    }
  }
}
    `) as unknown as TypedDocumentString<ConsoleInvitationLinkQuery, ConsoleInvitationLinkQueryVariables>;
export const ConsoleFilterChoicesDocument = new TypedDocumentString(`
    query ConsoleFilterChoices($workspace: ID!, $text: String) {
  workspace(id: $workspace) {
    roles(first: 100) {
      edges {
        node {
          id
          name
        }
      }
    }
    groups(first: 50, filter: {search: $text}) {
      edges {
        node {
          id
          name
        }
      }
    }
    orgUnits(first: 50, filter: {search: $text}) {
      edges {
        node {
          id
          name
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ConsoleFilterChoicesQuery, ConsoleFilterChoicesQueryVariables>;
export const ConsoleFilterNamesDocument = new TypedDocumentString(`
    query ConsoleFilterNames($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Role {
      id
      name
    }
    ... on Group {
      id
      name
    }
    ... on OrgUnit {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<ConsoleFilterNamesQuery, ConsoleFilterNamesQueryVariables>;
export const ConsoleProfileDocument = new TypedDocumentString(`
    query ConsoleProfile($id: ID!) {
  node(id: $id) {
    ... on Member {
      ...ProfileFields
    }
  }
}
    fragment ProfileFields on Member {
  ...MemberRow
  additionalInfo
  deleteOnExpiry
  joinedVia
  deactivatedAt
  customFields
  user {
    id
    emailProven
    locale
  }
  roleAssignments {
    id
    inherited
    role {
      id
      key
      name
    }
    group {
      id
      name
    }
    orgUnit {
      id
      name
    }
    session {
      id
      name
    }
  }
  enrollments {
    id
    status
    progress
    completedAt
    session {
      id
      name
      startsAt
      endsAt
      program {
        id
        name
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
}`) as unknown as TypedDocumentString<ConsoleProfileQuery, ConsoleProfileQueryVariables>;
export const ConsoleMemberHistoryDocument = new TypedDocumentString(`
    query ConsoleMemberHistory($workspace: ID!, $member: ID!) {
  workspace(id: $workspace) {
    auditEvents(first: 50, filter: {subjectId: $member}) {
      edges {
        node {
          id
          at
          summary
          actorName
          through
          details {
            name
            previousValue
            newValue
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ConsoleMemberHistoryQuery, ConsoleMemberHistoryQueryVariables>;
export const ConsoleUpdateMemberDocument = new TypedDocumentString(`
    mutation ConsoleUpdateMember($input: UpdateMemberInput!) {
  updateMember(input: $input) {
    member {
      ...ProfileFields
    }
  }
}
    fragment ProfileFields on Member {
  ...MemberRow
  additionalInfo
  deleteOnExpiry
  joinedVia
  deactivatedAt
  customFields
  user {
    id
    emailProven
    locale
  }
  roleAssignments {
    id
    inherited
    role {
      id
      key
      name
    }
    group {
      id
      name
    }
    orgUnit {
      id
      name
    }
    session {
      id
      name
    }
  }
  enrollments {
    id
    status
    progress
    completedAt
    session {
      id
      name
      startsAt
      endsAt
      program {
        id
        name
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
}`) as unknown as TypedDocumentString<ConsoleUpdateMemberMutation, ConsoleUpdateMemberMutationVariables>;
export const ConsoleIssueCardDocument = new TypedDocumentString(`
    mutation ConsoleIssueCard($input: IssueCardInput!) {
  issueCard(input: $input) {
    card {
      url
      pin
      expiresAt
      qrSvg
      html
    }
  }
}
    `) as unknown as TypedDocumentString<ConsoleIssueCardMutation, ConsoleIssueCardMutationVariables>;
export const ConsoleEraseDocument = new TypedDocumentString(`
    mutation ConsoleErase($input: EraseMemberInput!) {
  eraseMember(input: $input) {
    deletedId
  }
}
    `) as unknown as TypedDocumentString<ConsoleEraseMutation, ConsoleEraseMutationVariables>;
export const ConsolePersonalDataDocument = new TypedDocumentString(`
    query ConsolePersonalData($member: ID!) {
  personalData(memberId: $member)
}
    `) as unknown as TypedDocumentString<ConsolePersonalDataQuery, ConsolePersonalDataQueryVariables>;
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
export const ConsoleAddToGroupDocument = new TypedDocumentString(`
    mutation ConsoleAddToGroup($input: AddToGroupInput!) {
  addToGroup(input: $input) {
    outcomes {
      status
    }
  }
}
    `) as unknown as TypedDocumentString<ConsoleAddToGroupMutation, ConsoleAddToGroupMutationVariables>;
export const ConsoleMembersExportDocument = new TypedDocumentString(`
    query ConsoleMembersExport($workspace: ID!, $format: SpreadsheetFormat!, $locale: String) {
  workspace(id: $workspace) {
    membersExportUrl(format: $format, locale: $locale)
  }
}
    `) as unknown as TypedDocumentString<ConsoleMembersExportQuery, ConsoleMembersExportQueryVariables>;