// Package audit records events: who did what to whom, when, through which entry point, with what
// effect (AHD-6). An operation records its event in its own transaction. The sentence of an event
// is composed when it is read.
package audit

import (
	"context"
	"time"

	"usher/ent/auditevent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/store"
)

// Action is the kind of an event. Each has a sentence in the catalogue under "audit." and the
// action. The values are stored and never change.
type Action string

// The actions.
const (
	WorkspaceFounded    Action = "workspace.founded"
	WorkspaceArchived   Action = "workspace.archived"
	WorkspaceUnarchived Action = "workspace.unarchived"
	WorkspaceExported   Action = "workspace.exported"
	WorkspaceDeleted    Action = "workspace.deleted"
	WorkspaceRestored   Action = "workspace.restored"
	OrganizationPlanSet Action = "organization.plan_set"
	OrganizationEdited  Action = "organization.edited"
	SuppressionLifted   Action = "suppression.lifted"

	OrganizationAdministratorAdded   Action = "organization.administrator_added"
	OrganizationAdministratorRemoved Action = "organization.administrator_removed"
	OrganizationWorkspaceErased      Action = "organization.workspace_erased"

	InvitationMade       Action = "invitation.made"
	InvitationMerged     Action = "invitation.merged"
	InvitationResent     Action = "invitation.resent"
	InvitationRenewed    Action = "invitation.renewed" // without an email
	InvitationReminded   Action = "invitation.reminded"
	InvitationSent       Action = "invitation.sent"
	InvitationFailed     Action = "invitation.failed"
	InvitationBounced    Action = "invitation.bounced"
	InvitationEdited     Action = "invitation.edited"
	InvitationReaddress  Action = "invitation.readdressed"
	InvitationCancelled  Action = "invitation.cancelled"
	InvitationDeclined   Action = "invitation.declined"
	InvitationExpired    Action = "invitation.expired"
	InvitationAccepted   Action = "invitation.accepted"
	InvitationRenewalAsk Action = "invitation.renewal_asked"
	InvitationMoveAsk    Action = "invitation.move_asked"
	InvitationSettled    Action = "invitation.settled"
	MemberJoined         Action = "member.joined"
	MemberRevived        Action = "member.revived"
	MemberGranted        Action = "member.granted"
	MemberAccessEnded    Action = "member.access_ended"
	MemberAccessKept     Action = "member.access_kept"
	MemberRemoved        Action = "member.removed"
	MemberEdited         Action = "member.edited"
	MemberDeactivated    Action = "member.deactivated"
	MemberEnrolled       Action = "member.enrolled"
	MemberLeftGroup      Action = "member.left_group"
	JoinLinkMade         Action = "link.made"
	JoinLinkEdited       Action = "link.edited"
	JoinConfirmed        Action = "join.confirmed"
	JoinApproved         Action = "join.approved"
	JoinRejected         Action = "join.rejected"
	ImportMade           Action = "import.made"
	ImportStarted        Action = "import.started"
	ImportPaused         Action = "import.paused"
	ImportResumed        Action = "import.resumed"
	ImportCancelled      Action = "import.cancelled"
	ImportDone           Action = "import.done"
	ImportUndone         Action = "import.undone"
	CardIssued           Action = "card.issued"
	CardUsed             Action = "card.used"
	CardTriedOut         Action = "card.tried_out"
	GrantSkipped         Action = "grant.skipped"
	MemberWithdrawn      Action = "member.withdrawn"
	MemberCompleted      Action = "member.completed"
	MemberProgressed     Action = "member.progressed"
	ProgramMade          Action = "program.made"
	ProgramEdited        Action = "program.edited"
	ProgramRemoved       Action = "program.removed"
	ProgramAssigned      Action = "program.assigned"
	ProgramUnassigned    Action = "program.unassigned"
	SessionMade          Action = "session.made"
	SessionEdited        Action = "session.edited"
	SessionRemoved       Action = "session.removed"
	WorkspaceEdited      Action = "workspace.edited"
	GroupMade            Action = "group.made"
	GroupEdited          Action = "group.edited"
	GroupRemoved         Action = "group.removed"
	UnitMade             Action = "unit.made"
	UnitEdited           Action = "unit.edited"
	UnitRemoved          Action = "unit.removed"
	RoleMade             Action = "role.made"
	RoleEdited           Action = "role.edited"
	RoleRemoved          Action = "role.removed"
	FieldMade            Action = "field.made"
	FieldEdited          Action = "field.edited"
	FieldRemoved         Action = "field.removed"
	ApplicationMade      Action = "application.made"
	ApplicationEdited    Action = "application.edited"
	ApplicationRotated   Action = "application.secret_rotated"
	ApplicationRemoved   Action = "application.removed"
	WebhookMade          Action = "webhook.made"
	WebhookEdited        Action = "webhook.edited"
	WebhookRotated       Action = "webhook.secret_rotated"
	WebhookRemoved       Action = "webhook.removed"
	WebhookDisabled      Action = "webhook.disabled"
	InvitationErased     Action = "invitation.erased"
	JoinErased           Action = "join.erased"
	PersonErased         Action = "person.erased"
	APIKeyMade           Action = "api_key.made"
	APIKeyEdited         Action = "api_key.edited"
	APIKeyRotated        Action = "api_key.rotated"
	APIKeyRevoked        Action = "api_key.revoked"
	LookupLimited        Action = "lookup.limited"
)

// Event is one event. By is nil for the system and for anonymous callers.
type Event struct {
	WorkspaceID ident.ID
	Action      Action
	EntryPoint  string
	By          *access.Caller
	SubjectID   ident.ID
	MemberID    ident.ID // the person concerned, zero if none
	Details     []schema.Detail
}

// Record inserts events in the caller's transaction. The number of statements does not depend on
// the number of events.
func Record(ctx context.Context, tx *store.Tx, at time.Time, events ...Event) error {
	return tx.Insert(ctx, Rows(tx, at, events...))
}

// Rows returns the rows of events, for a transaction that inserts them with other rows. ent's own
// insert would take most of an import's time.
func Rows(tx *store.Tx, at time.Time, events ...Event) *store.Bulk {
	rows := &store.Bulk{Table: auditevent.Table, Columns: auditevent.Columns}
	for _, e := range events {
		row := tx.AuditEvent.Create().SetWorkspaceID(e.WorkspaceID).SetAt(at).
			SetAction(string(e.Action)).
			SetEntryPoint(e.EntryPoint).SetSubjectID(e.SubjectID).SetDetails(e.Details)
		// invitation_id repeats the subject with a foreign key: the visibility filter joins by it.
		if e.SubjectID.Kind() == ident.Invitation {
			row.SetInvitationID(e.SubjectID)
		}
		if !e.MemberID.IsZero() {
			row.SetMemberID(e.MemberID)
		}
		// An API key is the actor of its own requests, because it has no member.
		if m := e.By.In(e.WorkspaceID); m != nil && !m.MemberID.IsZero() {
			row.SetActorID(m.MemberID)
		} else if e.By != nil && !e.By.KeyID.IsZero() {
			row.SetActorKeyID(e.By.KeyID)
		}
		rows.AddMutation(row.Mutation(), ident.New(ident.AuditEvent), nil)
	}
	return rows
}
