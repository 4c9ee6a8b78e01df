package graph

import (
	"context"
	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/customfield"
	"usher/ent/enrollment"
	"usher/ent/invitation"
	"usher/ent/program"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/session"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/workspace"

	"github.com/99designs/gqlgen/graphql"
)

// Summary is the resolver for the summary field.
func (r *auditEventResolver) Summary(ctx context.Context, obj *ent.AuditEvent) (string, error) {
	return i18n.T(gqlhttp.Locale(ctx), "audit."+obj.Action, nil), nil
}

// Subject is the resolver for the subject field.
func (r *auditEventResolver) Subject(ctx context.Context, obj *ent.AuditEvent) (*AuditSubject, error) {
	if err := r.nameSubjects(ctx, obj); err != nil { // nothing to read after a list did
		return nil, err
	}
	name, _ := requestOf(ctx).subjects.Load(subjectOf(obj))
	known, _ := name.(string)
	return &AuditSubject{ID: subjectOf(obj), Name: inputs.NilIfEmpty(known)}, nil
}

// Groups is the batch resolver for the groups field.
func (r *memberResolver) Groups(ctx context.Context, obj *ent.Member) ([]*ent.Group, error) {
	held, err := obj.NamedRoleAssignments("groups " + graphql.GetFieldContext(ctx).Field.Alias)
	if ent.IsNotLoaded(err) { // the answer to a mutation, not a row of a list
		held, err = obj.QueryRoleAssignments().Where(roleassignment.GroupIDNotNil()).
			WithGroup().All(ctx)
	}
	return groupsOf(held), err
}

// CustomFields is the resolver for the customFields field.
func (r *memberResolver) CustomFields(ctx context.Context, obj *ent.Member) (map[string]any, error) {
	return r.typedAnswers(ctx, obj.WorkspaceID, obj.CustomFields)
}

// ViewerCan is the resolver for the viewerCan field.
func (r *memberResolver) ViewerCan(ctx context.Context, obj *ent.Member) ([]access.Permission, error) {
	held, err := obj.NamedRoleAssignments("viewerCan")
	if err != nil { // the answer to a mutation, not a row of a list
		held, err = r.Reads.RoleAssignment.Query().Where(roleassignment.MemberID(obj.ID)).
			WithRole().All(ctx)
	}
	return admission.MemberPermissions(callerOf(ctx), obj, held).List(), err
}

// UpdateWorkspace is the resolver for the updateWorkspace field.
func (r *mutationResolver) UpdateWorkspace(ctx context.Context, input UpdateWorkspaceInput) (*UpdateWorkspacePayload, error) {
	w, err := r.Workspaces.Update(ctx, callerOf(ctx), workspace.UpdateInput{
		ID: input.WorkspaceID, Name: input.Name, DefaultLocale: input.DefaultLocale,
		TimeZone: input.TimeZone,
		LogoURL:  toChange(input.LogoURL), Color: toChange(input.Color),
		SupportContact: toChange(input.SupportContact),
		InvitationDays: input.InvitationDays, RemindDaysBeforeExpiry: input.RemindDaysBeforeExpiry,
		RemindDaysAfterSending: input.RemindDaysAfterSending, RequireGroup: input.RequireGroup,
		SessionReminderDaysBefore: input.SessionReminderDaysBefore,
		EraseUnacceptedAfterDays:  input.EraseUnacceptedAfterDays,
		HomeURL:                   toChange(input.HomeURL),
		AllowedRedirectURLs:       input.AllowedRedirectUrls,
		InvitationLinkTemplate:    toChange(input.InvitationLinkTemplate),
		JoinLinkTemplate:          toChange(input.JoinLinkTemplate),
		PrivacyURL:                toChange(input.PrivacyURL),
		TermsURL:                  toChange(input.TermsURL),
		ConsentRequired:           input.ConsentRequired,
		ConsentVersion:            toChange(input.ConsentVersion),
	})
	if err != nil {
		return nil, err
	}
	return &UpdateWorkspacePayload{Workspace: w}, nil
}

