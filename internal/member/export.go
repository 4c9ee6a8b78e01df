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

// PersonalData is all that is held about one person, as plain JSON (AHD-5): of the caller over all
// their workspaces, or of one member in theirs. It takes being that person, or AUDIT_VIEW and
// MEMBERS_VIEW throughout. It costs as many statements however much there is.
//
// Security: columns are written out one by one, so that one that is new is in no export by itself.
// Hashes, tokens and the versions of links are no data about a person, and who did things to them
// is data about somebody else.
func (s *Service) PersonalData(ctx context.Context, by *access.Caller,
	of *ident.ID) (_ map[string]any, err error) {
	defer fault.Annotate(&err, "personal data")

	if err := by.Authenticated(); err != nil {
		return nil, err
	}
	whose := member.UserID(by.UserID)
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
	case by.UserID.IsZero(): // a key is nobody
		return nil, fault.Input("memberId", "privacy.whose")
	}
	return d.readPlaces(store.AsSystem(ctx,
		"one person's data, over all their workspaces; every query names their places"), whose)
}

// personalDataExport is one person's data on its way out.
type personalDataExport struct {
	*Service
	user ident.ID
	own  bool // they ask themself

	account    *ent.User
	places     []*ent.Member
	members    []ident.ID
	workspaces []ident.ID
}

// jsonObject is a JSON object.
type jsonObject = map[string]any

func (d *personalDataExport) readPlaces(ctx context.Context,
	whose predicate.Member) (jsonObject, error) {
	var err error
	if d.account, err = d.Store.User.Get(ctx, d.user); err != nil {
		return nil, err
	}
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

func accountData(u *ent.User) jsonObject {
	return jsonObject{
		"id": u.ID.String(), "email": u.Email, "emailProven": u.EmailProven, "username": u.Username,
		"firstName": u.FirstName, "lastName": u.LastName, "locale": u.Locale,
		"createdAt": u.CreatedAt,
	}
}

// placeData is what a workspace says about a member.
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
		if run := a.Edges.Session; run != nil {
			r["session"] = run.Name
		}
		roles = append(roles, r)
	}
	for _, e := range m.Edges.Enrollments {
		run := e.Edges.Session
		enrolled = append(enrolled, jsonObject{
			"program": run.Edges.Program.Name, "session": run.Name,
			"startsAt": inputs.TruncateTime(run.StartsAt),
			"endsAt":   inputs.TruncateTime(run.EndsAt),
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
			"additionalInfo": m.AdditionalInfo, "customFields": m.CustomFields,
		},
		"roles": roles, "groups": groups, "enrollments": enrolled,
		"invitations": []any{}, "joinRequests": []any{}, "imports": []any{}, "mails": []any{},
		"history": []any{},
	}
}

// appendRow puts one more under a heading of a workspace; of another workspace it is left out.
func appendRow(at map[ident.ID]jsonObject, workspace ident.ID, heading string, row jsonObject) {
	if place := at[workspace]; place != nil {
		place[heading] = append(place[heading].([]any), row)
	}
}

func (d *personalDataExport) addInvitations(ctx context.Context, _ jsonObject,
	at map[ident.ID]jsonObject) error {
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
			"message": r.Message, "createdAt": r.CreatedAt,
			"confirmedAt": inputs.TruncateTime(r.ConfirmedAt),
			"decidedAt":   inputs.TruncateTime(r.DecidedAt),
		})
	}
	return err
}

// addImportRows are the rows of files that led to the person, as they were uploaded; passwords are
// never among the cells.
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

// addEmails are those sent, or still to be sent, to the person; those about the account itself are
// theirs alone to see.
func (d *personalDataExport) addEmails(ctx context.Context, out jsonObject,
	at map[ident.ID]jsonObject) error {
	to := entmail.UserID(d.user)
	if d.account.EmailKey != nil {
		to = entmail.Or(to, entmail.ToKey(*d.account.EmailKey))
	}
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
			"door":    e.Door,
			"details": details})
	}
	return err
}

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
