package graph

import (
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/customfield"
	"usher/ent/enrollment"
	"usher/ent/group"
	"usher/ent/importbatch"
	"usher/ent/joinlink"
	"usher/ent/member"
	"usher/ent/orgunit"
	"usher/ent/predicate"
	"usher/ent/program"
	"usher/ent/role"
	"usher/ent/session"
	"usher/ent/suppression"
	"usher/ent/webhookdelivery"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/apikey"
	"usher/internal/ident"
	"usher/internal/visibility"
)

// Each of these functions returns the condition of a filter. All fields of a filter must match, and
// a filter that is absent selects all rows. A filter by a hidden object selects what one by a
// missing object selects.

// toSearchText returns what a name must contain; false if the search is absent or empty.
func toSearchText(search *string) (string, bool) {
	if search == nil {
		return "", false
	}
	text := strings.TrimSpace(*search)
	return text, text != ""
}

// toPredicate returns the conditions of a filter of groups, all of which must hold. The search by
// name is not among them: see searchGroups.
func (f *GroupFilter) toPredicate(by *access.Caller) predicate.Group {
	if f == nil {
		return allOf[predicate.Group](nil)
	}
	var all []predicate.Group
	if f.ExternalID != nil {
		all = append(all, group.ExternalIDIn(f.ExternalID...))
	}
	if f.ParentID != nil {
		all = append(all, group.ParentID(*f.ParentID),
			// Security: without it, a list that is not empty would tell that a hidden parent
			// exists.
			visibility.NamedRow(by, ent.TypeGroup, group.Table, *f.ParentID))
	}
	if f.IsRoot != nil {
		all = append(all, isRoot[predicate.Group](by, ent.TypeGroup, group.Table, *f.IsRoot))
	}
	if f.Visibility != nil {
		all = append(all, group.VisibilityIn(f.Visibility...))
	}
	if f.UpdatedAfter != nil {
		all = append(all, group.UpdatedAtGTE(f.UpdatedAfter.UTC()))
	}
	return allOf(all)
}

// isRoot returns the condition that a row of a tree has no parent that the caller sees, or that it
// has one.
func isRoot[P ~func(*sql.Selector)](by *access.Caller, kind, table string, wanted bool) P {
	root := visibility.RootRow(by, kind, table)
	if wanted {
		return root
	}
	return func(s *sql.Selector) { sql.NotPredicates(root)(s) }
}

// toPredicate returns the conditions of a filter of org units, all of which must hold. As for
// groups, a hidden parent selects nothing.
func (f *OrgUnitFilter) toPredicate(by *access.Caller) predicate.OrgUnit {
	if f == nil {
		return allOf[predicate.OrgUnit](nil)
	}
	var all []predicate.OrgUnit
	if f.ExternalID != nil {
		all = append(all, orgunit.ExternalIDIn(f.ExternalID...))
	}
	if f.ParentID != nil {
		all = append(all, orgunit.ParentID(*f.ParentID),
			visibility.NamedRow(by, ent.TypeOrgUnit, orgunit.Table, *f.ParentID))
	}
	if f.IsRoot != nil {
		all = append(all, isRoot[predicate.OrgUnit](by, ent.TypeOrgUnit, orgunit.Table, *f.IsRoot))
	}
	if f.UpdatedAfter != nil {
		all = append(all, orgunit.UpdatedAtGTE(f.UpdatedAfter.UTC()))
	}
	return allOf(all)
}

// toPredicate returns the conditions of a filter of roles, all of which must hold.
func (f *RoleFilter) toPredicate() predicate.Role {
	if f == nil {
		return allOf[predicate.Role](nil)
	}
	var all []predicate.Role
	if f.BuiltIn != nil {
		all = append(all, role.BuiltIn(*f.BuiltIn))
	}
	return allOf(all)
}

// toPredicate returns the conditions of a filter of programs, all of which must hold. A hidden
// group selects nothing.
func (f *ProgramFilter) toPredicate(by *access.Caller) predicate.Program {
	if f == nil {
		return allOf[predicate.Program](nil)
	}
	var all []predicate.Program
	if f.ExternalID != nil {
		all = append(all, program.ExternalIDIn(f.ExternalID...))
	}
	if f.GroupID != nil {
		all = append(all, program.HasGroupsWith(group.ID(*f.GroupID)),
			visibility.NamedRow(by, ent.TypeGroup, group.Table, *f.GroupID))
	}
	if f.UpdatedAfter != nil {
		all = append(all, program.UpdatedAtGTE(f.UpdatedAfter.UTC()))
	}
	return allOf(all)
}

// toPredicate returns the conditions of a filter of sessions, all of which must hold. The phases
// are those at now, the time of the request.
func (f *SessionFilter) toPredicate(now time.Time) predicate.Session {
	if f == nil {
		return allOf[predicate.Session](nil)
	}
	var all []predicate.Session
	if f.ExternalID != nil {
		all = append(all, session.ExternalIDIn(f.ExternalID...))
	}
	if f.ProgramID != nil {
		all = append(all, session.ProgramID(*f.ProgramID))
	}
	if f.Phase != nil {
		all = append(all, isInPhase(now, f.Phase))
	}
	if f.StartsAfter != nil {
		all = append(all, session.StartsAtGTE(f.StartsAfter.UTC()))
	}
	if f.StartsBefore != nil {
		all = append(all, ent.SessionColumnStartsAt.Before(*f.StartsBefore))
	}
	if f.UpdatedAfter != nil {
		all = append(all, session.UpdatedAtGTE(f.UpdatedAfter.UTC()))
	}
	return allOf(all)
}

