package audit

import (
	"maps"
	"slices"

	"usher/ent"
	"usher/internal/ident"
)

// EventType is the kind of an event in the log that partners read (PAR-6). The values are part of
// the public API, and docs/events.md explains each of them.
type EventType string

// The types of events.
const (
	EventInvitationCreated          EventType = "invitation.created"
	EventInvitationUpdated          EventType = "invitation.updated"
	EventInvitationReaddressed      EventType = "invitation.readdressed"
	EventInvitationResent           EventType = "invitation.resent"
	EventInvitationRenewed          EventType = "invitation.renewed"
	EventInvitationReminded         EventType = "invitation.reminded"
	EventInvitationSent             EventType = "invitation.sent"
	EventInvitationFailed           EventType = "invitation.failed"
	EventInvitationBounced          EventType = "invitation.bounced"
	EventInvitationCancelled        EventType = "invitation.cancelled"
	EventInvitationDeclined         EventType = "invitation.declined"
	EventInvitationExpired          EventType = "invitation.expired"
	EventInvitationAccepted         EventType = "invitation.accepted"
	EventInvitationFulfilled        EventType = "invitation.fulfilled"
	EventInvitationRenewalRequested EventType = "invitation.renewal_requested"
	EventInvitationMoveRequested    EventType = "invitation.move_requested"
	EventInvitationErased           EventType = "invitation.erased"

	EventMemberJoined      EventType = "member.joined"
	EventMemberReactivated EventType = "member.reactivated"
	EventMemberGranted     EventType = "member.granted"
	EventMemberUpdated     EventType = "member.updated"
	EventMemberLeftGroup   EventType = "member.left_group"
	EventMemberDeactivated EventType = "member.deactivated"
	EventMemberAccessEnded EventType = "member.access_ended"
	EventMemberAccessKept  EventType = "member.access_kept"
	EventMemberRemoved     EventType = "member.removed"

	EventEnrollmentCreated    EventType = "enrollment.created"
	EventEnrollmentProgressed EventType = "enrollment.progressed"
	EventEnrollmentCompleted  EventType = "enrollment.completed"
	EventEnrollmentWithdrawn  EventType = "enrollment.withdrawn"

	EventJoinRequestConfirmed EventType = "join_request.confirmed"
	EventJoinRequestApproved  EventType = "join_request.approved"
	EventJoinRequestRejected  EventType = "join_request.rejected"
	EventJoinRequestErased    EventType = "join_request.erased"

	EventImportCreated   EventType = "import.created"
	EventImportStarted   EventType = "import.started"
	EventImportPaused    EventType = "import.paused"
	EventImportResumed   EventType = "import.resumed"
	EventImportCancelled EventType = "import.cancelled"
	EventImportCompleted EventType = "import.completed"
	EventImportUndone    EventType = "import.undone"

	EventAPIKeyCreated EventType = "api_key.created"
	EventAPIKeyUpdated EventType = "api_key.updated"
	EventAPIKeyRotated EventType = "api_key.rotated"
	EventAPIKeyRevoked EventType = "api_key.revoked"
)

// eventTypes is the one table of what is published: the actions of the audit log with their types.
// Two actions may have one type. An action that is not in it is read in the history only.
var eventTypes = map[Action]EventType{
	InvitationMade:       EventInvitationCreated,
	InvitationMerged:     EventInvitationUpdated,
	InvitationEdited:     EventInvitationUpdated,
	InvitationReaddress:  EventInvitationReaddressed,
	InvitationResent:     EventInvitationResent,
	InvitationRenewed:    EventInvitationRenewed,
	InvitationReminded:   EventInvitationReminded,
	InvitationSent:       EventInvitationSent,
	InvitationFailed:     EventInvitationFailed,
	InvitationBounced:    EventInvitationBounced,
	InvitationCancelled:  EventInvitationCancelled,
	InvitationDeclined:   EventInvitationDeclined,
	InvitationExpired:    EventInvitationExpired,
	InvitationAccepted:   EventInvitationAccepted,
	InvitationSettled:    EventInvitationFulfilled,
	InvitationRenewalAsk: EventInvitationRenewalRequested,
	InvitationMoveAsk:    EventInvitationMoveRequested,
	InvitationErased:     EventInvitationErased,

	MemberJoined:      EventMemberJoined,
	MemberRevived:     EventMemberReactivated,
	MemberGranted:     EventMemberGranted,
	MemberEdited:      EventMemberUpdated,
	MemberLeftGroup:   EventMemberLeftGroup,
	MemberDeactivated: EventMemberDeactivated,
	MemberAccessEnded: EventMemberAccessEnded,
	MemberAccessKept:  EventMemberAccessKept,
	MemberRemoved:     EventMemberRemoved,

	MemberEnrolled:   EventEnrollmentCreated,
	MemberProgressed: EventEnrollmentProgressed,
	MemberCompleted:  EventEnrollmentCompleted,
	MemberWithdrawn:  EventEnrollmentWithdrawn,

	JoinConfirmed: EventJoinRequestConfirmed,
	JoinApproved:  EventJoinRequestApproved,
	JoinRejected:  EventJoinRequestRejected,
	JoinErased:    EventJoinRequestErased,

	ImportMade:      EventImportCreated,
	ImportStarted:   EventImportStarted,
	ImportPaused:    EventImportPaused,
	ImportResumed:   EventImportResumed,
	ImportCancelled: EventImportCancelled,
	ImportDone:      EventImportCompleted,
	ImportUndone:    EventImportUndone,

	APIKeyMade:    EventAPIKeyCreated,
	APIKeyEdited:  EventAPIKeyUpdated,
	APIKeyRotated: EventAPIKeyRotated,
	APIKeyRevoked: EventAPIKeyRevoked,
}

// EventTypes returns all types, sorted.
func EventTypes() []EventType {
	return slices.Compact(slices.Sorted(maps.Values(eventTypes)))
}

// TypeOf returns the public type of an audit event; "" if it is not published.
func TypeOf(e *ent.AuditEvent) EventType { return eventTypes[Action(e.Action)] }

// SubjectOf returns the id of the object that a published event is about. The events of a member
// may be stored with the invitation, the import or the group that they came through. Those of an
// enrollment are about the session; their member is the event's member.
func SubjectOf(e *ent.AuditEvent) ident.ID {
	if e.MemberID == nil {
		return e.SubjectID
	}
	switch Action(e.Action) {
	case MemberJoined, MemberRevived, MemberGranted, MemberEdited, MemberLeftGroup,
		MemberDeactivated, MemberAccessEnded, MemberAccessKept, MemberRemoved:
		return *e.MemberID
	}
	return e.SubjectID
}

// subjectKinds are the kinds of the objects that published events are about, in the words of the API.
var subjectKinds = map[ident.Kind]string{
	ident.Invitation: "INVITATION", ident.Member: "MEMBER", ident.JoinRequest: "JOIN_REQUEST",
	ident.Import: "IMPORT", ident.Session: "SESSION", ident.APIKey: "API_KEY",
}

// SubjectKind returns the kind of the object that a published event is about, in the word of the API.
func SubjectKind(subject ident.ID) string { return subjectKinds[subject.Kind()] }
