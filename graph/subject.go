package graph

import (
	"context"
	"strings"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/group"
	"usher/ent/importbatch"
	"usher/ent/invitation"
	"usher/ent/joinlink"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/orgunit"
	"usher/ent/program"
	"usher/ent/role"
	"usher/ent/session"
	"usher/ent/suppression"
	"usher/ent/workspace"
	"usher/internal/admission"
	"usher/internal/ident"
)

// The names of what events are about are read with the list that shows them, in one statement for
// each kind of object. Names that were read stay known for the request.

// subjectOf returns the id of the object that an event changed. The events of a person may be
// stored with the invitation, the import or the session that they came through.
func subjectOf(e *ent.AuditEvent) ident.ID {
	if e.MemberID != nil && strings.HasPrefix(e.Action, "member.") {
		return *e.MemberID
	}
	return e.SubjectID
}

// nameSubjects reads the names of the subjects of some events, except those that are known already.
// An object that the caller may not see, or that was deleted, has no name.
func (r *Resolver) nameSubjects(ctx context.Context, events ...*ent.AuditEvent) error {
	known := &requestOf(ctx).subjects
	byKind := map[ident.Kind][]ident.ID{}
	for _, e := range events {
		id := subjectOf(e)
		if _, there := known.Load(id); !there {
			byKind[id.Kind()] = append(byKind[id.Kind()], id)
		}
	}
	for kind, ids := range byKind {
		names, err := r.readSubjectNames(ctx, kind, ids)
		if err != nil {
			return err
		}
		// Stored only now: an event that is resolved at the same time must not find a name that
		// was not read yet. An id without a row is known to have no name.
		for _, id := range ids {
			known.Store(id, names[id])
		}
	}
	return nil
}

// readSubjectNames reads the names of objects of one kind that the caller may see.
func (r *Resolver) readSubjectNames(ctx context.Context, kind ident.Kind,
	ids []ident.ID) (map[ident.ID]string, error) {
	// The kind is in the id, so a page of events takes one statement for each kind that occurs in
	// it.
	switch kind {
	case ident.Member:
		rows, err := r.Reads.Member.Query().Where(member.IDIn(ids...)).WithUser().All(ctx)
		return namesOf(rows, err, func(m *ent.Member) (ident.ID, string) {
			// The account is hidden or erased: the member still exists, without a name.
			if m.Edges.User == nil {
				return m.ID, ""
			}
			return m.ID, admission.DisplayName(m.Edges.User)
		})
	case ident.Invitation:
		rows, err := r.Reads.Invitation.Query().Where(invitation.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(i *ent.Invitation) (ident.ID, string) {
			return i.ID, i.Email
		})
	case ident.JoinRequest:
		rows, err := r.Reads.JoinRequest.Query().Where(joinrequest.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(q *ent.JoinRequest) (ident.ID, string) {
			return q.ID, q.Email
		})
	case ident.JoinLink:
		rows, err := r.Reads.JoinLink.Query().Where(joinlink.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(l *ent.JoinLink) (ident.ID, string) {
			if l.Title == nil {
				return l.ID, l.Slug
			}
			return l.ID, *l.Title
		})
	case ident.Import:
		rows, err := r.Reads.ImportBatch.Query().Where(importbatch.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(b *ent.ImportBatch) (ident.ID, string) {
			if b.FileName == nil {
				return b.ID, ""
			}
			return b.ID, *b.FileName
		})
	case ident.Session, ident.Program, ident.Group, ident.OrgUnit:
		return r.readPlaceNames(ctx, kind, ids)
	case ident.Role:
		rows, err := r.Reads.Role.Query().Where(role.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(o *ent.Role) (ident.ID, string) { return o.ID, o.Name })
	case ident.CustomField:
		rows, err := r.Reads.CustomField.Query().Where(customfield.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(f *ent.CustomField) (ident.ID, string) {
			return f.ID, f.Name
		})
	case ident.Suppression:
		rows, err := r.Reads.Suppression.Query().Where(suppression.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(s *ent.Suppression) (ident.ID, string) {
			return s.ID, s.EmailKey
		})
	case ident.Workspace:
		rows, err := r.Reads.Workspace.Query().Where(workspace.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(w *ent.Workspace) (ident.ID, string) { return w.ID, w.Name })
	case ident.Organization:
		rows, err := r.Reads.Organization.Query().Where(organization.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(o *ent.Organization) (ident.ID, string) {
			return o.ID, o.Name
		})
	}
	return nil, nil
}

// readPlaceNames is readSubjectNames for groups, org units, programs and sessions.
func (r *Resolver) readPlaceNames(ctx context.Context, kind ident.Kind,
	ids []ident.ID) (map[ident.ID]string, error) {
	switch kind {
	case ident.Session:
		rows, err := r.Reads.Session.Query().Where(session.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(s *ent.Session) (ident.ID, string) { return s.ID, s.Name })
	case ident.Program:
		rows, err := r.Reads.Program.Query().Where(program.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(p *ent.Program) (ident.ID, string) { return p.ID, p.Name })
	case ident.Group:
		rows, err := r.Reads.Group.Query().Where(group.IDIn(ids...)).All(ctx)
		return namesOf(rows, err, func(g *ent.Group) (ident.ID, string) { return g.ID, g.Name })
	}
	rows, err := r.Reads.OrgUnit.Query().Where(orgunit.IDIn(ids...)).All(ctx)
	return namesOf(rows, err, func(u *ent.OrgUnit) (ident.ID, string) { return u.ID, u.Name })
}

// namesOf returns the names of rows by their ids.
func namesOf[T any](rows []T, err error,
	describe func(T) (ident.ID, string)) (map[ident.ID]string, error) {
	if err != nil {
		return nil, err
	}
	names := make(map[ident.ID]string, len(rows))
	for _, row := range rows {
		id, name := describe(row)
		names[id] = name
	}
	return names, nil
}