// isInPhase returns the condition that a session is in one of some phases at a moment.
func isInPhase(now time.Time, phases []SessionPhase) predicate.Session {
	if len(phases) == 0 {
		return func(s *sql.Selector) { s.Where(sql.False()) }
	}
	any := make([]predicate.Session, len(phases))
	for i, phase := range phases {
		any[i] = phase.toPredicate(now)
	}
	return session.Or(any...)
}

// toPredicate returns the conditions of a filter of enrollments, all of which must hold.
func (f *EnrollmentFilter) toPredicate() predicate.Enrollment {
	if f == nil {
		return allOf[predicate.Enrollment](nil)
	}
	var all []predicate.Enrollment
	if f.SessionID != nil {
		all = append(all, enrollment.SessionID(*f.SessionID))
	}
	if f.MemberID != nil {
		all = append(all, enrollment.MemberID(*f.MemberID))
	}
	if f.Status != nil {
		all = append(all, enrollment.StatusIn(f.Status...))
	}
	if f.UpdatedAfter != nil {
		all = append(all, enrollment.UpdatedAtGTE(f.UpdatedAfter.UTC()))
	}
	return allOf(all)
}

// toPredicate returns the conditions of a filter of custom fields, all of which must hold.
func (f *CustomFieldFilter) toPredicate() predicate.CustomField {
	if f == nil {
		return allOf[predicate.CustomField](nil)
	}
	var all []predicate.CustomField
	if f.Type != nil {
		all = append(all, customfield.TypeIn(f.Type...))
	}
	return allOf(all)
}

// toPredicate returns the conditions of a filter of audit events, all of which must hold. A subject
// selects what was done to it; the id of a member also selects the events that concern the member.
func (f *AuditEventFilter) toPredicate(by *access.Caller) predicate.AuditEvent {
	if f == nil {
		return allOf[predicate.AuditEvent](nil)
	}
	var all []predicate.AuditEvent
	if f.SubjectID != nil {
		all = append(all, auditevent.Or(auditevent.SubjectID(*f.SubjectID),
			auditevent.MemberID(*f.SubjectID)))
	}
	switch {
	case f.ActorID == nil:
	case f.ActorID.Kind() == ident.APIKey:
		// Every reader of an event may read which key caused it.
		all = append(all, auditevent.ActorKeyID(*f.ActorID))
	default:
		all = append(all, auditevent.ActorID(*f.ActorID),
			visibility.NamedRow(by, ent.TypeMember, member.Table, *f.ActorID))
	}
	return allOf(all)
}

// toPredicate returns the conditions of a filter of join links, all of which must hold. A link
// without an expiry is never selected by expiresBefore.
func (f *JoinLinkFilter) toPredicate() predicate.JoinLink {
	if f == nil {
		return allOf[predicate.JoinLink](nil)
	}
	var all []predicate.JoinLink
	if f.Enabled != nil {
		all = append(all, joinlink.Enabled(*f.Enabled))
	}
	if f.ExpiresBefore != nil {
		all = append(all, ent.JoinLinkColumnExpiresAt.Before(*f.ExpiresBefore))
	}
	if f.UpdatedAfter != nil {
		all = append(all, joinlink.UpdatedAtGTE(f.UpdatedAfter.UTC()))
	}
	return allOf(all)
}

// toPredicate returns the conditions of a filter of API keys at a moment, all of which must hold.
func (f *APIKeyFilter) toPredicate(now time.Time) predicate.APIKey {
	if f == nil || len(f.Status) == 0 {
		return allOf[predicate.APIKey](nil)
	}
	return apikey.InStatus(now, f.Status...)
}

// toPredicate returns the conditions of a filter of deliveries.
func (f *WebhookDeliveryFilter) toPredicate() predicate.WebhookDelivery {
	if f == nil || len(f.Status) == 0 {
		return allOf[predicate.WebhookDelivery](nil)
	}
	return webhookdelivery.StatusIn(f.Status...)
}

// toPredicate returns the conditions of a filter of imports, all of which must hold. A search
// compares parts of the file name, without regard to case.
func (f *ImportFilter) toPredicate(by *access.Caller) predicate.ImportBatch {
	if f == nil {
		return allOf[predicate.ImportBatch](nil)
	}
	var all []predicate.ImportBatch
	if f.Status != nil {
		all = append(all, importbatch.StatusIn(f.Status...))
	}
	if text, ok := toSearchText(f.Search); ok {
		all = append(all, importbatch.FileNameContainsFold(text))
	}
	if f.StartedByID != nil {
		all = append(all, importbatch.StartedByID(*f.StartedByID),
			visibility.NamedRow(by, ent.TypeMember, member.Table, *f.StartedByID))
	}
	if f.UpdatedAfter != nil {
		all = append(all, importbatch.UpdatedAtGTE(f.UpdatedAfter.UTC()))
	}
	return allOf(all)
}

// toPredicate returns the conditions of a filter of suppressed addresses, all of which must hold.
func (f *SuppressionFilter) toPredicate() predicate.Suppression {
	if f == nil || f.Email == nil {
		return allOf[predicate.Suppression](nil)
	}
	return hasEmail[predicate.Suppression](suppression.FieldEmailKey, *f.Email)
}

// toPredicate returns the condition of a search of workspaces: a part of the name or of the slug.
func (f *WorkspaceFilter) toPredicate() predicate.Workspace {
	if f == nil {
		return allOf[predicate.Workspace](nil)
	}
	text, ok := toSearchText(f.Search)
	if !ok {
		return allOf[predicate.Workspace](nil)
	}
	return workspace.Or(workspace.NameContainsFold(text), workspace.SlugContainsFold(text))
}
