package lifecycle

import (
	"cmp"
	"context"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/customfield"
	"usher/ent/enrollment"
	"usher/ent/group"
	"usher/ent/importbatch"
	"usher/ent/invitation"
	"usher/ent/joinlink"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/ent/orgunit"
	"usher/ent/program"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/session"
	"usher/ent/workspace"
	"usher/internal/ident"
)

// exportTables are the tables of an export, in the order of their files. Every query runs in the
// scope of the workspace.
var exportTables = []exportTable{
	workspaceTable, memberTable, roleTable, roleAssignmentTable, groupTable, orgUnitTable,
	programTable, sessionTable, enrollmentTable, invitationTable, joinLinkTable, joinRequestTable,
	customFieldTable, importTable, auditTable,
}

var workspaceTable = rowTable[ent.Workspace]{
	name: "workspace",
	id:   func(r *ent.Workspace) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.Workspace, error) {
		return db.Workspace.Query().Where(workspace.IDGT(after)).WithOrganization().All(ctx)
	},
	columns: []column[ent.Workspace]{
		{"id", func(r *ent.Workspace) any { return r.ID }},
		{"organization", func(r *ent.Workspace) any { return r.Edges.Organization.Name }},
		{"slug", func(r *ent.Workspace) any { return r.Slug }},
		{"name", func(r *ent.Workspace) any { return r.Name }},
		{"logoUrl", func(r *ent.Workspace) any { return r.LogoURL }},
		{"color", func(r *ent.Workspace) any { return r.Color }},
		{"defaultLocale", func(r *ent.Workspace) any { return r.DefaultLocale }},
		{"timeZone", func(r *ent.Workspace) any { return r.TimeZone }},
		{"supportContact", func(r *ent.Workspace) any { return r.SupportContact }},
		{"settings", func(r *ent.Workspace) any { return r.Settings }},
		{"createdAt", func(r *ent.Workspace) any { return r.CreatedAt }},
		{"archivedAt", func(r *ent.Workspace) any { return r.ArchivedAt }},
	},
}

var memberTable = rowTable[ent.Member]{
	name: "members",
	id:   func(r *ent.Member) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.Member, error) {
		return db.Member.Query().Where(member.IDGT(after)).Order(ent.Asc(member.FieldID)).
			Limit(exportPageSize).WithUser().All(ctx)
	},
	columns: []column[ent.Member]{
		{"id", func(r *ent.Member) any { return r.ID }},
		{"externalId", func(r *ent.Member) any { return r.ExternalID }},
		{"userId", func(r *ent.Member) any { return r.UserID }},
		{"email", func(r *ent.Member) any { return r.Edges.User.Email }},
		{"username", func(r *ent.Member) any { return r.Edges.User.Username }},
		{"firstName", func(r *ent.Member) any { return r.Edges.User.FirstName }},
		{"lastName", func(r *ent.Member) any { return r.Edges.User.LastName }},
		{"locale", func(r *ent.Member) any { return r.Edges.User.Locale }},
		{"status", func(r *ent.Member) any { return r.Status }},
		{"orgUnitId", func(r *ent.Member) any { return r.OrgUnitID }},
		{"labels", func(r *ent.Member) any { return r.Labels }},
		{"additionalInfo", func(r *ent.Member) any { return r.AdditionalInfo }},
		{"customFields", func(r *ent.Member) any { return r.CustomFields }},
		{"consents", func(r *ent.Member) any { return r.Consents }},
		{"joinedAt", func(r *ent.Member) any { return r.JoinedAt }},
		{"joinedVia", func(r *ent.Member) any { return r.JoinedVia }},
		{"accessExpiresAt", func(r *ent.Member) any { return r.AccessExpiresAt }},
		{"deleteOnExpiry", func(r *ent.Member) any { return r.DeleteOnExpiry }},
		{"deactivatedAt", func(r *ent.Member) any { return r.DeactivatedAt }},
	},
}

var roleTable = rowTable[ent.Role]{
	name: "roles",
	id:   func(r *ent.Role) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.Role, error) {
		return db.Role.Query().Where(role.IDGT(after)).Order(ent.Asc(role.FieldID)).
			Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.Role]{
		{"id", func(r *ent.Role) any { return r.ID }},
		{"key", func(r *ent.Role) any { return r.Key }},
		{"name", func(r *ent.Role) any { return r.Name }},
		{"permissions", func(r *ent.Role) any { return r.Permissions }},
		{"builtIn", func(r *ent.Role) any { return r.BuiltIn }},
	},
}