// ViewerPermissions is the resolver for the viewerPermissions field.
func (r *workspaceResolver) ViewerPermissions(ctx context.Context, obj *ent.Workspace) ([]access.Permission, error) {
	m := callerOf(ctx).In(obj.ID)
	return m.Usable(m.Everywhere()).List(), nil
}

// Members is the resolver for the members field.
func (r *workspaceResolver) Members(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *MemberFilter, orderBy *ent.MemberOrder) (*ent.MemberConnection, error) {
	return r.paginateMembers(ctx, obj.ID, pageArgs{first, after, last, before}, filter, orderBy)
}

// MemberCounts is the resolver for the memberCounts field.
func (r *workspaceResolver) MemberCounts(ctx context.Context, obj *ent.Workspace, filter *MemberFilter) (*MemberCounts, error) {
	return countOnce(ctx, obj.ID, func() (*MemberCounts, error) {
		return r.countMembers(ctx, obj.ID, filter)
	})
}

// Invitations is the resolver for the invitations field.
func (r *workspaceResolver) Invitations(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *InvitationFilter, orderBy *ent.InvitationOrder) (*ent.InvitationConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	order := orDefault(orderBy, newestInvitations)
	which, err := r.invitationPagePredicate(ctx, filter, order)
	if err != nil {
		return nil, err
	}
	few, err := r.fewInvitations(ctx, obj.ID, filter)
	if err != nil {
		return nil, err
	}
	settled, err := r.endBeforeUnsettled(ctx, filter.changedSince(),
		order.Field.String() == ent.InvitationOrderFieldUpdatedAt.String())
	if err != nil {
		return nil, err
	}
	page, err := r.Reads.Invitation.Query().Where(invitation.WorkspaceID(obj.ID), which, few, settled).
		Paginate(ctx, a, first, b, last, ent.WithInvitationOrder(order))
	if err != nil {
		return nil, err
	}
	if at, asked := fieldContextAt(ctx, "edges", "node"); asked {
		rows := make([]*ent.Invitation, len(page.Edges))
		for i, edge := range page.Edges {
			rows[i] = edge.Node
		}
		err = r.nameInHistories(at, rows...)
	}
	return page, err
}

// InvitationCounts is the resolver for the invitationCounts field.
func (r *workspaceResolver) InvitationCounts(ctx context.Context, obj *ent.Workspace, filter *InvitationFilter) (*InvitationCounts, error) {
	if filter != nil {
		filter.Status = nil
	}
	return countOnce(ctx, obj.ID, func() (*InvitationCounts, error) {
		which, err := r.invitationPredicate(ctx, filter)
		if err != nil {
			return nil, err
		}
		few, err := r.fewInvitations(ctx, obj.ID, filter)
		if err != nil {
			return nil, err
		}
		return r.countInvitations(ctx, invitation.WorkspaceID(obj.ID), which, few)
	})
}

// Groups is the resolver for the groups field.
func (r *workspaceResolver) Groups(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *GroupFilter, orderBy *ent.GroupOrder) (*ent.GroupConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	query, err := r.listGroups(ctx, obj.ID, filter)
	if err != nil {
		return nil, err
	}
	return query.Paginate(ctx, a, first, b, last,
		ent.WithGroupOrder(orDefault(orderBy, groupsByName)))
}

// OrgUnits is the resolver for the orgUnits field.
func (r *workspaceResolver) OrgUnits(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *OrgUnitFilter, orderBy *ent.OrgUnitOrder) (*ent.OrgUnitConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	query, err := r.listOrgUnits(ctx, obj.ID, filter)
	if err != nil {
		return nil, err
	}
	return query.Paginate(ctx, a, first, b, last,
		ent.WithOrgUnitOrder(orDefault(orderBy, unitsByName)))
}

