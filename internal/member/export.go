package member

import (
	"context"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/enrollment"
	"usher/ent/importrow"
	entinvitation "usher/ent/invitation"
	"usher/ent/joinrequest"
	entmail "usher/ent/mail"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/ent/signin"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
)

// PersonalData returns everything that is stored about one person, as plain JSON (AHD-5): about the
// caller in all their workspaces, or about one member in their workspace. Only the person
// themselves, or a caller with AUDIT_VIEW and MEMBERS_VIEW in the whole workspace, may read it. The
// number of statements does not grow with the data. Errors: NOT_FOUND, FORBIDDEN.
//
// Security: every column is listed by hand, so that a new column is not exported unnoticed. Hashes,
// tokens and link versions are no personal data. Actors of events are personal data of other
// people.
func (s *Service) PersonalData(ctx context.Context, by *access.Caller,
	of *ident.ID) (_ map[string]any, err error) {
	defer fault.Annotate(&err, "export personal data")

	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	whose := member.UserID(by.UserID)
	// The rest runs outside of the tenant filter, so the subject is authorized here.
	d := personalDataExport{Service: s, user: by.UserID, own: true}
	switch {
	case of != nil:
		m, err := s.Store.Member.Get(store.AsCaller(ctx, by), *of)
		if ent.IsNotFound(err) {
			return nil, fault.Missing()
		}
		if err != nil {
			return nil, err
		}
		reads := by.In(m.WorkspaceID)
		d.user, d.own, whose = m.UserID, m.UserID == by.UserID, member.ID(m.ID)
		if !d.own && !(reads.Throughout(access.AuditView) && reads.Throughout(access.MembersView)) {
			return nil, fault.Denied()
		}
	case by.UserID.IsZero(): // an API key is no person
		return nil, fault.Input("memberId", "privacy.whose")
	}
	return d.readPlaces(store.AsSystem(ctx,
		"the data of one person in all their workspaces; every query names them"), whose)
}

// personalDataExport is the export of one person's data.
type personalDataExport struct {
	*Service
	user ident.ID
	own  bool // whether the caller is the person

	account    *ent.User
	places     []*ent.Member
	members    []ident.ID
	workspaces []ident.ID
}

// jsonObject is a JSON object whose keys are sorted when it is encoded.
type jsonObject = map[string]any