var roleAssignmentTable = rowTable[ent.RoleAssignment]{
	name: "role-assignments",
	id:   func(r *ent.RoleAssignment) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.RoleAssignment,
		error) {
		return db.RoleAssignment.Query().Where(roleassignment.IDGT(after)).
			Order(ent.Asc(roleassignment.FieldID)).Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.RoleAssignment]{
		{"id", func(r *ent.RoleAssignment) any { return r.ID }},
		{"memberId", func(r *ent.RoleAssignment) any { return r.MemberID }},
		{"roleId", func(r *ent.RoleAssignment) any { return r.RoleID }},
		{"groupId", func(r *ent.RoleAssignment) any { return r.GroupID }},
		{"orgUnitId", func(r *ent.RoleAssignment) any { return r.OrgUnitID }},
		{"sessionId", func(r *ent.RoleAssignment) any { return r.SessionID }},
		{"inherited", func(r *ent.RoleAssignment) any { return r.Inherited }},
		{"createdAt", func(r *ent.RoleAssignment) any { return r.CreatedAt }},
	},
}

var groupTable = rowTable[ent.Group]{
	name: "groups",
	id:   func(r *ent.Group) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.Group, error) {
		return db.Group.Query().Where(group.IDGT(after)).Order(ent.Asc(group.FieldID)).
			Limit(exportPageSize).WithPrograms().All(ctx)
	},
	columns: []column[ent.Group]{
		{"id", func(r *ent.Group) any { return r.ID }},
		{"externalId", func(r *ent.Group) any { return r.ExternalID }},
		{"name", func(r *ent.Group) any { return r.Name }},
		{"visibility", func(r *ent.Group) any { return r.Visibility }},
		{"parentId", func(r *ent.Group) any { return r.ParentID }},
		{"programIds", func(r *ent.Group) any {
			ids := make([]string, len(r.Edges.Programs))
			for i, p := range r.Edges.Programs {
				ids[i] = p.ID.String()
			}
			return ids
		}},
		{"createdAt", func(r *ent.Group) any { return r.CreatedAt }},
	},
}

var orgUnitTable = rowTable[ent.OrgUnit]{
	name: "org-units",
	id:   func(r *ent.OrgUnit) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.OrgUnit, error) {
		return db.OrgUnit.Query().Where(orgunit.IDGT(after)).Order(ent.Asc(orgunit.FieldID)).
			Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.OrgUnit]{
		{"id", func(r *ent.OrgUnit) any { return r.ID }},
		{"externalId", func(r *ent.OrgUnit) any { return r.ExternalID }},
		{"name", func(r *ent.OrgUnit) any { return r.Name }},
		{"parentId", func(r *ent.OrgUnit) any { return r.ParentID }},
		{"createdAt", func(r *ent.OrgUnit) any { return r.CreatedAt }},
	},
}

var programTable = rowTable[ent.Program]{
	name: "programs",
	id:   func(r *ent.Program) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.Program, error) {
		return db.Program.Query().Where(program.IDGT(after)).Order(ent.Asc(program.FieldID)).
			Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.Program]{
		{"id", func(r *ent.Program) any { return r.ID }},
		{"externalId", func(r *ent.Program) any { return r.ExternalID }},
		{"name", func(r *ent.Program) any { return r.Name }},
		{"createdAt", func(r *ent.Program) any { return r.CreatedAt }},
	},
}

var sessionTable = rowTable[ent.Session]{
	name: "sessions",
	id:   func(r *ent.Session) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.Session, error) {
		return db.Session.Query().Where(session.IDGT(after)).Order(ent.Asc(session.FieldID)).
			Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.Session]{
		{"id", func(r *ent.Session) any { return r.ID }},
		{"externalId", func(r *ent.Session) any { return r.ExternalID }},
		{"programId", func(r *ent.Session) any { return r.ProgramID }},
		{"name", func(r *ent.Session) any { return r.Name }},
		{"startsAt", func(r *ent.Session) any { return r.StartsAt }},
		{"endsAt", func(r *ent.Session) any { return r.EndsAt }},
		{"createdAt", func(r *ent.Session) any { return r.CreatedAt }},
	},
}

