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
    "\n  query ConsoleGrantableRoles($workspace: ID!) {\n    workspace(id: $workspace) {\n      roles(first: 100) { edges { node { id key name description permissions scopes } } }\n      customFields(first: 50) { edges { node { key name type choices required } } }\n    }\n  }\n": typeof types.ConsoleGrantableRolesDocument,
    "\n  query ConsolePlaces(\n    $workspace: ID!, $groups: Boolean!, $units: Boolean!, $sessions: Boolean!, $programs: Boolean!, $search: String\n  ) {\n    workspace(id: $workspace) {\n      groups(first: 50, filter: { search: $search }) @include(if: $groups) {\n        edges { node { id name path viewerCan } }\n      }\n      orgUnits(first: 50, filter: { search: $search }) @include(if: $units) {\n        edges { node { id name viewerCan parent { name } } }\n      }\n      sessions(first: 50, filter: { search: $search, phase: [COMING, ONGOING] }) @include(if: $sessions) {\n        edges { node { id name startsAt viewerCan program { name } } }\n      }\n      programs(first: 50, filter: { search: $search }) @include(if: $programs) {\n        edges { node { id name } }\n      }\n    }\n  }\n": typeof types.ConsolePlacesDocument,
    "\n  query ConsoleBrowsePlaces(\n    $workspace: ID!, $groups: Boolean!, $units: Boolean!, $parent: ID, $isRoot: Boolean, $after: String, $withTotal: Boolean!\n  ) {\n    workspace(id: $workspace) {\n      groups(\n        first: 100, after: $after, filter: { parentId: $parent, isRoot: $isRoot }, orderBy: { field: NAME }\n      ) @include(if: $groups) {\n        edges { node { id name childCount viewerCan parent { id } } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n      orgUnits(\n        first: 100, after: $after, filter: { parentId: $parent, isRoot: $isRoot }, orderBy: { field: NAME }\n      ) @include(if: $units) {\n        edges { node { id name childCount viewerCan parent { id } } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n    }\n  }\n": typeof types.ConsoleBrowsePlacesDocument,
    "\n  fragment ViewerFields on Viewer {\n    user { id email username firstName lastName locale }\n    memberships {\n      id\n      workspace {\n        id slug name color logoUrl defaultLocale timeZone viewerPermissions\n        organization { id name viewerIsAdministrator }\n      }\n    }\n  }\n": typeof types.ViewerFieldsFragmentDoc,
    "\n  mutation ConsoleSignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }\n    }\n  }\n": typeof types.ConsoleSignInDocument,
    "\n  mutation ConsoleRefresh($input: RefreshSessionInput!) {\n    refreshSession(input: $input) {\n      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }\n    }\n  }\n": typeof types.ConsoleRefreshDocument,
    "\n  mutation ConsoleSignOut { signOut { deletedId } }\n": typeof types.ConsoleSignOutDocument,
    "\n  query ConsolePlan($input: PlanInput!) {\n    plan(input: $input) {\n      emailCount seatsTaken seatsLeft\n      people {\n        email input status message warnings suggestedEmail member { id }\n        groups { id name } sessions { id name }\n        emails { kind at }\n      }\n    }\n  }\n": typeof types.ConsolePlanDocument,
    "\n  mutation ConsoleInvite($input: InviteUsersInput!) {\n    inviteUsers(input: $input) {\n      invitedCount\n      outcomes { input status message warnings member { id } invitation { id } }\n    }\n  }\n": typeof types.ConsoleInviteDocument,
    "\n  mutation ConsoleCreateUser($input: CreateUserInput!) {\n    createUser(input: $input) {\n      status warnings\n      member { id user { firstName lastName username email } }\n      invitation { id }\n    }\n  }\n": typeof types.ConsoleCreateUserDocument,
    "\n  mutation ConsoleIssueFirstCard($input: IssueCardInput!) {\n    issueCard(input: $input) { card { code codeUrl pin html } }\n  }\n": typeof types.ConsoleIssueFirstCardDocument,
    "\n  query ConsoleInspectImport($input: InspectImportInput!) {\n    inspectImport(input: $input) {\n      reading { encoding headerRow sheet }\n      columns { recognized suggestedName samples column { letter header name ignored } }\n    }\n  }\n": typeof types.ConsoleInspectImportDocument,
    "\n  mutation ConsoleCreateImport($input: CreateImportInput!) {\n    createImport(input: $input) { import { id } }\n  }\n": typeof types.ConsoleCreateImportDocument,
    "\n  query ConsoleImportTemplate($workspace: ID!, $format: SpreadsheetFormat!, $locale: String) {\n    workspace(id: $workspace) { importTemplateUrl(format: $format, locale: $locale) }\n  }\n": typeof types.ConsoleImportTemplateDocument,
    "\n  query ConsoleFirstJoinLinks($workspace: ID!) {\n    workspace(id: $workspace) {\n      joinLinks(first: 5) {\n        edges { node { id slug url title enabled whitelist requiresApproval viewerCan roles { id name } } }\n        pageInfo { hasNextPage }\n      }\n    }\n  }\n": typeof types.ConsoleFirstJoinLinksDocument,
    "\n  mutation ConsoleCreateJoinLink($input: CreateJoinLinkInput!) {\n    createJoinLink(input: $input) { joinLink { id } warnings }\n  }\n": typeof types.ConsoleCreateJoinLinkDocument,
    "\n  mutation ConsoleSwitchJoinLink($input: UpdateJoinLinkInput!) {\n    updateJoinLink(input: $input) { joinLink { id enabled } }\n  }\n": typeof types.ConsoleSwitchJoinLinkDocument,
    "\n  query ConsoleInto($id: ID!) {\n    node(id: $id) {\n      ... on Group { id name path }\n      ... on OrgUnit { id name parent { id name } }\n      ... on Session { id name program { id name } }\n    }\n  }\n": typeof types.ConsoleIntoDocument,
    "\n  fragment GroupRow on Group {\n    id name visibility memberCount childCount viewerCan\n    parent { id }\n  }\n": typeof types.GroupRowFragmentDoc,
    "\n  query ConsoleGroups($workspace: ID!, $filter: GroupFilter!, $after: String, $withTotal: Boolean!) {\n    workspace(id: $workspace) {\n      groups(first: 100, after: $after, filter: $filter, orderBy: { field: NAME }) {\n        edges { node { ...GroupRow } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n    }\n  }\n": typeof types.ConsoleGroupsDocument,
    "\n  query ConsoleFoundGroups($workspace: ID!, $search: String!) {\n    workspace(id: $workspace) {\n      groups(first: 50, filter: { search: $search }, orderBy: { field: NAME }) {\n        edges { node { id name path } }\n      }\n    }\n  }\n": typeof types.ConsoleFoundGroupsDocument,
    "\n  query ConsoleGroup($id: ID!) {\n    node(id: $id) {\n      ... on Group { ...GroupRow externalId path programs { id name } }\n    }\n  }\n": typeof types.ConsoleGroupDocument,
    "\n  query ConsoleGroupPrograms($ids: [ID!]!) {\n    nodes(ids: $ids) { ... on Group { ...GroupRow programs { id name } } }\n  }\n": typeof types.ConsoleGroupProgramsDocument,
    "\n  query ConsoleGroupInUse($workspace: ID!, $group: ID!) {\n    workspace(id: $workspace) {\n      invitations(filter: { groupId: $group, status: [PENDING] }) { totalCount }\n    }\n    node(id: $group) { ... on Group { id childCount } }\n  }\n": typeof types.ConsoleGroupInUseDocument,
    "\n  mutation ConsoleCreateGroup($input: CreateGroupInput!) {\n    createGroup(input: $input) { group { ...GroupRow } }\n  }\n": typeof types.ConsoleCreateGroupDocument,
    "\n  mutation ConsoleUpdateGroup($input: UpdateGroupInput!) {\n    updateGroup(input: $input) { group { ...GroupRow } }\n  }\n": typeof types.ConsoleUpdateGroupDocument,
    "\n  mutation ConsoleDeleteGroup($input: DeleteGroupInput!) {\n    deleteGroup(input: $input) { deletedId }\n  }\n": typeof types.ConsoleDeleteGroupDocument,
    "\n  mutation ConsoleRemoveFromGroup($input: RemoveFromGroupInput!) {\n    removeFromGroup(input: $input) { group { ...GroupRow } }\n  }\n": typeof types.ConsoleRemoveFromGroupDocument,
    "\n  query ConsoleHome($workspace: ID!, $requests: Boolean!, $joinPages: Boolean!, $usage: Boolean!, $imports: Boolean!) {\n    workspace(id: $workspace) {\n      members(filter: { status: [ACTIVE] }) { totalCount }\n      groups { totalCount }\n      sessions { totalCount }\n      running: sessions(filter: { phase: [COMING, ONGOING] }) { totalCount }\n      invitationCounts { pending active cancelled declined expired }\n      failed: invitations(filter: { status: [PENDING], deliveryStatus: [FAILED, BOUNCED] }) { totalCount }\n      asked: invitations(filter: { renewalAsked: true }) { totalCount }\n      joinRequests(filter: { status: [WAITING] }) @include(if: $requests) { totalCount }\n      joinLinks @include(if: $joinPages) { totalCount }\n      runningImports: imports(first: 1, filter: { status: [RUNNING, PAUSED] }) @include(if: $imports) {\n        totalCount\n        edges { node { id totalRows counts { done } } }\n      }\n      readyImports: imports(first: 1, filter: { status: [PREVIEWED] }) @include(if: $imports) {\n        totalCount\n        edges { node { id totalRows counts { done } } }\n      }\n      usage @include(if: $usage) { seats seatsTaken }\n    }\n  }\n": typeof types.ConsoleHomeDocument,
    "\n  query ConsoleFunnel($workspace: ID!, $all: InvitationFilter!, $failed: InvitationFilter!, $unsent: InvitationFilter!) {\n    workspace(id: $workspace) {\n      invitationCounts(filter: $all) { pending active cancelled declined expired }\n      failed: invitations(filter: $failed) { totalCount }\n      unsent: invitations(filter: $unsent) { totalCount }\n    }\n  }\n": typeof types.ConsoleFunnelDocument,
    "\n  fragment ImportFields on Import {\n    id status action existing source fileName totalRows processedRows emailsToSend emailAt emailsPerMinute\n    createdAt startedAt finishedAt failure viewerCan\n    counts { invite create update deactivate reactivate unchanged error done }\n    startedBy { id user { id firstName lastName email username } }\n  }\n": typeof types.ImportFieldsFragmentDoc,
    "\n  query ConsoleImports($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      imports(filter: { search: $search }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...ImportFields } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleImportsDocument,
    "\n  query ConsoleImport($id: ID!) {\n    node(id: $id) {\n      ... on Import {\n        ...ImportFields\n        reading {\n          encoding delimiter headerRow sheet sheetsLeftOut hiddenRows notes\n          columns { letter header name ignored }\n        }\n        options { message expiresAt neverExpires sendEmail }\n        leftAlone(first: 100) { number reason }\n      }\n    }\n  }\n": typeof types.ConsoleImportDocument,
    "\n  query ConsoleImportRows(\n    $id: ID!, $outcome: [ImportRowOutcome!], $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    node(id: $id) {\n      ... on Import {\n        rows(filter: { outcome: $outcome }, first: $first, after: $after, last: $last, before: $before) {\n          edges {\n            node {\n              number email username name outcome done\n              errors { column code message }\n              member { id }\n            }\n          }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n": typeof types.ConsoleImportRowsDocument,
    "\n  query ConsoleImportLinks($id: ID!) {\n    node(id: $id) { ... on Import { reportUrl rejectedUrl } }\n  }\n": typeof types.ConsoleImportLinksDocument,
    "\n  subscription ConsoleImportProgress($id: ID!) {\n    importProgress(id: $id) { rowsPerSecond secondsLeft import { ...ImportFields } }\n  }\n": typeof types.ConsoleImportProgressDocument,
    "\n  mutation ConsoleStartImport($input: StartImportInput!) {\n    startImport(input: $input) { import { ...ImportFields } }\n  }\n": typeof types.ConsoleStartImportDocument,
    "\n  mutation ConsolePauseImport($input: PauseImportInput!) {\n    pauseImport(input: $input) { import { ...ImportFields } }\n  }\n": typeof types.ConsolePauseImportDocument,
    "\n  mutation ConsoleResumeImport($input: ResumeImportInput!) {\n    resumeImport(input: $input) { import { ...ImportFields } }\n  }\n": typeof types.ConsoleResumeImportDocument,
    "\n  mutation ConsoleCancelImport($input: CancelImportInput!) {\n    cancelImport(input: $input) { import { ...ImportFields } }\n  }\n": typeof types.ConsoleCancelImportDocument,
    "\n  mutation ConsoleUndoImport($input: UndoImportInput!) {\n    undoImport(input: $input) { import { ...ImportFields leftAlone(first: 100) { number reason } } }\n  }\n": typeof types.ConsoleUndoImportDocument,
    "\n  fragment InvitationRow on Invitation {\n    id email firstName lastName status deliveryStatus deliveryError createdAt lastSentAt sentCount\n    expiresAt acceptedAt cancelledAt declinedAt renewalAskedAt viewerCan\n    groups { id name }\n    sessions { id name }\n    roles { id name }\n    invitedBy { id user { firstName lastName email username } }\n    member { id }\n  }\n": typeof types.InvitationRowFragmentDoc,
    "\n  query ConsoleInvitations(\n    $workspace: ID!, $filter: InvitationFilter, $orderBy: InvitationOrder,\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      invitations(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...InvitationRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleInvitationsDocument,
    "\n  query ConsoleInvitationCounts($workspace: ID!, $filter: InvitationFilter, $failed: InvitationFilter, $asked: InvitationFilter) {\n    workspace(id: $workspace) {\n      invitationCounts(filter: $filter) { pending active cancelled declined expired }\n      failed: invitations(filter: $failed) { totalCount }\n      asked: invitations(filter: $asked) { totalCount }\n    }\n  }\n": typeof types.ConsoleInvitationCountsDocument,
    "\n  query ConsoleInvitation($id: ID!) {\n    node(id: $id) {\n      ... on Invitation {\n        ...InvitationRow\n        message locale link\n        grant {\n          roles { role { id name } }\n          groups { id name } orgUnit { id name } sessions { id name } programs { id name }\n          labels accessExpiresAt\n        }\n        history { id at summary actorName details { name previousValue newValue } }\n      }\n    }\n  }\n": typeof types.ConsoleInvitationDocument,
    "\n  mutation ConsoleResend($input: ResendInvitationsInput!) {\n    resendInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }\n  }\n": typeof types.ConsoleResendDocument,
    "\n  mutation ConsoleResendMatching($input: ResendPendingInvitationsInput!) {\n    resendPendingInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }\n  }\n": typeof types.ConsoleResendMatchingDocument,
    "\n  mutation ConsoleCancelInvitations($input: CancelInvitationsInput!) {\n    cancelInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }\n  }\n": typeof types.ConsoleCancelInvitationsDocument,
    "\n  mutation ConsoleUpdateInvitation($input: UpdateInvitationInput!) {\n    updateInvitation(input: $input) { invitation { ...InvitationRow } }\n  }\n": typeof types.ConsoleUpdateInvitationDocument,
    "\n  mutation ConsoleCorrectEmail($input: CorrectInvitationEmailInput!) {\n    correctInvitationEmail(input: $input) { invitation { ...InvitationRow } }\n  }\n": typeof types.ConsoleCorrectEmailDocument,
    "\n  subscription ConsoleInvitationsChanged($workspace: ID!) {\n    invitationsChanged(workspaceId: $workspace) {\n      changes { kind id invitation { ...InvitationRow } }\n    }\n  }\n": typeof types.ConsoleInvitationsChangedDocument,
    "\n  fragment JoinRequestRow on JoinRequest {\n    id email firstName lastName status waitsFor message createdAt\n    joinLink { id title slug }\n  }\n": typeof types.JoinRequestRowFragmentDoc,
    "\n  query ConsoleJoinRequests(\n    $workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      joinRequests(filter: { status: [WAITING], search: $search }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...JoinRequestRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleJoinRequestsDocument,
    "\n  query ConsoleJoinRequestCount($workspace: ID!) {\n    workspace(id: $workspace) { joinRequests(filter: { status: [WAITING] }) { totalCount } }\n  }\n": typeof types.ConsoleJoinRequestCountDocument,
    "\n  mutation ConsoleApprove($input: ApproveJoinRequestInput!) {\n    approveJoinRequest(input: $input) { joinRequest { id } }\n  }\n": typeof types.ConsoleApproveDocument,
    "\n  mutation ConsoleReject($input: RejectJoinRequestInput!) {\n    rejectJoinRequest(input: $input) { joinRequest { id } }\n  }\n": typeof types.ConsoleRejectDocument,
    "\n  query ConsoleInvitationLink($id: ID!) {\n    node(id: $id) { ... on Invitation { link } }\n  }\n": typeof types.ConsoleInvitationLinkDocument,
    "\n  fragment JoinLinkFields on JoinLink {\n    id slug url enabled title welcomeText whitelist expiresAt maxJoins joinCount requiresApproval viewerCan\n    roles { id name }\n    groups { id name }\n  }\n": typeof types.JoinLinkFieldsFragmentDoc,
    "\n  query ConsoleJoinLinks($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      joinLinks(filter: { search: $search }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...JoinLinkFields } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleJoinLinksDocument,
    "\n  query ConsoleJoinLink($id: ID!) {\n    node(id: $id) {\n      ... on JoinLink {\n        ...JoinLinkFields\n        freeMailEntries\n        grant {\n          roles { role { id name } }\n          groups { id name } sessions { id name } programs { id name } orgUnit { id name }\n          labels locale accessExpiresAt customFields\n        }\n      }\n    }\n  }\n": typeof types.ConsoleJoinLinkDocument,
    "\n  query ConsoleJoinLinkWaiting($workspace: ID!, $link: ID!) {\n    workspace(id: $workspace) { joinRequests(filter: { joinLinkId: $link, status: [WAITING] }) { totalCount } }\n  }\n": typeof types.ConsoleJoinLinkWaitingDocument,
    "\n  query ConsoleJoinSlug($slug: String!) { publicJoinPage(slug: $slug) { slug } }\n": typeof types.ConsoleJoinSlugDocument,
    "\n  query ConsoleExplainJoin($link: ID!, $email: String!) {\n    explainJoin(joinLinkId: $link, email: $email) { allowed reason }\n  }\n": typeof types.ConsoleExplainJoinDocument,
    "\n  mutation ConsoleUpdateJoinLink($input: UpdateJoinLinkInput!) {\n    updateJoinLink(input: $input) { joinLink { ...JoinLinkFields } warnings }\n  }\n": typeof types.ConsoleUpdateJoinLinkDocument,
    "\n  query ConsoleBulkPeople($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      ... on Member {\n        id\n        user { id firstName lastName email username }\n        orgUnit { id }\n        roleAssignments { id inherited role { id key name } group { id name } orgUnit { id name } session { id } }\n      }\n    }\n  }\n": typeof types.ConsoleBulkPeopleDocument,
    "\n  fragment BulkResult on MemberResult {\n    id\n    error { message }\n    member @include(if: $rows) { ...MemberRow }\n  }\n": typeof types.BulkResultFragmentDoc,
    "\n  mutation ConsoleUpdateMembers($input: UpdateMembersInput!, $rows: Boolean!) {\n    updateMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n": typeof types.ConsoleUpdateMembersDocument,
    "\n  mutation ConsoleDeactivateMembers($input: DeactivateMembersInput!, $rows: Boolean!) {\n    deactivateMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n": typeof types.ConsoleDeactivateMembersDocument,
    "\n  mutation ConsoleReactivateMembers($input: ReactivateMembersInput!, $rows: Boolean!) {\n    reactivateMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n": typeof types.ConsoleReactivateMembersDocument,
    "\n  mutation ConsoleAddRoleToMembers($input: AddRoleToMembersInput!, $rows: Boolean!) {\n    addRoleToMembers(input: $input) {\n      nextAfterId\n      results { ...BulkResult member { id roleAssignments { id inherited role { id key name } group { id } orgUnit { id } session { id } } } }\n    }\n  }\n": typeof types.ConsoleAddRoleToMembersDocument,
    "\n  mutation ConsoleRemoveRoleFromMembers($input: RemoveRoleFromMembersInput!, $rows: Boolean!) {\n    removeRoleFromMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n": typeof types.ConsoleRemoveRoleFromMembersDocument,
    "\n  query ConsoleFilterChoices($workspace: ID!, $text: String) {\n    workspace(id: $workspace) {\n      roles(first: 100) { edges { node { id name } } }\n      groups(first: 50, filter: { search: $text }) { edges { node { id name } } }\n      orgUnits(first: 50, filter: { search: $text }) { edges { node { id name } } }\n    }\n  }\n": typeof types.ConsoleFilterChoicesDocument,
    "\n  query ConsoleFilterNames($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      ... on Role { id name }\n      ... on Group { id name }\n      ... on OrgUnit { id name }\n    }\n  }\n": typeof types.ConsoleFilterNamesDocument,
    "\n  fragment ProfileFields on Member {\n    ...MemberRow\n    externalId additionalInfo deleteOnExpiry joinedVia deactivatedAt customFields\n    consents { version givenAt }\n    user { id emailProven locale }\n    roleAssignments {\n      id inherited\n      role { id key name }\n      group { id name } orgUnit { id name } session { id name }\n    }\n    enrollments {\n      id status progress completedAt\n      session { id name startsAt endsAt program { id name } }\n    }\n  }\n": typeof types.ProfileFieldsFragmentDoc,
    "\n  query ConsoleProfile($id: ID!) {\n    node(id: $id) { ... on Member { ...ProfileFields } }\n  }\n": typeof types.ConsoleProfileDocument,
    "\n  query ConsoleMemberHistory($workspace: ID!, $member: ID!) {\n    workspace(id: $workspace) {\n      auditEvents(first: 50, filter: { subjectId: $member }) {\n        edges { node { id at summary actorName through details { name previousValue newValue } } }\n      }\n    }\n  }\n": typeof types.ConsoleMemberHistoryDocument,
    "\n  mutation ConsoleUpdateMember($input: UpdateMemberInput!) {\n    updateMember(input: $input) { member { ...ProfileFields } }\n  }\n": typeof types.ConsoleUpdateMemberDocument,
    "\n  mutation ConsoleIssueCard($input: IssueCardInput!) {\n    issueCard(input: $input) { card { code codeUrl pin expiresAt qrSvg html } }\n  }\n": typeof types.ConsoleIssueCardDocument,
    "\n  mutation ConsoleErase($input: EraseMemberInput!) {\n    eraseMember(input: $input) { deletedId }\n  }\n": typeof types.ConsoleEraseDocument,
    "\n  query ConsolePersonalData($member: ID!) { personalData(memberId: $member) }\n": typeof types.ConsolePersonalDataDocument,
    "\n  fragment MemberRow on Member {\n    id status labels joinedAt accessExpiresAt updatedAt viewerCan\n    user { id firstName lastName email emailProven username }\n    orgUnit { id name }\n    groups { id name }\n    roleAssignments { id inherited role { id key name } }\n  }\n": typeof types.MemberRowFragmentDoc,
    "\n  query ConsoleMembers(\n    $workspace: ID!, $filter: MemberFilter, $orderBy: MemberOrder,\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      members(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...MemberRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleMembersDocument,
    "\n  query ConsoleMemberCount($workspace: ID!, $filter: MemberFilter) {\n    workspace(id: $workspace) { members(filter: $filter) { totalCount } }\n  }\n": typeof types.ConsoleMemberCountDocument,
    "\n  mutation ConsoleDeactivate($input: DeactivateMemberInput!) {\n    deactivateMember(input: $input) { member { ...MemberRow } }\n  }\n": typeof types.ConsoleDeactivateDocument,
    "\n  mutation ConsoleReactivate($input: ReactivateMemberInput!) {\n    reactivateMember(input: $input) { member { ...MemberRow } }\n  }\n": typeof types.ConsoleReactivateDocument,
    "\n  mutation ConsoleRemove($input: RemoveMemberInput!) {\n    removeMember(input: $input) { deletedId }\n  }\n": typeof types.ConsoleRemoveDocument,
    "\n  subscription ConsoleMembersChanged($workspace: ID!) {\n    membersChanged(workspaceId: $workspace) {\n      changes { kind id member { ...MemberRow } }\n    }\n  }\n": typeof types.ConsoleMembersChangedDocument,
    "\n  mutation ConsoleAddToGroup($input: AddToGroupInput!) {\n    addToGroup(input: $input) { outcomes { status error { message } } }\n  }\n": typeof types.ConsoleAddToGroupDocument,
    "\n  query ConsoleMembersExport($workspace: ID!, $format: SpreadsheetFormat!, $locale: String) {\n    workspace(id: $workspace) { membersExportUrl(format: $format, locale: $locale) }\n  }\n": typeof types.ConsoleMembersExportDocument,
    "\n  query ConsoleMemberChoices($workspace: ID!, $search: String) {\n    workspace(id: $workspace) {\n      members(first: 20, filter: { search: $search, status: [ACTIVE] }, orderBy: { field: NAME }) {\n        edges { node { id user { id firstName lastName email username } } }\n      }\n    }\n  }\n": typeof types.ConsoleMemberChoicesDocument,
    "\n  fragment PlaceMember on Member {\n    id status joinedAt viewerCan\n    user { id firstName lastName email username }\n    roleAssignments { id inherited role { id name } group { id } orgUnit { id } session { id } }\n  }\n": typeof types.PlaceMemberFragmentDoc,
    "\n  query ConsoleGroupMembers(\n    $group: ID!, $filter: MemberFilter, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    node(id: $group) {\n      ... on Group {\n        id\n        members(\n          filter: $filter, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before\n        ) {\n          edges { node { ...PlaceMember } }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n": typeof types.ConsoleGroupMembersDocument,
    "\n  query ConsoleUnitMembers(\n    $workspace: ID!, $filter: MemberFilter, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      members(\n        filter: $filter, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before\n      ) {\n        edges { node { ...PlaceMember } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleUnitMembersDocument,
    "\n  fragment PendingRow on Invitation {\n    id email firstName lastName deliveryStatus lastSentAt createdAt expiresAt\n    roles { id name }\n  }\n": typeof types.PendingRowFragmentDoc,
    "\n  query ConsolePending(\n    $workspace: ID!, $filter: InvitationFilter, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      invitations(\n        filter: $filter, orderBy: { field: CREATED_AT, direction: DESC }\n        first: $first, after: $after, last: $last, before: $before\n      ) {\n        edges { node { ...PendingRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsolePendingDocument,
    "\n  query ConsolePendingCount($workspace: ID!, $filter: InvitationFilter) {\n    workspace(id: $workspace) { invitations(filter: $filter) { totalCount } }\n  }\n": typeof types.ConsolePendingCountDocument,
    "\n  mutation ConsoleIssueCards($input: IssueCardsInput!) {\n    issueCards(input: $input) { results { id error { message } } sheetUrl nextAfterId }\n  }\n": typeof types.ConsoleIssueCardsDocument,
    "\n  query ConsoleProgramChoices($workspace: ID!, $search: String) {\n    workspace(id: $workspace) {\n      programs(first: 50, filter: { search: $search }, orderBy: { field: NAME }) { edges { node { id name } } }\n    }\n  }\n": typeof types.ConsoleProgramChoicesDocument,
    "\n  fragment ProgramRow on Program { id name groups { id name } }\n": typeof types.ProgramRowFragmentDoc,
    "\n  query ConsolePrograms($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      programs(\n        filter: { search: $search }, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before\n      ) {\n        edges { node { ...ProgramRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleProgramsDocument,
    "\n  mutation ConsoleCreateProgram($input: CreateProgramInput!) {\n    createProgram(input: $input) { program { ...ProgramRow } }\n  }\n": typeof types.ConsoleCreateProgramDocument,
    "\n  mutation ConsoleUpdateProgram($input: UpdateProgramInput!) {\n    updateProgram(input: $input) { program { ...ProgramRow } }\n  }\n": typeof types.ConsoleUpdateProgramDocument,
    "\n  mutation ConsoleDeleteProgram($input: DeleteProgramInput!) {\n    deleteProgram(input: $input) { deletedId }\n  }\n": typeof types.ConsoleDeleteProgramDocument,
    "\n  mutation ConsoleAssignProgram($input: AssignProgramInput!) {\n    assignProgram(input: $input) { program { ...ProgramRow } }\n  }\n": typeof types.ConsoleAssignProgramDocument,
    "\n  mutation ConsoleUnassignProgram($input: UnassignProgramInput!) {\n    unassignProgram(input: $input) { program { ...ProgramRow } }\n  }\n": typeof types.ConsoleUnassignProgramDocument,
    "\n  fragment SessionRow on Session {\n    id name startsAt endsAt phase enrollmentCount viewerCan\n    program { id name }\n    instructors { id user { id firstName lastName email username } }\n  }\n": typeof types.SessionRowFragmentDoc,
    "\n  query ConsoleSessions(\n    $workspace: ID!, $filter: SessionFilter, $orderBy: SessionOrder,\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      sessions(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...SessionRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleSessionsDocument,
    "\n  query ConsoleSession($id: ID!) {\n    node(id: $id) { ... on Session { ...SessionRow groups { id name } } }\n  }\n": typeof types.ConsoleSessionDocument,
    "\n  query ConsoleProgramName($id: ID!) { node(id: $id) { ... on Program { id name } } }\n": typeof types.ConsoleProgramNameDocument,
    "\n  fragment EnrollmentRow on Enrollment {\n    id status progress completedAt\n    member { id viewerCan user { id firstName lastName email username } }\n  }\n": typeof types.EnrollmentRowFragmentDoc,
    "\n  query ConsoleEnrollments($session: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    node(id: $session) {\n      ... on Session {\n        id\n        enrollments(first: $first, after: $after, last: $last, before: $before) {\n          edges { node { ...EnrollmentRow } }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n": typeof types.ConsoleEnrollmentsDocument,
    "\n  mutation ConsoleCreateSession($input: CreateSessionInput!) {\n    createSession(input: $input) { session { ...SessionRow } }\n  }\n": typeof types.ConsoleCreateSessionDocument,
    "\n  mutation ConsoleUpdateSession($input: UpdateSessionInput!) {\n    updateSession(input: $input) { session { ...SessionRow } }\n  }\n": typeof types.ConsoleUpdateSessionDocument,
    "\n  mutation ConsoleDeleteSession($input: DeleteSessionInput!) {\n    deleteSession(input: $input) { deletedId }\n  }\n": typeof types.ConsoleDeleteSessionDocument,
    "\n  mutation ConsoleSetEnrollment($input: SetEnrollmentInput!) {\n    setEnrollment(input: $input) { enrollment { ...EnrollmentRow } }\n  }\n": typeof types.ConsoleSetEnrollmentDocument,
    "\n  mutation ConsoleRegister($input: RegisterForSessionInput!) {\n    registerForSession(input: $input) {\n      invitedCount\n      outcomes { input status message }\n      session { ...SessionRow }\n    }\n  }\n": typeof types.ConsoleRegisterDocument,
    "\n  query ConsoleRegisterPlan($input: PlanInput!) {\n    plan(input: $input) { emailCount seatsTaken people { input status message } }\n  }\n": typeof types.ConsoleRegisterPlanDocument,
    "\n  fragment ApiKeyRow on ApiKey {\n    id name hint status permissions wholeWorkspace allowedNetworks expiresAt lastUsedAt revokedAt formerSecretEndsAt\n    groups { id name } orgUnits { id name } sessions { id name }\n  }\n": typeof types.ApiKeyRowFragmentDoc,
    "\n  query ConsoleApiKeys(\n    $workspace: ID!, $status: [ApiKeyStatus!], $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      apiKeys(filter: { status: $status }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...ApiKeyRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleApiKeysDocument,
    "\n  mutation ConsoleCreateApiKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) { apiKey { ...ApiKeyRow } secret }\n  }\n": typeof types.ConsoleCreateApiKeyDocument,
    "\n  mutation ConsoleUpdateApiKey($input: UpdateApiKeyInput!) {\n    updateApiKey(input: $input) { apiKey { ...ApiKeyRow } }\n  }\n": typeof types.ConsoleUpdateApiKeyDocument,
    "\n  mutation ConsoleRotateApiKey($input: RotateApiKeyInput!) {\n    rotateApiKey(input: $input) { apiKey { ...ApiKeyRow } secret }\n  }\n": typeof types.ConsoleRotateApiKeyDocument,
    "\n  mutation ConsoleRevokeApiKey($input: RevokeApiKeyInput!) {\n    revokeApiKey(input: $input) { apiKey { ...ApiKeyRow } }\n  }\n": typeof types.ConsoleRevokeApiKeyDocument,
    "\n  fragment ApplicationRow on Application {\n    id name confidential redirectUris postLogoutRedirectUris initiateLoginUri idTokenAlgorithm formerSecretEndsAt\n  }\n": typeof types.ApplicationRowFragmentDoc,
    "\n  query ConsoleApplications($workspace: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      applications(first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...ApplicationRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleApplicationsDocument,
    "\n  mutation ConsoleCreateApplication($input: CreateApplicationInput!) {\n    createApplication(input: $input) { application { ...ApplicationRow } clientSecret }\n  }\n": typeof types.ConsoleCreateApplicationDocument,
    "\n  mutation ConsoleUpdateApplication($input: UpdateApplicationInput!) {\n    updateApplication(input: $input) { application { ...ApplicationRow } }\n  }\n": typeof types.ConsoleUpdateApplicationDocument,
    "\n  mutation ConsoleRotateApplication($input: RotateApplicationSecretInput!) {\n    rotateApplicationSecret(input: $input) { application { ...ApplicationRow } clientSecret }\n  }\n": typeof types.ConsoleRotateApplicationDocument,
    "\n  mutation ConsoleDeleteApplication($input: DeleteApplicationInput!) { deleteApplication(input: $input) { deletedId } }\n": typeof types.ConsoleDeleteApplicationDocument,
    "\n  fragment DeliveryRow on WebhookDelivery {\n    id type status attempts eventAt nextAttemptAt lastAttemptAt durationMs answerStatus failure\n  }\n": typeof types.DeliveryRowFragmentDoc,
    "\n  fragment WebhookRow on Webhook {\n    id url types enabled disabledReason failingSince formerSecretEndsAt\n    owner { id user { firstName lastName username } }\n    ownerKey { id name }\n    deliveries(first: 1) { edges { node { ...DeliveryRow } } }\n  }\n": typeof types.WebhookRowFragmentDoc,
    "\n  query ConsoleWebhooks($workspace: ID!, $first: Int) {\n    workspace(id: $workspace) {\n      webhooks(first: $first) {\n        edges { node { ...WebhookRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": typeof types.ConsoleWebhooksDocument,
    "\n  query ConsoleWebhook($id: ID!) { node(id: $id) { ... on Webhook { ...WebhookRow } } }\n": typeof types.ConsoleWebhookDocument,
    "\n  query ConsoleDeliveries(\n    $webhook: ID!, $status: [WebhookDeliveryStatus!], $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    node(id: $webhook) {\n      ... on Webhook {\n        deliveries(filter: { status: $status }, first: $first, after: $after, last: $last, before: $before) {\n          edges { node { ...DeliveryRow } }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n": typeof types.ConsoleDeliveriesDocument,
    "\n  query ConsoleDelivery($id: ID!) {\n    node(id: $id) { ... on WebhookDelivery { ...DeliveryRow messageId request answer } }\n  }\n": typeof types.ConsoleDeliveryDocument,
    "\n  mutation ConsoleCreateWebhook($input: CreateWebhookInput!) {\n    createWebhook(input: $input) { webhook { ...WebhookRow } secret }\n  }\n": typeof types.ConsoleCreateWebhookDocument,
    "\n  mutation ConsoleUpdateWebhook($input: UpdateWebhookInput!) {\n    updateWebhook(input: $input) { webhook { ...WebhookRow } }\n  }\n": typeof types.ConsoleUpdateWebhookDocument,
    "\n  mutation ConsoleDeleteWebhook($input: DeleteWebhookInput!) { deleteWebhook(input: $input) { deletedId } }\n": typeof types.ConsoleDeleteWebhookDocument,
    "\n  mutation ConsoleRotateWebhook($input: RotateWebhookSecretInput!) {\n    rotateWebhookSecret(input: $input) { webhook { ...WebhookRow } secret }\n  }\n": typeof types.ConsoleRotateWebhookDocument,
    "\n  mutation ConsoleTestWebhook($input: TestWebhookInput!) {\n    testWebhook(input: $input) { delivery { ...DeliveryRow } }\n  }\n": typeof types.ConsoleTestWebhookDocument,
    "\n  mutation ConsoleReplayDeliveries($input: ReplayWebhookDeliveriesInput!) {\n    replayWebhookDeliveries(input: $input) { webhook { id } count }\n  }\n": typeof types.ConsoleReplayDeliveriesDocument,
    "\n  fragment WorkspaceSettingsFields on Workspace {\n    id slug name logoUrl color defaultLocale timeZone supportContact homeUrl\n    settings {\n      invitationDays remindDaysBeforeExpiry remindDaysAfterSending requireGroup sessionReminderDaysBefore\n      eraseUnacceptedAfterDays allowedRedirectUrls invitationLinkTemplate joinLinkTemplate privacyUrl termsUrl\n      consentRequired consentVersion\n    }\n  }\n": typeof types.WorkspaceSettingsFieldsFragmentDoc,
    "\n  query ConsoleWorkspaceSettings($workspace: ID!) { workspace(id: $workspace) { ...WorkspaceSettingsFields } }\n": typeof types.ConsoleWorkspaceSettingsDocument,
    "\n  mutation ConsoleUpdateWorkspace($input: UpdateWorkspaceInput!) {\n    updateWorkspace(input: $input) { workspace { ...WorkspaceSettingsFields } }\n  }\n": typeof types.ConsoleUpdateWorkspaceDocument,
    "\n  fragment UnitRow on OrgUnit { id name childCount viewerCan parent { id } }\n": typeof types.UnitRowFragmentDoc,
    "\n  query ConsoleUnits($workspace: ID!, $filter: OrgUnitFilter!, $after: String, $withTotal: Boolean!) {\n    workspace(id: $workspace) {\n      orgUnits(first: 100, after: $after, filter: $filter, orderBy: { field: NAME }) {\n        edges { node { ...UnitRow } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n    }\n  }\n": typeof types.ConsoleUnitsDocument,
    "\n  query ConsoleFoundUnits($workspace: ID!, $search: String!) {\n    workspace(id: $workspace) {\n      orgUnits(first: 50, filter: { search: $search }, orderBy: { field: NAME }) {\n        edges { node { id name parent { id name } } }\n      }\n    }\n  }\n": typeof types.ConsoleFoundUnitsDocument,
    "\n  query ConsoleUnit($id: ID!) { node(id: $id) { ... on OrgUnit { ...UnitRow } } }\n": typeof types.ConsoleUnitDocument,
    "\n  query ConsoleUnitInUse($workspace: ID!, $unit: ID!) {\n    workspace(id: $workspace) { members(filter: { orgUnitId: $unit }) { totalCount } }\n    node(id: $unit) { ... on OrgUnit { id childCount } }\n  }\n": typeof types.ConsoleUnitInUseDocument,
    "\n  mutation ConsoleCreateUnit($input: CreateOrgUnitInput!) {\n    createOrgUnit(input: $input) { orgUnit { ...UnitRow } }\n  }\n": typeof types.ConsoleCreateUnitDocument,
    "\n  mutation ConsoleUpdateUnit($input: UpdateOrgUnitInput!) {\n    updateOrgUnit(input: $input) { orgUnit { ...UnitRow } }\n  }\n": typeof types.ConsoleUpdateUnitDocument,
    "\n  mutation ConsoleDeleteUnit($input: DeleteOrgUnitInput!) {\n    deleteOrgUnit(input: $input) { deletedId }\n  }\n": typeof types.ConsoleDeleteUnitDocument,
    "\n  mutation ConsoleChangeUnit($input: UpdateMembersInput!) {\n    updateMembers(input: $input) { results { id error { message } } }\n  }\n": typeof types.ConsoleChangeUnitDocument,
    "\n  query ConsoleRights {\n    viewer {\n      memberships {\n        id\n        workspace { id }\n        roleAssignments { id role { id permissions } group { id } orgUnit { id } session { id } }\n      }\n    }\n  }\n": typeof types.ConsoleRightsDocument,
};
const documents: Documents = {
    "\n  query ConsoleGrantableRoles($workspace: ID!) {\n    workspace(id: $workspace) {\n      roles(first: 100) { edges { node { id key name description permissions scopes } } }\n      customFields(first: 50) { edges { node { key name type choices required } } }\n    }\n  }\n": types.ConsoleGrantableRolesDocument,
    "\n  query ConsolePlaces(\n    $workspace: ID!, $groups: Boolean!, $units: Boolean!, $sessions: Boolean!, $programs: Boolean!, $search: String\n  ) {\n    workspace(id: $workspace) {\n      groups(first: 50, filter: { search: $search }) @include(if: $groups) {\n        edges { node { id name path viewerCan } }\n      }\n      orgUnits(first: 50, filter: { search: $search }) @include(if: $units) {\n        edges { node { id name viewerCan parent { name } } }\n      }\n      sessions(first: 50, filter: { search: $search, phase: [COMING, ONGOING] }) @include(if: $sessions) {\n        edges { node { id name startsAt viewerCan program { name } } }\n      }\n      programs(first: 50, filter: { search: $search }) @include(if: $programs) {\n        edges { node { id name } }\n      }\n    }\n  }\n": types.ConsolePlacesDocument,
    "\n  query ConsoleBrowsePlaces(\n    $workspace: ID!, $groups: Boolean!, $units: Boolean!, $parent: ID, $isRoot: Boolean, $after: String, $withTotal: Boolean!\n  ) {\n    workspace(id: $workspace) {\n      groups(\n        first: 100, after: $after, filter: { parentId: $parent, isRoot: $isRoot }, orderBy: { field: NAME }\n      ) @include(if: $groups) {\n        edges { node { id name childCount viewerCan parent { id } } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n      orgUnits(\n        first: 100, after: $after, filter: { parentId: $parent, isRoot: $isRoot }, orderBy: { field: NAME }\n      ) @include(if: $units) {\n        edges { node { id name childCount viewerCan parent { id } } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n    }\n  }\n": types.ConsoleBrowsePlacesDocument,
    "\n  fragment ViewerFields on Viewer {\n    user { id email username firstName lastName locale }\n    memberships {\n      id\n      workspace {\n        id slug name color logoUrl defaultLocale timeZone viewerPermissions\n        organization { id name viewerIsAdministrator }\n      }\n    }\n  }\n": types.ViewerFieldsFragmentDoc,
    "\n  mutation ConsoleSignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }\n    }\n  }\n": types.ConsoleSignInDocument,
    "\n  mutation ConsoleRefresh($input: RefreshSessionInput!) {\n    refreshSession(input: $input) {\n      auth { accessToken expiresAt mustChangePassword viewer { ...ViewerFields } }\n    }\n  }\n": types.ConsoleRefreshDocument,
    "\n  mutation ConsoleSignOut { signOut { deletedId } }\n": types.ConsoleSignOutDocument,
    "\n  query ConsolePlan($input: PlanInput!) {\n    plan(input: $input) {\n      emailCount seatsTaken seatsLeft\n      people {\n        email input status message warnings suggestedEmail member { id }\n        groups { id name } sessions { id name }\n        emails { kind at }\n      }\n    }\n  }\n": types.ConsolePlanDocument,
    "\n  mutation ConsoleInvite($input: InviteUsersInput!) {\n    inviteUsers(input: $input) {\n      invitedCount\n      outcomes { input status message warnings member { id } invitation { id } }\n    }\n  }\n": types.ConsoleInviteDocument,
    "\n  mutation ConsoleCreateUser($input: CreateUserInput!) {\n    createUser(input: $input) {\n      status warnings\n      member { id user { firstName lastName username email } }\n      invitation { id }\n    }\n  }\n": types.ConsoleCreateUserDocument,
    "\n  mutation ConsoleIssueFirstCard($input: IssueCardInput!) {\n    issueCard(input: $input) { card { code codeUrl pin html } }\n  }\n": types.ConsoleIssueFirstCardDocument,
    "\n  query ConsoleInspectImport($input: InspectImportInput!) {\n    inspectImport(input: $input) {\n      reading { encoding headerRow sheet }\n      columns { recognized suggestedName samples column { letter header name ignored } }\n    }\n  }\n": types.ConsoleInspectImportDocument,
    "\n  mutation ConsoleCreateImport($input: CreateImportInput!) {\n    createImport(input: $input) { import { id } }\n  }\n": types.ConsoleCreateImportDocument,
    "\n  query ConsoleImportTemplate($workspace: ID!, $format: SpreadsheetFormat!, $locale: String) {\n    workspace(id: $workspace) { importTemplateUrl(format: $format, locale: $locale) }\n  }\n": types.ConsoleImportTemplateDocument,
    "\n  query ConsoleFirstJoinLinks($workspace: ID!) {\n    workspace(id: $workspace) {\n      joinLinks(first: 5) {\n        edges { node { id slug url title enabled whitelist requiresApproval viewerCan roles { id name } } }\n        pageInfo { hasNextPage }\n      }\n    }\n  }\n": types.ConsoleFirstJoinLinksDocument,
    "\n  mutation ConsoleCreateJoinLink($input: CreateJoinLinkInput!) {\n    createJoinLink(input: $input) { joinLink { id } warnings }\n  }\n": types.ConsoleCreateJoinLinkDocument,
    "\n  mutation ConsoleSwitchJoinLink($input: UpdateJoinLinkInput!) {\n    updateJoinLink(input: $input) { joinLink { id enabled } }\n  }\n": types.ConsoleSwitchJoinLinkDocument,
    "\n  query ConsoleInto($id: ID!) {\n    node(id: $id) {\n      ... on Group { id name path }\n      ... on OrgUnit { id name parent { id name } }\n      ... on Session { id name program { id name } }\n    }\n  }\n": types.ConsoleIntoDocument,
    "\n  fragment GroupRow on Group {\n    id name visibility memberCount childCount viewerCan\n    parent { id }\n  }\n": types.GroupRowFragmentDoc,
    "\n  query ConsoleGroups($workspace: ID!, $filter: GroupFilter!, $after: String, $withTotal: Boolean!) {\n    workspace(id: $workspace) {\n      groups(first: 100, after: $after, filter: $filter, orderBy: { field: NAME }) {\n        edges { node { ...GroupRow } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n    }\n  }\n": types.ConsoleGroupsDocument,
    "\n  query ConsoleFoundGroups($workspace: ID!, $search: String!) {\n    workspace(id: $workspace) {\n      groups(first: 50, filter: { search: $search }, orderBy: { field: NAME }) {\n        edges { node { id name path } }\n      }\n    }\n  }\n": types.ConsoleFoundGroupsDocument,
    "\n  query ConsoleGroup($id: ID!) {\n    node(id: $id) {\n      ... on Group { ...GroupRow externalId path programs { id name } }\n    }\n  }\n": types.ConsoleGroupDocument,
    "\n  query ConsoleGroupPrograms($ids: [ID!]!) {\n    nodes(ids: $ids) { ... on Group { ...GroupRow programs { id name } } }\n  }\n": types.ConsoleGroupProgramsDocument,
    "\n  query ConsoleGroupInUse($workspace: ID!, $group: ID!) {\n    workspace(id: $workspace) {\n      invitations(filter: { groupId: $group, status: [PENDING] }) { totalCount }\n    }\n    node(id: $group) { ... on Group { id childCount } }\n  }\n": types.ConsoleGroupInUseDocument,
    "\n  mutation ConsoleCreateGroup($input: CreateGroupInput!) {\n    createGroup(input: $input) { group { ...GroupRow } }\n  }\n": types.ConsoleCreateGroupDocument,
    "\n  mutation ConsoleUpdateGroup($input: UpdateGroupInput!) {\n    updateGroup(input: $input) { group { ...GroupRow } }\n  }\n": types.ConsoleUpdateGroupDocument,
    "\n  mutation ConsoleDeleteGroup($input: DeleteGroupInput!) {\n    deleteGroup(input: $input) { deletedId }\n  }\n": types.ConsoleDeleteGroupDocument,
    "\n  mutation ConsoleRemoveFromGroup($input: RemoveFromGroupInput!) {\n    removeFromGroup(input: $input) { group { ...GroupRow } }\n  }\n": types.ConsoleRemoveFromGroupDocument,
    "\n  query ConsoleHome($workspace: ID!, $requests: Boolean!, $joinPages: Boolean!, $usage: Boolean!, $imports: Boolean!) {\n    workspace(id: $workspace) {\n      members(filter: { status: [ACTIVE] }) { totalCount }\n      groups { totalCount }\n      sessions { totalCount }\n      running: sessions(filter: { phase: [COMING, ONGOING] }) { totalCount }\n      invitationCounts { pending active cancelled declined expired }\n      failed: invitations(filter: { status: [PENDING], deliveryStatus: [FAILED, BOUNCED] }) { totalCount }\n      asked: invitations(filter: { renewalAsked: true }) { totalCount }\n      joinRequests(filter: { status: [WAITING] }) @include(if: $requests) { totalCount }\n      joinLinks @include(if: $joinPages) { totalCount }\n      runningImports: imports(first: 1, filter: { status: [RUNNING, PAUSED] }) @include(if: $imports) {\n        totalCount\n        edges { node { id totalRows counts { done } } }\n      }\n      readyImports: imports(first: 1, filter: { status: [PREVIEWED] }) @include(if: $imports) {\n        totalCount\n        edges { node { id totalRows counts { done } } }\n      }\n      usage @include(if: $usage) { seats seatsTaken }\n    }\n  }\n": types.ConsoleHomeDocument,
    "\n  query ConsoleFunnel($workspace: ID!, $all: InvitationFilter!, $failed: InvitationFilter!, $unsent: InvitationFilter!) {\n    workspace(id: $workspace) {\n      invitationCounts(filter: $all) { pending active cancelled declined expired }\n      failed: invitations(filter: $failed) { totalCount }\n      unsent: invitations(filter: $unsent) { totalCount }\n    }\n  }\n": types.ConsoleFunnelDocument,
    "\n  fragment ImportFields on Import {\n    id status action existing source fileName totalRows processedRows emailsToSend emailAt emailsPerMinute\n    createdAt startedAt finishedAt failure viewerCan\n    counts { invite create update deactivate reactivate unchanged error done }\n    startedBy { id user { id firstName lastName email username } }\n  }\n": types.ImportFieldsFragmentDoc,
    "\n  query ConsoleImports($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      imports(filter: { search: $search }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...ImportFields } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleImportsDocument,
    "\n  query ConsoleImport($id: ID!) {\n    node(id: $id) {\n      ... on Import {\n        ...ImportFields\n        reading {\n          encoding delimiter headerRow sheet sheetsLeftOut hiddenRows notes\n          columns { letter header name ignored }\n        }\n        options { message expiresAt neverExpires sendEmail }\n        leftAlone(first: 100) { number reason }\n      }\n    }\n  }\n": types.ConsoleImportDocument,
    "\n  query ConsoleImportRows(\n    $id: ID!, $outcome: [ImportRowOutcome!], $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    node(id: $id) {\n      ... on Import {\n        rows(filter: { outcome: $outcome }, first: $first, after: $after, last: $last, before: $before) {\n          edges {\n            node {\n              number email username name outcome done\n              errors { column code message }\n              member { id }\n            }\n          }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n": types.ConsoleImportRowsDocument,
    "\n  query ConsoleImportLinks($id: ID!) {\n    node(id: $id) { ... on Import { reportUrl rejectedUrl } }\n  }\n": types.ConsoleImportLinksDocument,
    "\n  subscription ConsoleImportProgress($id: ID!) {\n    importProgress(id: $id) { rowsPerSecond secondsLeft import { ...ImportFields } }\n  }\n": types.ConsoleImportProgressDocument,
    "\n  mutation ConsoleStartImport($input: StartImportInput!) {\n    startImport(input: $input) { import { ...ImportFields } }\n  }\n": types.ConsoleStartImportDocument,
    "\n  mutation ConsolePauseImport($input: PauseImportInput!) {\n    pauseImport(input: $input) { import { ...ImportFields } }\n  }\n": types.ConsolePauseImportDocument,
    "\n  mutation ConsoleResumeImport($input: ResumeImportInput!) {\n    resumeImport(input: $input) { import { ...ImportFields } }\n  }\n": types.ConsoleResumeImportDocument,
    "\n  mutation ConsoleCancelImport($input: CancelImportInput!) {\n    cancelImport(input: $input) { import { ...ImportFields } }\n  }\n": types.ConsoleCancelImportDocument,
    "\n  mutation ConsoleUndoImport($input: UndoImportInput!) {\n    undoImport(input: $input) { import { ...ImportFields leftAlone(first: 100) { number reason } } }\n  }\n": types.ConsoleUndoImportDocument,
    "\n  fragment InvitationRow on Invitation {\n    id email firstName lastName status deliveryStatus deliveryError createdAt lastSentAt sentCount\n    expiresAt acceptedAt cancelledAt declinedAt renewalAskedAt viewerCan\n    groups { id name }\n    sessions { id name }\n    roles { id name }\n    invitedBy { id user { firstName lastName email username } }\n    member { id }\n  }\n": types.InvitationRowFragmentDoc,
    "\n  query ConsoleInvitations(\n    $workspace: ID!, $filter: InvitationFilter, $orderBy: InvitationOrder,\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      invitations(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...InvitationRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleInvitationsDocument,
    "\n  query ConsoleInvitationCounts($workspace: ID!, $filter: InvitationFilter, $failed: InvitationFilter, $asked: InvitationFilter) {\n    workspace(id: $workspace) {\n      invitationCounts(filter: $filter) { pending active cancelled declined expired }\n      failed: invitations(filter: $failed) { totalCount }\n      asked: invitations(filter: $asked) { totalCount }\n    }\n  }\n": types.ConsoleInvitationCountsDocument,
    "\n  query ConsoleInvitation($id: ID!) {\n    node(id: $id) {\n      ... on Invitation {\n        ...InvitationRow\n        message locale link\n        grant {\n          roles { role { id name } }\n          groups { id name } orgUnit { id name } sessions { id name } programs { id name }\n          labels accessExpiresAt\n        }\n        history { id at summary actorName details { name previousValue newValue } }\n      }\n    }\n  }\n": types.ConsoleInvitationDocument,
    "\n  mutation ConsoleResend($input: ResendInvitationsInput!) {\n    resendInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }\n  }\n": types.ConsoleResendDocument,
    "\n  mutation ConsoleResendMatching($input: ResendPendingInvitationsInput!) {\n    resendPendingInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }\n  }\n": types.ConsoleResendMatchingDocument,
    "\n  mutation ConsoleCancelInvitations($input: CancelInvitationsInput!) {\n    cancelInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }\n  }\n": types.ConsoleCancelInvitationsDocument,
    "\n  mutation ConsoleUpdateInvitation($input: UpdateInvitationInput!) {\n    updateInvitation(input: $input) { invitation { ...InvitationRow } }\n  }\n": types.ConsoleUpdateInvitationDocument,
    "\n  mutation ConsoleCorrectEmail($input: CorrectInvitationEmailInput!) {\n    correctInvitationEmail(input: $input) { invitation { ...InvitationRow } }\n  }\n": types.ConsoleCorrectEmailDocument,
    "\n  subscription ConsoleInvitationsChanged($workspace: ID!) {\n    invitationsChanged(workspaceId: $workspace) {\n      changes { kind id invitation { ...InvitationRow } }\n    }\n  }\n": types.ConsoleInvitationsChangedDocument,
    "\n  fragment JoinRequestRow on JoinRequest {\n    id email firstName lastName status waitsFor message createdAt\n    joinLink { id title slug }\n  }\n": types.JoinRequestRowFragmentDoc,
    "\n  query ConsoleJoinRequests(\n    $workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      joinRequests(filter: { status: [WAITING], search: $search }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...JoinRequestRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleJoinRequestsDocument,
    "\n  query ConsoleJoinRequestCount($workspace: ID!) {\n    workspace(id: $workspace) { joinRequests(filter: { status: [WAITING] }) { totalCount } }\n  }\n": types.ConsoleJoinRequestCountDocument,
    "\n  mutation ConsoleApprove($input: ApproveJoinRequestInput!) {\n    approveJoinRequest(input: $input) { joinRequest { id } }\n  }\n": types.ConsoleApproveDocument,
    "\n  mutation ConsoleReject($input: RejectJoinRequestInput!) {\n    rejectJoinRequest(input: $input) { joinRequest { id } }\n  }\n": types.ConsoleRejectDocument,
    "\n  query ConsoleInvitationLink($id: ID!) {\n    node(id: $id) { ... on Invitation { link } }\n  }\n": types.ConsoleInvitationLinkDocument,
    "\n  fragment JoinLinkFields on JoinLink {\n    id slug url enabled title welcomeText whitelist expiresAt maxJoins joinCount requiresApproval viewerCan\n    roles { id name }\n    groups { id name }\n  }\n": types.JoinLinkFieldsFragmentDoc,
    "\n  query ConsoleJoinLinks($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      joinLinks(filter: { search: $search }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...JoinLinkFields } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleJoinLinksDocument,
    "\n  query ConsoleJoinLink($id: ID!) {\n    node(id: $id) {\n      ... on JoinLink {\n        ...JoinLinkFields\n        freeMailEntries\n        grant {\n          roles { role { id name } }\n          groups { id name } sessions { id name } programs { id name } orgUnit { id name }\n          labels locale accessExpiresAt customFields\n        }\n      }\n    }\n  }\n": types.ConsoleJoinLinkDocument,
    "\n  query ConsoleJoinLinkWaiting($workspace: ID!, $link: ID!) {\n    workspace(id: $workspace) { joinRequests(filter: { joinLinkId: $link, status: [WAITING] }) { totalCount } }\n  }\n": types.ConsoleJoinLinkWaitingDocument,
    "\n  query ConsoleJoinSlug($slug: String!) { publicJoinPage(slug: $slug) { slug } }\n": types.ConsoleJoinSlugDocument,
    "\n  query ConsoleExplainJoin($link: ID!, $email: String!) {\n    explainJoin(joinLinkId: $link, email: $email) { allowed reason }\n  }\n": types.ConsoleExplainJoinDocument,
    "\n  mutation ConsoleUpdateJoinLink($input: UpdateJoinLinkInput!) {\n    updateJoinLink(input: $input) { joinLink { ...JoinLinkFields } warnings }\n  }\n": types.ConsoleUpdateJoinLinkDocument,
    "\n  query ConsoleBulkPeople($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      ... on Member {\n        id\n        user { id firstName lastName email username }\n        orgUnit { id }\n        roleAssignments { id inherited role { id key name } group { id name } orgUnit { id name } session { id } }\n      }\n    }\n  }\n": types.ConsoleBulkPeopleDocument,
    "\n  fragment BulkResult on MemberResult {\n    id\n    error { message }\n    member @include(if: $rows) { ...MemberRow }\n  }\n": types.BulkResultFragmentDoc,
    "\n  mutation ConsoleUpdateMembers($input: UpdateMembersInput!, $rows: Boolean!) {\n    updateMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n": types.ConsoleUpdateMembersDocument,
    "\n  mutation ConsoleDeactivateMembers($input: DeactivateMembersInput!, $rows: Boolean!) {\n    deactivateMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n": types.ConsoleDeactivateMembersDocument,
    "\n  mutation ConsoleReactivateMembers($input: ReactivateMembersInput!, $rows: Boolean!) {\n    reactivateMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n": types.ConsoleReactivateMembersDocument,
    "\n  mutation ConsoleAddRoleToMembers($input: AddRoleToMembersInput!, $rows: Boolean!) {\n    addRoleToMembers(input: $input) {\n      nextAfterId\n      results { ...BulkResult member { id roleAssignments { id inherited role { id key name } group { id } orgUnit { id } session { id } } } }\n    }\n  }\n": types.ConsoleAddRoleToMembersDocument,
    "\n  mutation ConsoleRemoveRoleFromMembers($input: RemoveRoleFromMembersInput!, $rows: Boolean!) {\n    removeRoleFromMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n": types.ConsoleRemoveRoleFromMembersDocument,
    "\n  query ConsoleFilterChoices($workspace: ID!, $text: String) {\n    workspace(id: $workspace) {\n      roles(first: 100) { edges { node { id name } } }\n      groups(first: 50, filter: { search: $text }) { edges { node { id name } } }\n      orgUnits(first: 50, filter: { search: $text }) { edges { node { id name } } }\n    }\n  }\n": types.ConsoleFilterChoicesDocument,
    "\n  query ConsoleFilterNames($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      ... on Role { id name }\n      ... on Group { id name }\n      ... on OrgUnit { id name }\n    }\n  }\n": types.ConsoleFilterNamesDocument,
    "\n  fragment ProfileFields on Member {\n    ...MemberRow\n    externalId additionalInfo deleteOnExpiry joinedVia deactivatedAt customFields\n    consents { version givenAt }\n    user { id emailProven locale }\n    roleAssignments {\n      id inherited\n      role { id key name }\n      group { id name } orgUnit { id name } session { id name }\n    }\n    enrollments {\n      id status progress completedAt\n      session { id name startsAt endsAt program { id name } }\n    }\n  }\n": types.ProfileFieldsFragmentDoc,
    "\n  query ConsoleProfile($id: ID!) {\n    node(id: $id) { ... on Member { ...ProfileFields } }\n  }\n": types.ConsoleProfileDocument,
    "\n  query ConsoleMemberHistory($workspace: ID!, $member: ID!) {\n    workspace(id: $workspace) {\n      auditEvents(first: 50, filter: { subjectId: $member }) {\n        edges { node { id at summary actorName through details { name previousValue newValue } } }\n      }\n    }\n  }\n": types.ConsoleMemberHistoryDocument,
    "\n  mutation ConsoleUpdateMember($input: UpdateMemberInput!) {\n    updateMember(input: $input) { member { ...ProfileFields } }\n  }\n": types.ConsoleUpdateMemberDocument,
    "\n  mutation ConsoleIssueCard($input: IssueCardInput!) {\n    issueCard(input: $input) { card { code codeUrl pin expiresAt qrSvg html } }\n  }\n": types.ConsoleIssueCardDocument,
    "\n  mutation ConsoleErase($input: EraseMemberInput!) {\n    eraseMember(input: $input) { deletedId }\n  }\n": types.ConsoleEraseDocument,
    "\n  query ConsolePersonalData($member: ID!) { personalData(memberId: $member) }\n": types.ConsolePersonalDataDocument,
    "\n  fragment MemberRow on Member {\n    id status labels joinedAt accessExpiresAt updatedAt viewerCan\n    user { id firstName lastName email emailProven username }\n    orgUnit { id name }\n    groups { id name }\n    roleAssignments { id inherited role { id key name } }\n  }\n": types.MemberRowFragmentDoc,
    "\n  query ConsoleMembers(\n    $workspace: ID!, $filter: MemberFilter, $orderBy: MemberOrder,\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      members(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...MemberRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleMembersDocument,
    "\n  query ConsoleMemberCount($workspace: ID!, $filter: MemberFilter) {\n    workspace(id: $workspace) { members(filter: $filter) { totalCount } }\n  }\n": types.ConsoleMemberCountDocument,
    "\n  mutation ConsoleDeactivate($input: DeactivateMemberInput!) {\n    deactivateMember(input: $input) { member { ...MemberRow } }\n  }\n": types.ConsoleDeactivateDocument,
    "\n  mutation ConsoleReactivate($input: ReactivateMemberInput!) {\n    reactivateMember(input: $input) { member { ...MemberRow } }\n  }\n": types.ConsoleReactivateDocument,
    "\n  mutation ConsoleRemove($input: RemoveMemberInput!) {\n    removeMember(input: $input) { deletedId }\n  }\n": types.ConsoleRemoveDocument,
    "\n  subscription ConsoleMembersChanged($workspace: ID!) {\n    membersChanged(workspaceId: $workspace) {\n      changes { kind id member { ...MemberRow } }\n    }\n  }\n": types.ConsoleMembersChangedDocument,
    "\n  mutation ConsoleAddToGroup($input: AddToGroupInput!) {\n    addToGroup(input: $input) { outcomes { status error { message } } }\n  }\n": types.ConsoleAddToGroupDocument,
    "\n  query ConsoleMembersExport($workspace: ID!, $format: SpreadsheetFormat!, $locale: String) {\n    workspace(id: $workspace) { membersExportUrl(format: $format, locale: $locale) }\n  }\n": types.ConsoleMembersExportDocument,
    "\n  query ConsoleMemberChoices($workspace: ID!, $search: String) {\n    workspace(id: $workspace) {\n      members(first: 20, filter: { search: $search, status: [ACTIVE] }, orderBy: { field: NAME }) {\n        edges { node { id user { id firstName lastName email username } } }\n      }\n    }\n  }\n": types.ConsoleMemberChoicesDocument,
    "\n  fragment PlaceMember on Member {\n    id status joinedAt viewerCan\n    user { id firstName lastName email username }\n    roleAssignments { id inherited role { id name } group { id } orgUnit { id } session { id } }\n  }\n": types.PlaceMemberFragmentDoc,
    "\n  query ConsoleGroupMembers(\n    $group: ID!, $filter: MemberFilter, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    node(id: $group) {\n      ... on Group {\n        id\n        members(\n          filter: $filter, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before\n        ) {\n          edges { node { ...PlaceMember } }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n": types.ConsoleGroupMembersDocument,
    "\n  query ConsoleUnitMembers(\n    $workspace: ID!, $filter: MemberFilter, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      members(\n        filter: $filter, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before\n      ) {\n        edges { node { ...PlaceMember } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleUnitMembersDocument,
    "\n  fragment PendingRow on Invitation {\n    id email firstName lastName deliveryStatus lastSentAt createdAt expiresAt\n    roles { id name }\n  }\n": types.PendingRowFragmentDoc,
    "\n  query ConsolePending(\n    $workspace: ID!, $filter: InvitationFilter, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      invitations(\n        filter: $filter, orderBy: { field: CREATED_AT, direction: DESC }\n        first: $first, after: $after, last: $last, before: $before\n      ) {\n        edges { node { ...PendingRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsolePendingDocument,
    "\n  query ConsolePendingCount($workspace: ID!, $filter: InvitationFilter) {\n    workspace(id: $workspace) { invitations(filter: $filter) { totalCount } }\n  }\n": types.ConsolePendingCountDocument,
    "\n  mutation ConsoleIssueCards($input: IssueCardsInput!) {\n    issueCards(input: $input) { results { id error { message } } sheetUrl nextAfterId }\n  }\n": types.ConsoleIssueCardsDocument,
    "\n  query ConsoleProgramChoices($workspace: ID!, $search: String) {\n    workspace(id: $workspace) {\n      programs(first: 50, filter: { search: $search }, orderBy: { field: NAME }) { edges { node { id name } } }\n    }\n  }\n": types.ConsoleProgramChoicesDocument,
    "\n  fragment ProgramRow on Program { id name groups { id name } }\n": types.ProgramRowFragmentDoc,
    "\n  query ConsolePrograms($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      programs(\n        filter: { search: $search }, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before\n      ) {\n        edges { node { ...ProgramRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleProgramsDocument,
    "\n  mutation ConsoleCreateProgram($input: CreateProgramInput!) {\n    createProgram(input: $input) { program { ...ProgramRow } }\n  }\n": types.ConsoleCreateProgramDocument,
    "\n  mutation ConsoleUpdateProgram($input: UpdateProgramInput!) {\n    updateProgram(input: $input) { program { ...ProgramRow } }\n  }\n": types.ConsoleUpdateProgramDocument,
    "\n  mutation ConsoleDeleteProgram($input: DeleteProgramInput!) {\n    deleteProgram(input: $input) { deletedId }\n  }\n": types.ConsoleDeleteProgramDocument,
    "\n  mutation ConsoleAssignProgram($input: AssignProgramInput!) {\n    assignProgram(input: $input) { program { ...ProgramRow } }\n  }\n": types.ConsoleAssignProgramDocument,
    "\n  mutation ConsoleUnassignProgram($input: UnassignProgramInput!) {\n    unassignProgram(input: $input) { program { ...ProgramRow } }\n  }\n": types.ConsoleUnassignProgramDocument,
    "\n  fragment SessionRow on Session {\n    id name startsAt endsAt phase enrollmentCount viewerCan\n    program { id name }\n    instructors { id user { id firstName lastName email username } }\n  }\n": types.SessionRowFragmentDoc,
    "\n  query ConsoleSessions(\n    $workspace: ID!, $filter: SessionFilter, $orderBy: SessionOrder,\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      sessions(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...SessionRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleSessionsDocument,
    "\n  query ConsoleSession($id: ID!) {\n    node(id: $id) { ... on Session { ...SessionRow groups { id name } } }\n  }\n": types.ConsoleSessionDocument,
    "\n  query ConsoleProgramName($id: ID!) { node(id: $id) { ... on Program { id name } } }\n": types.ConsoleProgramNameDocument,
    "\n  fragment EnrollmentRow on Enrollment {\n    id status progress completedAt\n    member { id viewerCan user { id firstName lastName email username } }\n  }\n": types.EnrollmentRowFragmentDoc,
    "\n  query ConsoleEnrollments($session: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    node(id: $session) {\n      ... on Session {\n        id\n        enrollments(first: $first, after: $after, last: $last, before: $before) {\n          edges { node { ...EnrollmentRow } }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n": types.ConsoleEnrollmentsDocument,
    "\n  mutation ConsoleCreateSession($input: CreateSessionInput!) {\n    createSession(input: $input) { session { ...SessionRow } }\n  }\n": types.ConsoleCreateSessionDocument,
    "\n  mutation ConsoleUpdateSession($input: UpdateSessionInput!) {\n    updateSession(input: $input) { session { ...SessionRow } }\n  }\n": types.ConsoleUpdateSessionDocument,
    "\n  mutation ConsoleDeleteSession($input: DeleteSessionInput!) {\n    deleteSession(input: $input) { deletedId }\n  }\n": types.ConsoleDeleteSessionDocument,
    "\n  mutation ConsoleSetEnrollment($input: SetEnrollmentInput!) {\n    setEnrollment(input: $input) { enrollment { ...EnrollmentRow } }\n  }\n": types.ConsoleSetEnrollmentDocument,
    "\n  mutation ConsoleRegister($input: RegisterForSessionInput!) {\n    registerForSession(input: $input) {\n      invitedCount\n      outcomes { input status message }\n      session { ...SessionRow }\n    }\n  }\n": types.ConsoleRegisterDocument,
    "\n  query ConsoleRegisterPlan($input: PlanInput!) {\n    plan(input: $input) { emailCount seatsTaken people { input status message } }\n  }\n": types.ConsoleRegisterPlanDocument,
    "\n  fragment ApiKeyRow on ApiKey {\n    id name hint status permissions wholeWorkspace allowedNetworks expiresAt lastUsedAt revokedAt formerSecretEndsAt\n    groups { id name } orgUnits { id name } sessions { id name }\n  }\n": types.ApiKeyRowFragmentDoc,
    "\n  query ConsoleApiKeys(\n    $workspace: ID!, $status: [ApiKeyStatus!], $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      apiKeys(filter: { status: $status }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...ApiKeyRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleApiKeysDocument,
    "\n  mutation ConsoleCreateApiKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) { apiKey { ...ApiKeyRow } secret }\n  }\n": types.ConsoleCreateApiKeyDocument,
    "\n  mutation ConsoleUpdateApiKey($input: UpdateApiKeyInput!) {\n    updateApiKey(input: $input) { apiKey { ...ApiKeyRow } }\n  }\n": types.ConsoleUpdateApiKeyDocument,
    "\n  mutation ConsoleRotateApiKey($input: RotateApiKeyInput!) {\n    rotateApiKey(input: $input) { apiKey { ...ApiKeyRow } secret }\n  }\n": types.ConsoleRotateApiKeyDocument,
    "\n  mutation ConsoleRevokeApiKey($input: RevokeApiKeyInput!) {\n    revokeApiKey(input: $input) { apiKey { ...ApiKeyRow } }\n  }\n": types.ConsoleRevokeApiKeyDocument,
    "\n  fragment ApplicationRow on Application {\n    id name confidential redirectUris postLogoutRedirectUris initiateLoginUri idTokenAlgorithm formerSecretEndsAt\n  }\n": types.ApplicationRowFragmentDoc,
    "\n  query ConsoleApplications($workspace: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      applications(first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...ApplicationRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleApplicationsDocument,
    "\n  mutation ConsoleCreateApplication($input: CreateApplicationInput!) {\n    createApplication(input: $input) { application { ...ApplicationRow } clientSecret }\n  }\n": types.ConsoleCreateApplicationDocument,
    "\n  mutation ConsoleUpdateApplication($input: UpdateApplicationInput!) {\n    updateApplication(input: $input) { application { ...ApplicationRow } }\n  }\n": types.ConsoleUpdateApplicationDocument,
    "\n  mutation ConsoleRotateApplication($input: RotateApplicationSecretInput!) {\n    rotateApplicationSecret(input: $input) { application { ...ApplicationRow } clientSecret }\n  }\n": types.ConsoleRotateApplicationDocument,
    "\n  mutation ConsoleDeleteApplication($input: DeleteApplicationInput!) { deleteApplication(input: $input) { deletedId } }\n": types.ConsoleDeleteApplicationDocument,
    "\n  fragment DeliveryRow on WebhookDelivery {\n    id type status attempts eventAt nextAttemptAt lastAttemptAt durationMs answerStatus failure\n  }\n": types.DeliveryRowFragmentDoc,
    "\n  fragment WebhookRow on Webhook {\n    id url types enabled disabledReason failingSince formerSecretEndsAt\n    owner { id user { firstName lastName username } }\n    ownerKey { id name }\n    deliveries(first: 1) { edges { node { ...DeliveryRow } } }\n  }\n": types.WebhookRowFragmentDoc,
    "\n  query ConsoleWebhooks($workspace: ID!, $first: Int) {\n    workspace(id: $workspace) {\n      webhooks(first: $first) {\n        edges { node { ...WebhookRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n": types.ConsoleWebhooksDocument,
    "\n  query ConsoleWebhook($id: ID!) { node(id: $id) { ... on Webhook { ...WebhookRow } } }\n": types.ConsoleWebhookDocument,
    "\n  query ConsoleDeliveries(\n    $webhook: ID!, $status: [WebhookDeliveryStatus!], $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    node(id: $webhook) {\n      ... on Webhook {\n        deliveries(filter: { status: $status }, first: $first, after: $after, last: $last, before: $before) {\n          edges { node { ...DeliveryRow } }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n": types.ConsoleDeliveriesDocument,
    "\n  query ConsoleDelivery($id: ID!) {\n    node(id: $id) { ... on WebhookDelivery { ...DeliveryRow messageId request answer } }\n  }\n": types.ConsoleDeliveryDocument,
    "\n  mutation ConsoleCreateWebhook($input: CreateWebhookInput!) {\n    createWebhook(input: $input) { webhook { ...WebhookRow } secret }\n  }\n": types.ConsoleCreateWebhookDocument,
    "\n  mutation ConsoleUpdateWebhook($input: UpdateWebhookInput!) {\n    updateWebhook(input: $input) { webhook { ...WebhookRow } }\n  }\n": types.ConsoleUpdateWebhookDocument,
    "\n  mutation ConsoleDeleteWebhook($input: DeleteWebhookInput!) { deleteWebhook(input: $input) { deletedId } }\n": types.ConsoleDeleteWebhookDocument,
    "\n  mutation ConsoleRotateWebhook($input: RotateWebhookSecretInput!) {\n    rotateWebhookSecret(input: $input) { webhook { ...WebhookRow } secret }\n  }\n": types.ConsoleRotateWebhookDocument,
    "\n  mutation ConsoleTestWebhook($input: TestWebhookInput!) {\n    testWebhook(input: $input) { delivery { ...DeliveryRow } }\n  }\n": types.ConsoleTestWebhookDocument,
    "\n  mutation ConsoleReplayDeliveries($input: ReplayWebhookDeliveriesInput!) {\n    replayWebhookDeliveries(input: $input) { webhook { id } count }\n  }\n": types.ConsoleReplayDeliveriesDocument,
    "\n  fragment WorkspaceSettingsFields on Workspace {\n    id slug name logoUrl color defaultLocale timeZone supportContact homeUrl\n    settings {\n      invitationDays remindDaysBeforeExpiry remindDaysAfterSending requireGroup sessionReminderDaysBefore\n      eraseUnacceptedAfterDays allowedRedirectUrls invitationLinkTemplate joinLinkTemplate privacyUrl termsUrl\n      consentRequired consentVersion\n    }\n  }\n": types.WorkspaceSettingsFieldsFragmentDoc,
    "\n  query ConsoleWorkspaceSettings($workspace: ID!) { workspace(id: $workspace) { ...WorkspaceSettingsFields } }\n": types.ConsoleWorkspaceSettingsDocument,
    "\n  mutation ConsoleUpdateWorkspace($input: UpdateWorkspaceInput!) {\n    updateWorkspace(input: $input) { workspace { ...WorkspaceSettingsFields } }\n  }\n": types.ConsoleUpdateWorkspaceDocument,
    "\n  fragment UnitRow on OrgUnit { id name childCount viewerCan parent { id } }\n": types.UnitRowFragmentDoc,
    "\n  query ConsoleUnits($workspace: ID!, $filter: OrgUnitFilter!, $after: String, $withTotal: Boolean!) {\n    workspace(id: $workspace) {\n      orgUnits(first: 100, after: $after, filter: $filter, orderBy: { field: NAME }) {\n        edges { node { ...UnitRow } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n    }\n  }\n": types.ConsoleUnitsDocument,
    "\n  query ConsoleFoundUnits($workspace: ID!, $search: String!) {\n    workspace(id: $workspace) {\n      orgUnits(first: 50, filter: { search: $search }, orderBy: { field: NAME }) {\n        edges { node { id name parent { id name } } }\n      }\n    }\n  }\n": types.ConsoleFoundUnitsDocument,
    "\n  query ConsoleUnit($id: ID!) { node(id: $id) { ... on OrgUnit { ...UnitRow } } }\n": types.ConsoleUnitDocument,
    "\n  query ConsoleUnitInUse($workspace: ID!, $unit: ID!) {\n    workspace(id: $workspace) { members(filter: { orgUnitId: $unit }) { totalCount } }\n    node(id: $unit) { ... on OrgUnit { id childCount } }\n  }\n": types.ConsoleUnitInUseDocument,
    "\n  mutation ConsoleCreateUnit($input: CreateOrgUnitInput!) {\n    createOrgUnit(input: $input) { orgUnit { ...UnitRow } }\n  }\n": types.ConsoleCreateUnitDocument,
    "\n  mutation ConsoleUpdateUnit($input: UpdateOrgUnitInput!) {\n    updateOrgUnit(input: $input) { orgUnit { ...UnitRow } }\n  }\n": types.ConsoleUpdateUnitDocument,
    "\n  mutation ConsoleDeleteUnit($input: DeleteOrgUnitInput!) {\n    deleteOrgUnit(input: $input) { deletedId }\n  }\n": types.ConsoleDeleteUnitDocument,
    "\n  mutation ConsoleChangeUnit($input: UpdateMembersInput!) {\n    updateMembers(input: $input) { results { id error { message } } }\n  }\n": types.ConsoleChangeUnitDocument,
    "\n  query ConsoleRights {\n    viewer {\n      memberships {\n        id\n        workspace { id }\n        roleAssignments { id role { id permissions } group { id } orgUnit { id } session { id } }\n      }\n    }\n  }\n": types.ConsoleRightsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleGrantableRoles($workspace: ID!) {\n    workspace(id: $workspace) {\n      roles(first: 100) { edges { node { id key name description permissions scopes } } }\n      customFields(first: 50) { edges { node { key name type choices required } } }\n    }\n  }\n"): typeof import('./graphql').ConsoleGrantableRolesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsolePlaces(\n    $workspace: ID!, $groups: Boolean!, $units: Boolean!, $sessions: Boolean!, $programs: Boolean!, $search: String\n  ) {\n    workspace(id: $workspace) {\n      groups(first: 50, filter: { search: $search }) @include(if: $groups) {\n        edges { node { id name path viewerCan } }\n      }\n      orgUnits(first: 50, filter: { search: $search }) @include(if: $units) {\n        edges { node { id name viewerCan parent { name } } }\n      }\n      sessions(first: 50, filter: { search: $search, phase: [COMING, ONGOING] }) @include(if: $sessions) {\n        edges { node { id name startsAt viewerCan program { name } } }\n      }\n      programs(first: 50, filter: { search: $search }) @include(if: $programs) {\n        edges { node { id name } }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsolePlacesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleBrowsePlaces(\n    $workspace: ID!, $groups: Boolean!, $units: Boolean!, $parent: ID, $isRoot: Boolean, $after: String, $withTotal: Boolean!\n  ) {\n    workspace(id: $workspace) {\n      groups(\n        first: 100, after: $after, filter: { parentId: $parent, isRoot: $isRoot }, orderBy: { field: NAME }\n      ) @include(if: $groups) {\n        edges { node { id name childCount viewerCan parent { id } } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n      orgUnits(\n        first: 100, after: $after, filter: { parentId: $parent, isRoot: $isRoot }, orderBy: { field: NAME }\n      ) @include(if: $units) {\n        edges { node { id name childCount viewerCan parent { id } } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleBrowsePlacesDocument;
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
export function graphql(source: "\n  query ConsolePlan($input: PlanInput!) {\n    plan(input: $input) {\n      emailCount seatsTaken seatsLeft\n      people {\n        email input status message warnings suggestedEmail member { id }\n        groups { id name } sessions { id name }\n        emails { kind at }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsolePlanDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleInvite($input: InviteUsersInput!) {\n    inviteUsers(input: $input) {\n      invitedCount\n      outcomes { input status message warnings member { id } invitation { id } }\n    }\n  }\n"): typeof import('./graphql').ConsoleInviteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCreateUser($input: CreateUserInput!) {\n    createUser(input: $input) {\n      status warnings\n      member { id user { firstName lastName username email } }\n      invitation { id }\n    }\n  }\n"): typeof import('./graphql').ConsoleCreateUserDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleIssueFirstCard($input: IssueCardInput!) {\n    issueCard(input: $input) { card { code codeUrl pin html } }\n  }\n"): typeof import('./graphql').ConsoleIssueFirstCardDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleInspectImport($input: InspectImportInput!) {\n    inspectImport(input: $input) {\n      reading { encoding headerRow sheet }\n      columns { recognized suggestedName samples column { letter header name ignored } }\n    }\n  }\n"): typeof import('./graphql').ConsoleInspectImportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCreateImport($input: CreateImportInput!) {\n    createImport(input: $input) { import { id } }\n  }\n"): typeof import('./graphql').ConsoleCreateImportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleImportTemplate($workspace: ID!, $format: SpreadsheetFormat!, $locale: String) {\n    workspace(id: $workspace) { importTemplateUrl(format: $format, locale: $locale) }\n  }\n"): typeof import('./graphql').ConsoleImportTemplateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleFirstJoinLinks($workspace: ID!) {\n    workspace(id: $workspace) {\n      joinLinks(first: 5) {\n        edges { node { id slug url title enabled whitelist requiresApproval viewerCan roles { id name } } }\n        pageInfo { hasNextPage }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleFirstJoinLinksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCreateJoinLink($input: CreateJoinLinkInput!) {\n    createJoinLink(input: $input) { joinLink { id } warnings }\n  }\n"): typeof import('./graphql').ConsoleCreateJoinLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleSwitchJoinLink($input: UpdateJoinLinkInput!) {\n    updateJoinLink(input: $input) { joinLink { id enabled } }\n  }\n"): typeof import('./graphql').ConsoleSwitchJoinLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleInto($id: ID!) {\n    node(id: $id) {\n      ... on Group { id name path }\n      ... on OrgUnit { id name parent { id name } }\n      ... on Session { id name program { id name } }\n    }\n  }\n"): typeof import('./graphql').ConsoleIntoDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment GroupRow on Group {\n    id name visibility memberCount childCount viewerCan\n    parent { id }\n  }\n"): typeof import('./graphql').GroupRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleGroups($workspace: ID!, $filter: GroupFilter!, $after: String, $withTotal: Boolean!) {\n    workspace(id: $workspace) {\n      groups(first: 100, after: $after, filter: $filter, orderBy: { field: NAME }) {\n        edges { node { ...GroupRow } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleGroupsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleFoundGroups($workspace: ID!, $search: String!) {\n    workspace(id: $workspace) {\n      groups(first: 50, filter: { search: $search }, orderBy: { field: NAME }) {\n        edges { node { id name path } }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleFoundGroupsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleGroup($id: ID!) {\n    node(id: $id) {\n      ... on Group { ...GroupRow externalId path programs { id name } }\n    }\n  }\n"): typeof import('./graphql').ConsoleGroupDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleGroupPrograms($ids: [ID!]!) {\n    nodes(ids: $ids) { ... on Group { ...GroupRow programs { id name } } }\n  }\n"): typeof import('./graphql').ConsoleGroupProgramsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleGroupInUse($workspace: ID!, $group: ID!) {\n    workspace(id: $workspace) {\n      invitations(filter: { groupId: $group, status: [PENDING] }) { totalCount }\n    }\n    node(id: $group) { ... on Group { id childCount } }\n  }\n"): typeof import('./graphql').ConsoleGroupInUseDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCreateGroup($input: CreateGroupInput!) {\n    createGroup(input: $input) { group { ...GroupRow } }\n  }\n"): typeof import('./graphql').ConsoleCreateGroupDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateGroup($input: UpdateGroupInput!) {\n    updateGroup(input: $input) { group { ...GroupRow } }\n  }\n"): typeof import('./graphql').ConsoleUpdateGroupDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleDeleteGroup($input: DeleteGroupInput!) {\n    deleteGroup(input: $input) { deletedId }\n  }\n"): typeof import('./graphql').ConsoleDeleteGroupDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleRemoveFromGroup($input: RemoveFromGroupInput!) {\n    removeFromGroup(input: $input) { group { ...GroupRow } }\n  }\n"): typeof import('./graphql').ConsoleRemoveFromGroupDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleHome($workspace: ID!, $requests: Boolean!, $joinPages: Boolean!, $usage: Boolean!, $imports: Boolean!) {\n    workspace(id: $workspace) {\n      members(filter: { status: [ACTIVE] }) { totalCount }\n      groups { totalCount }\n      sessions { totalCount }\n      running: sessions(filter: { phase: [COMING, ONGOING] }) { totalCount }\n      invitationCounts { pending active cancelled declined expired }\n      failed: invitations(filter: { status: [PENDING], deliveryStatus: [FAILED, BOUNCED] }) { totalCount }\n      asked: invitations(filter: { renewalAsked: true }) { totalCount }\n      joinRequests(filter: { status: [WAITING] }) @include(if: $requests) { totalCount }\n      joinLinks @include(if: $joinPages) { totalCount }\n      runningImports: imports(first: 1, filter: { status: [RUNNING, PAUSED] }) @include(if: $imports) {\n        totalCount\n        edges { node { id totalRows counts { done } } }\n      }\n      readyImports: imports(first: 1, filter: { status: [PREVIEWED] }) @include(if: $imports) {\n        totalCount\n        edges { node { id totalRows counts { done } } }\n      }\n      usage @include(if: $usage) { seats seatsTaken }\n    }\n  }\n"): typeof import('./graphql').ConsoleHomeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleFunnel($workspace: ID!, $all: InvitationFilter!, $failed: InvitationFilter!, $unsent: InvitationFilter!) {\n    workspace(id: $workspace) {\n      invitationCounts(filter: $all) { pending active cancelled declined expired }\n      failed: invitations(filter: $failed) { totalCount }\n      unsent: invitations(filter: $unsent) { totalCount }\n    }\n  }\n"): typeof import('./graphql').ConsoleFunnelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ImportFields on Import {\n    id status action existing source fileName totalRows processedRows emailsToSend emailAt emailsPerMinute\n    createdAt startedAt finishedAt failure viewerCan\n    counts { invite create update deactivate reactivate unchanged error done }\n    startedBy { id user { id firstName lastName email username } }\n  }\n"): typeof import('./graphql').ImportFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleImports($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      imports(filter: { search: $search }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...ImportFields } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleImportsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleImport($id: ID!) {\n    node(id: $id) {\n      ... on Import {\n        ...ImportFields\n        reading {\n          encoding delimiter headerRow sheet sheetsLeftOut hiddenRows notes\n          columns { letter header name ignored }\n        }\n        options { message expiresAt neverExpires sendEmail }\n        leftAlone(first: 100) { number reason }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleImportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleImportRows(\n    $id: ID!, $outcome: [ImportRowOutcome!], $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    node(id: $id) {\n      ... on Import {\n        rows(filter: { outcome: $outcome }, first: $first, after: $after, last: $last, before: $before) {\n          edges {\n            node {\n              number email username name outcome done\n              errors { column code message }\n              member { id }\n            }\n          }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleImportRowsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleImportLinks($id: ID!) {\n    node(id: $id) { ... on Import { reportUrl rejectedUrl } }\n  }\n"): typeof import('./graphql').ConsoleImportLinksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ConsoleImportProgress($id: ID!) {\n    importProgress(id: $id) { rowsPerSecond secondsLeft import { ...ImportFields } }\n  }\n"): typeof import('./graphql').ConsoleImportProgressDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleStartImport($input: StartImportInput!) {\n    startImport(input: $input) { import { ...ImportFields } }\n  }\n"): typeof import('./graphql').ConsoleStartImportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsolePauseImport($input: PauseImportInput!) {\n    pauseImport(input: $input) { import { ...ImportFields } }\n  }\n"): typeof import('./graphql').ConsolePauseImportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleResumeImport($input: ResumeImportInput!) {\n    resumeImport(input: $input) { import { ...ImportFields } }\n  }\n"): typeof import('./graphql').ConsoleResumeImportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCancelImport($input: CancelImportInput!) {\n    cancelImport(input: $input) { import { ...ImportFields } }\n  }\n"): typeof import('./graphql').ConsoleCancelImportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUndoImport($input: UndoImportInput!) {\n    undoImport(input: $input) { import { ...ImportFields leftAlone(first: 100) { number reason } } }\n  }\n"): typeof import('./graphql').ConsoleUndoImportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment InvitationRow on Invitation {\n    id email firstName lastName status deliveryStatus deliveryError createdAt lastSentAt sentCount\n    expiresAt acceptedAt cancelledAt declinedAt renewalAskedAt viewerCan\n    groups { id name }\n    sessions { id name }\n    roles { id name }\n    invitedBy { id user { firstName lastName email username } }\n    member { id }\n  }\n"): typeof import('./graphql').InvitationRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleInvitations(\n    $workspace: ID!, $filter: InvitationFilter, $orderBy: InvitationOrder,\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      invitations(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...InvitationRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleInvitationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleInvitationCounts($workspace: ID!, $filter: InvitationFilter, $failed: InvitationFilter, $asked: InvitationFilter) {\n    workspace(id: $workspace) {\n      invitationCounts(filter: $filter) { pending active cancelled declined expired }\n      failed: invitations(filter: $failed) { totalCount }\n      asked: invitations(filter: $asked) { totalCount }\n    }\n  }\n"): typeof import('./graphql').ConsoleInvitationCountsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleInvitation($id: ID!) {\n    node(id: $id) {\n      ... on Invitation {\n        ...InvitationRow\n        message locale link\n        grant {\n          roles { role { id name } }\n          groups { id name } orgUnit { id name } sessions { id name } programs { id name }\n          labels accessExpiresAt\n        }\n        history { id at summary actorName details { name previousValue newValue } }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleInvitationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleResend($input: ResendInvitationsInput!) {\n    resendInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }\n  }\n"): typeof import('./graphql').ConsoleResendDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleResendMatching($input: ResendPendingInvitationsInput!) {\n    resendPendingInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }\n  }\n"): typeof import('./graphql').ConsoleResendMatchingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCancelInvitations($input: CancelInvitationsInput!) {\n    cancelInvitations(input: $input) { results { id invitation { ...InvitationRow } error { message } } }\n  }\n"): typeof import('./graphql').ConsoleCancelInvitationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateInvitation($input: UpdateInvitationInput!) {\n    updateInvitation(input: $input) { invitation { ...InvitationRow } }\n  }\n"): typeof import('./graphql').ConsoleUpdateInvitationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCorrectEmail($input: CorrectInvitationEmailInput!) {\n    correctInvitationEmail(input: $input) { invitation { ...InvitationRow } }\n  }\n"): typeof import('./graphql').ConsoleCorrectEmailDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ConsoleInvitationsChanged($workspace: ID!) {\n    invitationsChanged(workspaceId: $workspace) {\n      changes { kind id invitation { ...InvitationRow } }\n    }\n  }\n"): typeof import('./graphql').ConsoleInvitationsChangedDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment JoinRequestRow on JoinRequest {\n    id email firstName lastName status waitsFor message createdAt\n    joinLink { id title slug }\n  }\n"): typeof import('./graphql').JoinRequestRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleJoinRequests(\n    $workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      joinRequests(filter: { status: [WAITING], search: $search }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...JoinRequestRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleJoinRequestsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleJoinRequestCount($workspace: ID!) {\n    workspace(id: $workspace) { joinRequests(filter: { status: [WAITING] }) { totalCount } }\n  }\n"): typeof import('./graphql').ConsoleJoinRequestCountDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleApprove($input: ApproveJoinRequestInput!) {\n    approveJoinRequest(input: $input) { joinRequest { id } }\n  }\n"): typeof import('./graphql').ConsoleApproveDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleReject($input: RejectJoinRequestInput!) {\n    rejectJoinRequest(input: $input) { joinRequest { id } }\n  }\n"): typeof import('./graphql').ConsoleRejectDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleInvitationLink($id: ID!) {\n    node(id: $id) { ... on Invitation { link } }\n  }\n"): typeof import('./graphql').ConsoleInvitationLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment JoinLinkFields on JoinLink {\n    id slug url enabled title welcomeText whitelist expiresAt maxJoins joinCount requiresApproval viewerCan\n    roles { id name }\n    groups { id name }\n  }\n"): typeof import('./graphql').JoinLinkFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleJoinLinks($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      joinLinks(filter: { search: $search }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...JoinLinkFields } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleJoinLinksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleJoinLink($id: ID!) {\n    node(id: $id) {\n      ... on JoinLink {\n        ...JoinLinkFields\n        freeMailEntries\n        grant {\n          roles { role { id name } }\n          groups { id name } sessions { id name } programs { id name } orgUnit { id name }\n          labels locale accessExpiresAt customFields\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleJoinLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleJoinLinkWaiting($workspace: ID!, $link: ID!) {\n    workspace(id: $workspace) { joinRequests(filter: { joinLinkId: $link, status: [WAITING] }) { totalCount } }\n  }\n"): typeof import('./graphql').ConsoleJoinLinkWaitingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleJoinSlug($slug: String!) { publicJoinPage(slug: $slug) { slug } }\n"): typeof import('./graphql').ConsoleJoinSlugDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleExplainJoin($link: ID!, $email: String!) {\n    explainJoin(joinLinkId: $link, email: $email) { allowed reason }\n  }\n"): typeof import('./graphql').ConsoleExplainJoinDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateJoinLink($input: UpdateJoinLinkInput!) {\n    updateJoinLink(input: $input) { joinLink { ...JoinLinkFields } warnings }\n  }\n"): typeof import('./graphql').ConsoleUpdateJoinLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleBulkPeople($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      ... on Member {\n        id\n        user { id firstName lastName email username }\n        orgUnit { id }\n        roleAssignments { id inherited role { id key name } group { id name } orgUnit { id name } session { id } }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleBulkPeopleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment BulkResult on MemberResult {\n    id\n    error { message }\n    member @include(if: $rows) { ...MemberRow }\n  }\n"): typeof import('./graphql').BulkResultFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateMembers($input: UpdateMembersInput!, $rows: Boolean!) {\n    updateMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n"): typeof import('./graphql').ConsoleUpdateMembersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleDeactivateMembers($input: DeactivateMembersInput!, $rows: Boolean!) {\n    deactivateMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n"): typeof import('./graphql').ConsoleDeactivateMembersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleReactivateMembers($input: ReactivateMembersInput!, $rows: Boolean!) {\n    reactivateMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n"): typeof import('./graphql').ConsoleReactivateMembersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleAddRoleToMembers($input: AddRoleToMembersInput!, $rows: Boolean!) {\n    addRoleToMembers(input: $input) {\n      nextAfterId\n      results { ...BulkResult member { id roleAssignments { id inherited role { id key name } group { id } orgUnit { id } session { id } } } }\n    }\n  }\n"): typeof import('./graphql').ConsoleAddRoleToMembersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleRemoveRoleFromMembers($input: RemoveRoleFromMembersInput!, $rows: Boolean!) {\n    removeRoleFromMembers(input: $input) { nextAfterId results { ...BulkResult } }\n  }\n"): typeof import('./graphql').ConsoleRemoveRoleFromMembersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleFilterChoices($workspace: ID!, $text: String) {\n    workspace(id: $workspace) {\n      roles(first: 100) { edges { node { id name } } }\n      groups(first: 50, filter: { search: $text }) { edges { node { id name } } }\n      orgUnits(first: 50, filter: { search: $text }) { edges { node { id name } } }\n    }\n  }\n"): typeof import('./graphql').ConsoleFilterChoicesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleFilterNames($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      ... on Role { id name }\n      ... on Group { id name }\n      ... on OrgUnit { id name }\n    }\n  }\n"): typeof import('./graphql').ConsoleFilterNamesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ProfileFields on Member {\n    ...MemberRow\n    externalId additionalInfo deleteOnExpiry joinedVia deactivatedAt customFields\n    consents { version givenAt }\n    user { id emailProven locale }\n    roleAssignments {\n      id inherited\n      role { id key name }\n      group { id name } orgUnit { id name } session { id name }\n    }\n    enrollments {\n      id status progress completedAt\n      session { id name startsAt endsAt program { id name } }\n    }\n  }\n"): typeof import('./graphql').ProfileFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleProfile($id: ID!) {\n    node(id: $id) { ... on Member { ...ProfileFields } }\n  }\n"): typeof import('./graphql').ConsoleProfileDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleMemberHistory($workspace: ID!, $member: ID!) {\n    workspace(id: $workspace) {\n      auditEvents(first: 50, filter: { subjectId: $member }) {\n        edges { node { id at summary actorName through details { name previousValue newValue } } }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleMemberHistoryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateMember($input: UpdateMemberInput!) {\n    updateMember(input: $input) { member { ...ProfileFields } }\n  }\n"): typeof import('./graphql').ConsoleUpdateMemberDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleIssueCard($input: IssueCardInput!) {\n    issueCard(input: $input) { card { code codeUrl pin expiresAt qrSvg html } }\n  }\n"): typeof import('./graphql').ConsoleIssueCardDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleErase($input: EraseMemberInput!) {\n    eraseMember(input: $input) { deletedId }\n  }\n"): typeof import('./graphql').ConsoleEraseDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsolePersonalData($member: ID!) { personalData(memberId: $member) }\n"): typeof import('./graphql').ConsolePersonalDataDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment MemberRow on Member {\n    id status labels joinedAt accessExpiresAt updatedAt viewerCan\n    user { id firstName lastName email emailProven username }\n    orgUnit { id name }\n    groups { id name }\n    roleAssignments { id inherited role { id key name } }\n  }\n"): typeof import('./graphql').MemberRowFragmentDoc;
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
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleAddToGroup($input: AddToGroupInput!) {\n    addToGroup(input: $input) { outcomes { status error { message } } }\n  }\n"): typeof import('./graphql').ConsoleAddToGroupDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleMembersExport($workspace: ID!, $format: SpreadsheetFormat!, $locale: String) {\n    workspace(id: $workspace) { membersExportUrl(format: $format, locale: $locale) }\n  }\n"): typeof import('./graphql').ConsoleMembersExportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleMemberChoices($workspace: ID!, $search: String) {\n    workspace(id: $workspace) {\n      members(first: 20, filter: { search: $search, status: [ACTIVE] }, orderBy: { field: NAME }) {\n        edges { node { id user { id firstName lastName email username } } }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleMemberChoicesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment PlaceMember on Member {\n    id status joinedAt viewerCan\n    user { id firstName lastName email username }\n    roleAssignments { id inherited role { id name } group { id } orgUnit { id } session { id } }\n  }\n"): typeof import('./graphql').PlaceMemberFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleGroupMembers(\n    $group: ID!, $filter: MemberFilter, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    node(id: $group) {\n      ... on Group {\n        id\n        members(\n          filter: $filter, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before\n        ) {\n          edges { node { ...PlaceMember } }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleGroupMembersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleUnitMembers(\n    $workspace: ID!, $filter: MemberFilter, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      members(\n        filter: $filter, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before\n      ) {\n        edges { node { ...PlaceMember } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleUnitMembersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment PendingRow on Invitation {\n    id email firstName lastName deliveryStatus lastSentAt createdAt expiresAt\n    roles { id name }\n  }\n"): typeof import('./graphql').PendingRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsolePending(\n    $workspace: ID!, $filter: InvitationFilter, $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      invitations(\n        filter: $filter, orderBy: { field: CREATED_AT, direction: DESC }\n        first: $first, after: $after, last: $last, before: $before\n      ) {\n        edges { node { ...PendingRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsolePendingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsolePendingCount($workspace: ID!, $filter: InvitationFilter) {\n    workspace(id: $workspace) { invitations(filter: $filter) { totalCount } }\n  }\n"): typeof import('./graphql').ConsolePendingCountDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleIssueCards($input: IssueCardsInput!) {\n    issueCards(input: $input) { results { id error { message } } sheetUrl nextAfterId }\n  }\n"): typeof import('./graphql').ConsoleIssueCardsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleProgramChoices($workspace: ID!, $search: String) {\n    workspace(id: $workspace) {\n      programs(first: 50, filter: { search: $search }, orderBy: { field: NAME }) { edges { node { id name } } }\n    }\n  }\n"): typeof import('./graphql').ConsoleProgramChoicesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ProgramRow on Program { id name groups { id name } }\n"): typeof import('./graphql').ProgramRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsolePrograms($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      programs(\n        filter: { search: $search }, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before\n      ) {\n        edges { node { ...ProgramRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleProgramsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCreateProgram($input: CreateProgramInput!) {\n    createProgram(input: $input) { program { ...ProgramRow } }\n  }\n"): typeof import('./graphql').ConsoleCreateProgramDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateProgram($input: UpdateProgramInput!) {\n    updateProgram(input: $input) { program { ...ProgramRow } }\n  }\n"): typeof import('./graphql').ConsoleUpdateProgramDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleDeleteProgram($input: DeleteProgramInput!) {\n    deleteProgram(input: $input) { deletedId }\n  }\n"): typeof import('./graphql').ConsoleDeleteProgramDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleAssignProgram($input: AssignProgramInput!) {\n    assignProgram(input: $input) { program { ...ProgramRow } }\n  }\n"): typeof import('./graphql').ConsoleAssignProgramDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUnassignProgram($input: UnassignProgramInput!) {\n    unassignProgram(input: $input) { program { ...ProgramRow } }\n  }\n"): typeof import('./graphql').ConsoleUnassignProgramDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment SessionRow on Session {\n    id name startsAt endsAt phase enrollmentCount viewerCan\n    program { id name }\n    instructors { id user { id firstName lastName email username } }\n  }\n"): typeof import('./graphql').SessionRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleSessions(\n    $workspace: ID!, $filter: SessionFilter, $orderBy: SessionOrder,\n    $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      sessions(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...SessionRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleSessionsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleSession($id: ID!) {\n    node(id: $id) { ... on Session { ...SessionRow groups { id name } } }\n  }\n"): typeof import('./graphql').ConsoleSessionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleProgramName($id: ID!) { node(id: $id) { ... on Program { id name } } }\n"): typeof import('./graphql').ConsoleProgramNameDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment EnrollmentRow on Enrollment {\n    id status progress completedAt\n    member { id viewerCan user { id firstName lastName email username } }\n  }\n"): typeof import('./graphql').EnrollmentRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleEnrollments($session: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    node(id: $session) {\n      ... on Session {\n        id\n        enrollments(first: $first, after: $after, last: $last, before: $before) {\n          edges { node { ...EnrollmentRow } }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleEnrollmentsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCreateSession($input: CreateSessionInput!) {\n    createSession(input: $input) { session { ...SessionRow } }\n  }\n"): typeof import('./graphql').ConsoleCreateSessionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateSession($input: UpdateSessionInput!) {\n    updateSession(input: $input) { session { ...SessionRow } }\n  }\n"): typeof import('./graphql').ConsoleUpdateSessionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleDeleteSession($input: DeleteSessionInput!) {\n    deleteSession(input: $input) { deletedId }\n  }\n"): typeof import('./graphql').ConsoleDeleteSessionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleSetEnrollment($input: SetEnrollmentInput!) {\n    setEnrollment(input: $input) { enrollment { ...EnrollmentRow } }\n  }\n"): typeof import('./graphql').ConsoleSetEnrollmentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleRegister($input: RegisterForSessionInput!) {\n    registerForSession(input: $input) {\n      invitedCount\n      outcomes { input status message }\n      session { ...SessionRow }\n    }\n  }\n"): typeof import('./graphql').ConsoleRegisterDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleRegisterPlan($input: PlanInput!) {\n    plan(input: $input) { emailCount seatsTaken people { input status message } }\n  }\n"): typeof import('./graphql').ConsoleRegisterPlanDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ApiKeyRow on ApiKey {\n    id name hint status permissions wholeWorkspace allowedNetworks expiresAt lastUsedAt revokedAt formerSecretEndsAt\n    groups { id name } orgUnits { id name } sessions { id name }\n  }\n"): typeof import('./graphql').ApiKeyRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleApiKeys(\n    $workspace: ID!, $status: [ApiKeyStatus!], $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    workspace(id: $workspace) {\n      apiKeys(filter: { status: $status }, first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...ApiKeyRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleApiKeysDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCreateApiKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) { apiKey { ...ApiKeyRow } secret }\n  }\n"): typeof import('./graphql').ConsoleCreateApiKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateApiKey($input: UpdateApiKeyInput!) {\n    updateApiKey(input: $input) { apiKey { ...ApiKeyRow } }\n  }\n"): typeof import('./graphql').ConsoleUpdateApiKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleRotateApiKey($input: RotateApiKeyInput!) {\n    rotateApiKey(input: $input) { apiKey { ...ApiKeyRow } secret }\n  }\n"): typeof import('./graphql').ConsoleRotateApiKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleRevokeApiKey($input: RevokeApiKeyInput!) {\n    revokeApiKey(input: $input) { apiKey { ...ApiKeyRow } }\n  }\n"): typeof import('./graphql').ConsoleRevokeApiKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ApplicationRow on Application {\n    id name confidential redirectUris postLogoutRedirectUris initiateLoginUri idTokenAlgorithm formerSecretEndsAt\n  }\n"): typeof import('./graphql').ApplicationRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleApplications($workspace: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    workspace(id: $workspace) {\n      applications(first: $first, after: $after, last: $last, before: $before) {\n        edges { node { ...ApplicationRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleApplicationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCreateApplication($input: CreateApplicationInput!) {\n    createApplication(input: $input) { application { ...ApplicationRow } clientSecret }\n  }\n"): typeof import('./graphql').ConsoleCreateApplicationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateApplication($input: UpdateApplicationInput!) {\n    updateApplication(input: $input) { application { ...ApplicationRow } }\n  }\n"): typeof import('./graphql').ConsoleUpdateApplicationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleRotateApplication($input: RotateApplicationSecretInput!) {\n    rotateApplicationSecret(input: $input) { application { ...ApplicationRow } clientSecret }\n  }\n"): typeof import('./graphql').ConsoleRotateApplicationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleDeleteApplication($input: DeleteApplicationInput!) { deleteApplication(input: $input) { deletedId } }\n"): typeof import('./graphql').ConsoleDeleteApplicationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment DeliveryRow on WebhookDelivery {\n    id type status attempts eventAt nextAttemptAt lastAttemptAt durationMs answerStatus failure\n  }\n"): typeof import('./graphql').DeliveryRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment WebhookRow on Webhook {\n    id url types enabled disabledReason failingSince formerSecretEndsAt\n    owner { id user { firstName lastName username } }\n    ownerKey { id name }\n    deliveries(first: 1) { edges { node { ...DeliveryRow } } }\n  }\n"): typeof import('./graphql').WebhookRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleWebhooks($workspace: ID!, $first: Int) {\n    workspace(id: $workspace) {\n      webhooks(first: $first) {\n        edges { node { ...WebhookRow } }\n        pageInfo { hasNextPage startCursor endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleWebhooksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleWebhook($id: ID!) { node(id: $id) { ... on Webhook { ...WebhookRow } } }\n"): typeof import('./graphql').ConsoleWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleDeliveries(\n    $webhook: ID!, $status: [WebhookDeliveryStatus!], $first: Int, $after: String, $last: Int, $before: String\n  ) {\n    node(id: $webhook) {\n      ... on Webhook {\n        deliveries(filter: { status: $status }, first: $first, after: $after, last: $last, before: $before) {\n          edges { node { ...DeliveryRow } }\n          pageInfo { hasNextPage startCursor endCursor }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleDeliveriesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleDelivery($id: ID!) {\n    node(id: $id) { ... on WebhookDelivery { ...DeliveryRow messageId request answer } }\n  }\n"): typeof import('./graphql').ConsoleDeliveryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCreateWebhook($input: CreateWebhookInput!) {\n    createWebhook(input: $input) { webhook { ...WebhookRow } secret }\n  }\n"): typeof import('./graphql').ConsoleCreateWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateWebhook($input: UpdateWebhookInput!) {\n    updateWebhook(input: $input) { webhook { ...WebhookRow } }\n  }\n"): typeof import('./graphql').ConsoleUpdateWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleDeleteWebhook($input: DeleteWebhookInput!) { deleteWebhook(input: $input) { deletedId } }\n"): typeof import('./graphql').ConsoleDeleteWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleRotateWebhook($input: RotateWebhookSecretInput!) {\n    rotateWebhookSecret(input: $input) { webhook { ...WebhookRow } secret }\n  }\n"): typeof import('./graphql').ConsoleRotateWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleTestWebhook($input: TestWebhookInput!) {\n    testWebhook(input: $input) { delivery { ...DeliveryRow } }\n  }\n"): typeof import('./graphql').ConsoleTestWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleReplayDeliveries($input: ReplayWebhookDeliveriesInput!) {\n    replayWebhookDeliveries(input: $input) { webhook { id } count }\n  }\n"): typeof import('./graphql').ConsoleReplayDeliveriesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment WorkspaceSettingsFields on Workspace {\n    id slug name logoUrl color defaultLocale timeZone supportContact homeUrl\n    settings {\n      invitationDays remindDaysBeforeExpiry remindDaysAfterSending requireGroup sessionReminderDaysBefore\n      eraseUnacceptedAfterDays allowedRedirectUrls invitationLinkTemplate joinLinkTemplate privacyUrl termsUrl\n      consentRequired consentVersion\n    }\n  }\n"): typeof import('./graphql').WorkspaceSettingsFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleWorkspaceSettings($workspace: ID!) { workspace(id: $workspace) { ...WorkspaceSettingsFields } }\n"): typeof import('./graphql').ConsoleWorkspaceSettingsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateWorkspace($input: UpdateWorkspaceInput!) {\n    updateWorkspace(input: $input) { workspace { ...WorkspaceSettingsFields } }\n  }\n"): typeof import('./graphql').ConsoleUpdateWorkspaceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment UnitRow on OrgUnit { id name childCount viewerCan parent { id } }\n"): typeof import('./graphql').UnitRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleUnits($workspace: ID!, $filter: OrgUnitFilter!, $after: String, $withTotal: Boolean!) {\n    workspace(id: $workspace) {\n      orgUnits(first: 100, after: $after, filter: $filter, orderBy: { field: NAME }) {\n        edges { node { ...UnitRow } }\n        pageInfo { hasNextPage endCursor }\n        totalCount @include(if: $withTotal)\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleUnitsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleFoundUnits($workspace: ID!, $search: String!) {\n    workspace(id: $workspace) {\n      orgUnits(first: 50, filter: { search: $search }, orderBy: { field: NAME }) {\n        edges { node { id name parent { id name } } }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleFoundUnitsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleUnit($id: ID!) { node(id: $id) { ... on OrgUnit { ...UnitRow } } }\n"): typeof import('./graphql').ConsoleUnitDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleUnitInUse($workspace: ID!, $unit: ID!) {\n    workspace(id: $workspace) { members(filter: { orgUnitId: $unit }) { totalCount } }\n    node(id: $unit) { ... on OrgUnit { id childCount } }\n  }\n"): typeof import('./graphql').ConsoleUnitInUseDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleCreateUnit($input: CreateOrgUnitInput!) {\n    createOrgUnit(input: $input) { orgUnit { ...UnitRow } }\n  }\n"): typeof import('./graphql').ConsoleCreateUnitDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleUpdateUnit($input: UpdateOrgUnitInput!) {\n    updateOrgUnit(input: $input) { orgUnit { ...UnitRow } }\n  }\n"): typeof import('./graphql').ConsoleUpdateUnitDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleDeleteUnit($input: DeleteOrgUnitInput!) {\n    deleteOrgUnit(input: $input) { deletedId }\n  }\n"): typeof import('./graphql').ConsoleDeleteUnitDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConsoleChangeUnit($input: UpdateMembersInput!) {\n    updateMembers(input: $input) { results { id error { message } } }\n  }\n"): typeof import('./graphql').ConsoleChangeUnitDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConsoleRights {\n    viewer {\n      memberships {\n        id\n        workspace { id }\n        roleAssignments { id role { id permissions } group { id } orgUnit { id } session { id } }\n      }\n    }\n  }\n"): typeof import('./graphql').ConsoleRightsDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