// readPlaces returns the document: the account, and one object for each workspace.
func (d *personalDataExport) readPlaces(ctx context.Context,
	whose predicate.Member) (jsonObject, error) {
	var err error
	if d.account, err = d.Store.User.Get(ctx, d.user); err != nil {
		return nil, err
	}
	// One statement for each edge, whatever the number of workspaces.
	d.places, err = d.Store.Member.Query().Where(whose).WithWorkspace().WithOrgUnit().
		Order(ent.Asc(member.FieldID)).
		WithRoleAssignments(func(q *ent.RoleAssignmentQuery) {
			q.WithRole().WithGroup().WithOrgUnit().WithSession().
				Order(ent.Asc(roleassignment.FieldID))
		}).
		WithEnrollments(func(q *ent.EnrollmentQuery) {
			q.WithSession(func(q *ent.SessionQuery) {
				q.WithProgram()
			}).Order(ent.Asc(enrollment.FieldID))
		}).All(ctx)
	if err != nil {
		return nil, err
	}
	// Each part is read for all workspaces together and sorted into them by id.
	at := map[ident.ID]jsonObject{}
	list := []any{}
	for _, m := range d.places {
		d.members, d.workspaces = append(d.members, m.ID), append(d.workspaces, m.WorkspaceID)
		at[m.WorkspaceID] = placeData(m)
		list = append(list, at[m.WorkspaceID])
	}
	out := jsonObject{"account": accountData(d.account), "workspaces": list}
	for _, part := range []func(context.Context, jsonObject, map[ident.ID]jsonObject) error{
		d.addInvitations, d.addJoinRequests, d.addImportRows, d.addEmails, d.addHistory,
		d.addSignIns,
	} {
		if err := part(ctx, out, at); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// accountData returns the columns of the account.
func accountData(u *ent.User) jsonObject {
	return jsonObject{
		"id": u.ID.String(), "email": u.Email, "emailProven": u.EmailProven, "username": u.Username,
		"firstName": u.FirstName, "lastName": u.LastName, "locale": u.Locale,
		"createdAt": u.CreatedAt,
	}
}

// placeData returns a membership with its roles, groups and enrollments, and an empty list for each
// part that follows.
func placeData(m *ent.Member) jsonObject {
	w := m.Edges.Workspace
	roles, groups, enrolled := []any{}, []any{}, []any{}
	for _, a := range m.Edges.RoleAssignments {
		r := jsonObject{"role": a.Edges.Role.Name, "since": a.CreatedAt, "inherited": a.Inherited}
		if g := a.Edges.Group; g != nil {
			r["group"] = g.Name
			groups = append(groups, g.Name)
		}
		if u := a.Edges.OrgUnit; u != nil {
			r["orgUnit"] = u.Name
		}
		if session := a.Edges.Session; session != nil {
			r["session"] = session.Name
		}
		roles = append(roles, r)
	}
	// Sessions are named with their program, because the names of sessions repeat.
	for _, e := range m.Edges.Enrollments {
		session := e.Edges.Session
		enrolled = append(enrolled, jsonObject{
			"program": session.Edges.Program.Name, "session": session.Name,
			"startsAt": inputs.TruncateTime(session.StartsAt),
			"endsAt":   inputs.TruncateTime(session.EndsAt),
			"status":   e.Status, "progress": e.Progress, "since": e.CreatedAt,
			"completedAt": inputs.TruncateTime(e.CompletedAt),
		})
	}
	var unit any
	if u := m.Edges.OrgUnit; u != nil {
		unit = u.Name
	}
	return jsonObject{
		"workspace": jsonObject{"id": w.ID.String(), "slug": w.Slug, "name": w.Name},
		"member": jsonObject{
			"id": m.ID.String(), "status": m.Status, "joinedAt": m.JoinedAt,
			"joinedVia": m.JoinedVia, "deactivatedAt": inputs.TruncateTime(m.DeactivatedAt),
			"accessExpiresAt": inputs.TruncateTime(m.AccessExpiresAt),
			"deleteOnExpiry":  m.DeleteOnExpiry, "orgUnit": unit, "labels": m.Labels,
			"externalId": m.ExternalID, "additionalInfo": m.AdditionalInfo, "customFields": m.CustomFields,
			"consents": m.Consents,
		},
		"roles": roles, "groups": groups, "enrollments": enrolled,
		// Lists are filled later. They are present even if they are empty, so that every export has
		// the same keys.
		"invitations": []any{}, "joinRequests": []any{}, "imports": []any{}, "mails": []any{},
		"history": []any{},
	}
}

// appendRow adds a row under a heading of a workspace. Rows of a workspace that is not exported are
// left out.
func appendRow(at map[ident.ID]jsonObject, workspace ident.ID, heading string, row jsonObject) {
	if place := at[workspace]; place != nil {
		place[heading] = append(place[heading].([]any), row)
	}
}

// addInvitations adds the invitations to the person, including those to a former address.
func (d *personalDataExport) addInvitations(ctx context.Context, _ jsonObject,
	at map[ident.ID]jsonObject) error {
	// By the member as well, since the invitation may have gone to a former address.
	which := entinvitation.MemberIDIn(d.members...)
	if d.account.EmailKey != nil {
		which = entinvitation.Or(which, entinvitation.EmailKey(*d.account.EmailKey))
	}
	rows, err := d.Store.Invitation.Query().Where(entinvitation.WorkspaceIDIn(d.workspaces...),
		which).Order(ent.Asc(entinvitation.FieldID)).All(ctx)
	now := d.Clock()
	for _, inv := range rows {
		appendRow(at, inv.WorkspaceID, "invitations", jsonObject{
			"id": inv.ID.String(), "email": inv.Email, "firstName": inv.FirstName,
			"lastName": inv.LastName, "status": invitation.Status(inv, now),
			"deliveryStatus": inv.DeliveryStatus, "message": inv.Message, "locale": inv.Locale,
			"labels":         inv.Grant.Labels,
			"externalId":     inputs.NilIfEmpty(inv.Grant.ExternalID),
			"additionalInfo": inputs.NilIfEmpty(inv.Grant.AdditionalInfo),
			"customFields":   inv.Grant.CustomFields, "createdAt": inv.CreatedAt,
			"expiresAt": inputs.TruncateTime(inv.ExpiresAt), "lastSentAt": inputs.TruncateTime(
				inv.LastSentAt), "acceptedAt": inputs.TruncateTime(inv.AcceptedAt),
			"cancelledAt": inputs.TruncateTime(inv.CancelledAt),
			"declinedAt":  inputs.TruncateTime(inv.DeclinedAt),
		})
	}
	return err
}

// addJoinRequests adds the join requests of the account and of its address.
func (d *personalDataExport) addJoinRequests(ctx context.Context, _ jsonObject,
	at map[ident.ID]jsonObject) error {
	which := joinrequest.UserID(d.user)
	if d.account.EmailKey != nil {
		which = joinrequest.Or(which, joinrequest.EmailKey(*d.account.EmailKey))
	}
	rows, err := d.Store.JoinRequest.Query().Where(joinrequest.WorkspaceIDIn(d.workspaces...),
		which).WithJoinLink().
		Order(ent.Asc(joinrequest.FieldID)).All(ctx)
	for _, r := range rows {
		appendRow(at, r.WorkspaceID, "joinRequests", jsonObject{
			"id": r.ID.String(), "joinLink": r.Edges.JoinLink.Slug, "email": r.Email,
			"firstName": r.FirstName, "lastName": r.LastName,
			"locale": r.Locale, "status": r.Status, "customFields": r.CustomFields,
			"consents": r.Consents,
			"message":  r.Message, "createdAt": r.CreatedAt,
			"confirmedAt": inputs.TruncateTime(r.ConfirmedAt),
			"decidedAt":   inputs.TruncateTime(r.DecidedAt),
		})
	}
	return err
}

// addImportRows adds the import rows that made the person or their invitation, as uploaded. Cells
// that held a password are not stored with a row (BAT-11).
func (d *personalDataExport) addImportRows(ctx context.Context, _ jsonObject,
	at map[ident.ID]jsonObject) error {
	rows, err := d.Store.ImportRow.Query().
		Where(importrow.WorkspaceIDIn(d.workspaces...),
			importrow.Or(importrow.MemberIDIn(d.members...),
				importrow.HasInvitationWith(entinvitation.MemberIDIn(d.members...)))).
		WithImport().Order(ent.Asc(importrow.FieldID)).All(ctx)
	for _, r := range rows {
		appendRow(at, r.WorkspaceID, "imports", jsonObject{
			"fileName": r.Edges.Import.FileName, "at": r.Edges.Import.CreatedAt, "row": r.Number,
			"email": r.Email, "name": r.Name,
			"username": r.Username, "cells": r.Cells, "outcome": r.Outcome,
		})
	}
	return err
}

// addEmails adds the emails that were sent or are queued to the person. Emails about the account
// itself are exported for the person only.
func (d *personalDataExport) addEmails(ctx context.Context, out jsonObject,
	at map[ident.ID]jsonObject) error {
	to := entmail.UserID(d.user)
	if d.account.EmailKey != nil {
		to = entmail.Or(to, entmail.ToKey(*d.account.EmailKey))
	}
	// Security: emails of other workspaces are no business of this one, even to the same address.
	where := entmail.WorkspaceIDIn(d.workspaces...)
	if d.own {
		where = entmail.Or(where, entmail.And(entmail.WorkspaceIDIsNil(), entmail.UserID(d.user)))
	}
	rows, err := d.Store.Mail.Query().Where(to, where).Order(ent.Asc(entmail.FieldID)).All(ctx)
	own := []any{}
	for _, m := range rows {
		row := jsonObject{"kind": m.Kind, "to": m.To, "status": m.Status, "createdAt": m.CreatedAt,
			"dueAt": m.DueAt, "sentAt": inputs.TruncateTime(m.SentAt)}
		if m.WorkspaceID == nil {
			own = append(own, row)
			continue
		}
		appendRow(at, *m.WorkspaceID, "mails", row)
	}
	if d.own {
		out["mails"] = own
	}
	return err
}

// addHistory adds the audit events about the memberships, without their actors.
func (d *personalDataExport) addHistory(ctx context.Context, _ jsonObject,
	at map[ident.ID]jsonObject) error {
	rows, err := d.Store.AuditEvent.Query().
		Where(auditevent.WorkspaceIDIn(d.workspaces...),
			auditevent.Or(auditevent.MemberIDIn(d.members...),
				auditevent.SubjectIDIn(d.members...))).
		Order(ent.Asc(auditevent.FieldID)).All(ctx)
	for _, e := range rows {
		details := e.Details
		if details == nil {
			details = []schema.Detail{}
		}
		appendRow(at, e.WorkspaceID, "history", jsonObject{"at": e.At, "action": e.Action,
			"entryPoint": e.EntryPoint,
			"details":    details})
	}
	return err
}

// addSignIns adds the sign-in sessions of the account, for the person only.
func (d *personalDataExport) addSignIns(ctx context.Context, out jsonObject,
	_ map[ident.ID]jsonObject) error {
	if !d.own {
		return nil
	}
	rows, err := d.Store.SignIn.Query().Where(signin.UserID(d.user)).
		Order(ent.Asc(signin.FieldID)).All(ctx)
	list := []any{}
	for _, r := range rows {
		list = append(list, jsonObject{"createdAt": r.CreatedAt, "lastUsedAt": r.LastUsedAt,
			"endedAt": inputs.TruncateTime(r.EndedAt), "userAgent": r.UserAgent})
	}
	out["signIns"] = list
	return err
}