var enrollmentTable = rowTable[ent.Enrollment]{
	name: "enrollments",
	id:   func(r *ent.Enrollment) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.Enrollment, error) {
		return db.Enrollment.Query().Where(enrollment.IDGT(after)).
			Order(ent.Asc(enrollment.FieldID)).Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.Enrollment]{
		{"id", func(r *ent.Enrollment) any { return r.ID }},
		{"memberId", func(r *ent.Enrollment) any { return r.MemberID }},
		{"sessionId", func(r *ent.Enrollment) any { return r.SessionID }},
		{"status", func(r *ent.Enrollment) any { return r.Status }},
		{"progress", func(r *ent.Enrollment) any { return r.Progress }},
		{"completedAt", func(r *ent.Enrollment) any { return r.CompletedAt }},
		{"createdAt", func(r *ent.Enrollment) any { return r.CreatedAt }},
	},
}

var invitationTable = rowTable[ent.Invitation]{
	name: "invitations",
	id:   func(r *ent.Invitation) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.Invitation, error) {
		return db.Invitation.Query().Where(invitation.IDGT(after)).
			Order(ent.Asc(invitation.FieldID)).Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.Invitation]{
		{"id", func(r *ent.Invitation) any { return r.ID }},
		{"email", func(r *ent.Invitation) any { return r.Email }},
		{"firstName", func(r *ent.Invitation) any { return r.FirstName }},
		{"lastName", func(r *ent.Invitation) any { return r.LastName }},
		{"status", func(r *ent.Invitation) any { return r.Status }},
		{"deliveryStatus", func(r *ent.Invitation) any { return r.DeliveryStatus }},
		{"deliveryError", func(r *ent.Invitation) any { return r.DeliveryError }},
		{"grant", func(r *ent.Invitation) any { return r.Grant }},
		{"message", func(r *ent.Invitation) any { return r.Message }},
		{"locale", func(r *ent.Invitation) any { return r.Locale }},
		{"invitedById", func(r *ent.Invitation) any { return r.InvitedByID }},
		{"memberId", func(r *ent.Invitation) any { return r.MemberID }},
		{"importId", func(r *ent.Invitation) any { return r.ImportID }},
		{"createdAt", func(r *ent.Invitation) any { return r.CreatedAt }},
		{"expiresAt", func(r *ent.Invitation) any { return r.ExpiresAt }},
		{"acceptedAt", func(r *ent.Invitation) any { return r.AcceptedAt }},
		{"cancelledAt", func(r *ent.Invitation) any { return r.CancelledAt }},
		{"declinedAt", func(r *ent.Invitation) any { return r.DeclinedAt }},
	},
}

var joinLinkTable = rowTable[ent.JoinLink]{
	name: "join-links",
	id:   func(r *ent.JoinLink) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.JoinLink, error) {
		return db.JoinLink.Query().Where(joinlink.IDGT(after)).Order(ent.Asc(joinlink.FieldID)).
			Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.JoinLink]{
		{"id", func(r *ent.JoinLink) any { return r.ID }},
		{"slug", func(r *ent.JoinLink) any { return r.Slug }},
		{"enabled", func(r *ent.JoinLink) any { return r.Enabled }},
		{"title", func(r *ent.JoinLink) any { return r.Title }},
		{"welcomeText", func(r *ent.JoinLink) any { return r.WelcomeText }},
		{"whitelist", func(r *ent.JoinLink) any { return r.Whitelist }},
		{"grant", func(r *ent.JoinLink) any { return r.Grant }},
		{"expiresAt", func(r *ent.JoinLink) any { return r.ExpiresAt }},
		{"maxJoins", func(r *ent.JoinLink) any { return r.MaxJoins }},
		{"joinCount", func(r *ent.JoinLink) any { return r.JoinCount }},
		{"requiresApproval", func(r *ent.JoinLink) any { return r.RequiresApproval }},
		{"createdAt", func(r *ent.JoinLink) any { return r.CreatedAt }},
	},
}

