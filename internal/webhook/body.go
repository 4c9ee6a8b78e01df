package webhook

import (
	"encoding/json"
	"strings"
	"time"

	"usher/ent"
	"usher/internal/audit"
	"usher/internal/ident"
)

// eventBody is the body of a delivery, in the form that Standard Webhooks recommends. Its fields are
// part of the public API.
type eventBody struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      eventData `json:"data"`
}

// eventData is an event as the API shows it. It holds ids and no object: the receiver reads an object
// by the API, with its own rights, as it is then.
type eventData struct {
	ID          ident.ID      `json:"id"`
	WorkspaceID ident.ID      `json:"workspaceId"`
	ActorID     *ident.ID     `json:"actorId"`
	EntryPoint  *string       `json:"entryPoint"`
	SubjectKind *string       `json:"subjectKind"`
	SubjectID   *ident.ID     `json:"subjectId"`
	MemberID    *ident.ID     `json:"memberId"`
	Changes     []eventChange `json:"changes"`
}

// eventChange is a value that changed.
type eventChange struct {
	Name          string  `json:"name"`
	PreviousValue *string `json:"previousValue"`
	NewValue      *string `json:"newValue"`
}

// Body returns the body of a delivery. event is nil for a test. The same event has the same body at
// each attempt, until a person is erased: then the changes of their events are empty.
func Body(d *ent.WebhookDelivery, event *ent.AuditEvent) ([]byte, error) {
	body := eventBody{Type: d.Type, Timestamp: d.EventAt.UTC(),
		Data: eventData{ID: d.ID, WorkspaceID: d.WorkspaceID, Changes: []eventChange{}}}
	if event != nil {
		body.Data = describeEvent(event)
	}
	return json.Marshal(body)
}

// describeEvent returns the data of an event.
func describeEvent(event *ent.AuditEvent) eventData {
	subject := audit.SubjectOf(event)
	kind := audit.SubjectKind(subject)
	data := eventData{ID: event.ID, WorkspaceID: event.WorkspaceID, SubjectKind: &kind,
		SubjectID: &subject, MemberID: event.MemberID, ActorID: event.ActorID,
		Changes: []eventChange{}}
	if data.ActorID == nil {
		data.ActorID = event.ActorKeyID
	}
	if event.EntryPoint != "" {
		data.EntryPoint = new(strings.ToUpper(event.EntryPoint))
	}
	for _, d := range event.Details {
		data.Changes = append(data.Changes, eventChange{d.Name, textOrNil(d.Before),
			textOrNil(d.After)})
	}
	return data
}

func textOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// MessageID returns the webhook-id of a delivery: the id of its event, so that a receiver recognizes
// an event that comes again. A test has no event.
func MessageID(d *ent.WebhookDelivery) ident.ID {
	if d.EventID == nil {
		return d.ID
	}
	return *d.EventID
}

// sequenceOf returns the object whose events are sent one after the other. The events of an
// enrollment follow those of its member: otherwise one person would hold up a whole session.
func sequenceOf(event *ent.AuditEvent) ident.ID {
	subject := audit.SubjectOf(event)
	if subject.Kind() == ident.Session && event.MemberID != nil {
		return *event.MemberID
	}
	return subject
}