// Roles is the resolver for the roles field.
func (r *workspaceResolver) Roles(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *RoleFilter, orderBy *ent.RoleOrder) (*ent.RoleConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	found, err := r.searchRoles(ctx, obj.ID, filter)
	if err != nil {
		return nil, err
	}
	return r.Reads.Role.Query().
		Where(role.WorkspaceID(obj.ID), filter.toPredicate(), found).
		Paginate(ctx, a, first, b, last, ent.WithRoleOrder(orderBy))
}

// Programs is the resolver for the programs field.
func (r *workspaceResolver) Programs(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *ProgramFilter, orderBy *ent.ProgramOrder) (*ent.ProgramConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	found, err := r.searchPrograms(ctx, obj.ID, filter)
	if err != nil {
		return nil, err
	}
	return r.Reads.Program.Query().
		Where(program.WorkspaceID(obj.ID), filter.toPredicate(callerOf(ctx)), found).
		Paginate(ctx, a, first, b, last, ent.WithProgramOrder(orDefault(orderBy, programsByName)))
}

// Sessions is the resolver for the sessions field.
func (r *workspaceResolver) Sessions(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *SessionFilter, orderBy *ent.SessionOrder) (*ent.SessionConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	found, err := r.searchSessions(ctx, obj.ID, filter)
	if err != nil {
		return nil, err
	}
	return r.Reads.Session.Query().
		Where(session.WorkspaceID(obj.ID), filter.toPredicate(r.Clock()), found).
		Paginate(ctx, a, first, b, last, ent.WithSessionOrder(orderBy))
}

// Enrollments is the resolver for the enrollments field.
func (r *workspaceResolver) Enrollments(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *EnrollmentFilter, orderBy *ent.EnrollmentOrder) (*ent.EnrollmentConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	settled, err := r.endBeforeUnsettled(ctx, filter.changedSince(), byEnrollmentUpdate(orderBy))
	if err != nil {
		return nil, err
	}
	return r.Reads.Enrollment.Query().
		Where(enrollment.WorkspaceID(obj.ID), filter.toPredicate(), settled).
		Paginate(ctx, a, first, b, last, ent.WithEnrollmentOrder(orderBy))
}

// CustomFields is the resolver for the customFields field.
func (r *workspaceResolver) CustomFields(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *CustomFieldFilter, orderBy *ent.CustomFieldOrder) (*ent.CustomFieldConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	found, err := r.searchCustomFields(ctx, obj.ID, filter)
	if err != nil {
		return nil, err
	}
	return r.Reads.CustomField.Query().
		Where(customfield.WorkspaceID(obj.ID), filter.toPredicate(), found).
		Paginate(ctx, a, first, b, last, ent.WithCustomFieldOrder(orDefault(orderBy, fieldsByPosition)))
}

// AuditEvents is the resolver for the auditEvents field.
func (r *workspaceResolver) AuditEvents(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *AuditEventFilter, orderBy *ent.AuditEventOrder) (*ent.AuditEventConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	page, err := r.Reads.AuditEvent.Query().
		Where(auditevent.WorkspaceID(obj.ID), filter.toPredicate(callerOf(ctx))).
		Paginate(ctx, a, first, b, last,
			ent.WithAuditEventOrder(orDefault(orderBy, newestEvents)))
	if err != nil {
		return nil, err
	}
	// For all events of the page together; the resolvers of the fields then find the names.
	_, actors := fieldContextAt(ctx, "edges", "node", "actorName")
	_, subjects := fieldContextAt(ctx, "edges", "node", "subject")
	if !actors && !subjects {
		return page, nil
	}
	events := make([]*ent.AuditEvent, len(page.Edges))
	for i, edge := range page.Edges {
		events[i] = edge.Node
	}
	if actors {
		if err := r.nameActors(ctx, events...); err != nil {
			return nil, err
		}
	}
	if subjects {
		err = r.nameSubjects(ctx, events...)
	}
	return page, err
}