var joinRequestTable = rowTable[ent.JoinRequest]{
	name: "join-requests",
	id:   func(r *ent.JoinRequest) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.JoinRequest, error) {
		return db.JoinRequest.Query().Where(joinrequest.IDGT(after)).
			Order(ent.Asc(joinrequest.FieldID)).Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.JoinRequest]{
		{"id", func(r *ent.JoinRequest) any { return r.ID }},
		{"joinLinkId", func(r *ent.JoinRequest) any { return r.JoinLinkID }},
		{"email", func(r *ent.JoinRequest) any { return r.Email }},
		{"firstName", func(r *ent.JoinRequest) any { return r.FirstName }},
		{"lastName", func(r *ent.JoinRequest) any { return r.LastName }},
		{"status", func(r *ent.JoinRequest) any { return r.Status }},
		{"customFields", func(r *ent.JoinRequest) any { return r.CustomFields }},
		{"consents", func(r *ent.JoinRequest) any { return r.Consents }},
		{"memberId", func(r *ent.JoinRequest) any { return r.MemberID }},
		{"createdAt", func(r *ent.JoinRequest) any { return r.CreatedAt }},
		{"confirmedAt", func(r *ent.JoinRequest) any { return r.ConfirmedAt }},
		{"decidedAt", func(r *ent.JoinRequest) any { return r.DecidedAt }},
	},
}

var customFieldTable = rowTable[ent.CustomField]{
	name: "custom-fields",
	id:   func(r *ent.CustomField) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.CustomField, error) {
		return db.CustomField.Query().Where(customfield.IDGT(after)).
			Order(ent.Asc(customfield.FieldID)).Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.CustomField]{
		{"id", func(r *ent.CustomField) any { return r.ID }},
		{"key", func(r *ent.CustomField) any { return r.Key }},
		{"name", func(r *ent.CustomField) any { return r.Name }},
		{"type", func(r *ent.CustomField) any { return r.Type }},
		{"choices", func(r *ent.CustomField) any { return r.Choices }},
		{"required", func(r *ent.CustomField) any { return r.Required }},
		{"position", func(r *ent.CustomField) any { return r.Position }},
	},
}

var importTable = rowTable[ent.ImportBatch]{
	name: "imports",
	id:   func(r *ent.ImportBatch) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.ImportBatch, error) {
		return db.ImportBatch.Query().Where(importbatch.IDGT(after)).
			Order(ent.Asc(importbatch.FieldID)).Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.ImportBatch]{
		{"id", func(r *ent.ImportBatch) any { return r.ID }},
		{"status", func(r *ent.ImportBatch) any { return r.Status }},
		{"action", func(r *ent.ImportBatch) any { return r.Action }},
		{"source", func(r *ent.ImportBatch) any { return r.Source }},
		{"fileName", func(r *ent.ImportBatch) any { return r.FileName }},
		{"totalRows", func(r *ent.ImportBatch) any { return r.TotalRows }},
		{"processedRows", func(r *ent.ImportBatch) any { return r.ProcessedRows }},
		{"errorCount", func(r *ent.ImportBatch) any { return r.ErrorCount }},
		{"startedById", func(r *ent.ImportBatch) any { return r.StartedByID }},
		{"createdAt", func(r *ent.ImportBatch) any { return r.CreatedAt }},
		{"finishedAt", func(r *ent.ImportBatch) any { return r.FinishedAt }},
	},
}

var auditTable = rowTable[ent.AuditEvent]{
	name: "audit-events",
	id:   func(r *ent.AuditEvent) ident.ID { return r.ID },
	page: func(ctx context.Context, db *ent.Client, after ident.ID) ([]*ent.AuditEvent, error) {
		return db.AuditEvent.Query().Where(auditevent.IDGT(after)).
			Order(ent.Asc(auditevent.FieldID)).Limit(exportPageSize).All(ctx)
	},
	columns: []column[ent.AuditEvent]{
		{"id", func(r *ent.AuditEvent) any { return r.ID }},
		{"at", func(r *ent.AuditEvent) any { return r.At }},
		{"action", func(r *ent.AuditEvent) any { return r.Action }},
		{"entryPoint", func(r *ent.AuditEvent) any { return r.EntryPoint }},
		{"actorId", func(r *ent.AuditEvent) any { return cmp.Or(r.ActorID, r.ActorKeyID) }},
		{"subjectId", func(r *ent.AuditEvent) any { return r.SubjectID }},
		{"memberId", func(r *ent.AuditEvent) any { return r.MemberID }},
		{"details", func(r *ent.AuditEvent) any { return r.Details }},
	},
}
