package member

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/departure"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
)

// EndAccess deactivates or deletes the members whose end of access has come (ADM-5). The
// registration in package app says how often. Between the date and this job every access check
// already refuses them. The last administrator of a workspace keeps their access (MEM-2).
func (s *Service) EndAccess(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "end access")

	ctx = store.AsSystem(ctx, "access ends in all workspaces")
	// One transaction for each chunk, so that no lock is held for long.
	for {
		var ended int
		err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
			due, err := lockDue(ctx, tx, s.Clock())
			if err != nil {
				return err
			}
			ended = len(due)
			for _, m := range due {
				if err := s.endAccess(ctx, tx, m); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if ended < invitation.SweepSize {
			return s.endAdmins(ctx)
		}
	}
}

// lockDue locks and returns up to invitation.SweepSize members whose end of access has come. It
// locks their organizations first, because their seats are freed.
func lockDue(ctx context.Context, tx *store.Tx, now time.Time) ([]*ent.Member, error) {
	isEnding := member.And(isDue(now), member.Not(administers))
	seen, err := tx.Member.Query().Where(isEnding).Limit(invitation.SweepSize).
		Select(member.FieldWorkspaceID).All(ctx)
	if len(seen) == 0 || err != nil {
		return nil, err
	}
	ids, workspaces := make([]ident.ID, len(seen)), make([]ident.ID, len(seen))
	for i, m := range seen {
		ids[i], workspaces[i] = m.ID, m.WorkspaceID
	}
	// All organizations of the chunk together: one after the other would break the lock order.
	if err := tx.LockOrganizationOf(ctx, inputs.Distinct(workspaces)...); err != nil {
		return nil, err
	}
	if _, err := tx.LockMembers(ctx, store.ToDelete, ids...); err != nil {
		return nil, err
	}

	// A request may have changed the date between the first read and the lock.
	return tx.Member.Query().Where(member.IDIn(ids...), isEnding).WithWorkspace().
		WithUser().All(ctx)
}

// administers selects the members who are administrators of their workspace.
var administers = member.HasRoleAssignmentsWith(roleassignment.HasRoleWith(role.Key(access.Admin)))

// isDue selects the members whose access date has come.
func isDue(now time.Time) predicate.Member {
	return member.And(member.StatusEQ(member.StatusActive), member.AccessExpiresAtLTE(now))
}

// endAdmins ends the access of administrators whose date has come, the earliest first. Each has a
// transaction of its own: the workspace must be locked before the member, and one transaction for
// administrators of several workspaces would break the lock order.
func (s *Service) endAdmins(ctx context.Context) error {
	due, err := s.Store.Member.Query().Where(isDue(s.Clock()), administers).
		Order(ent.Asc(member.FieldAccessExpiresAt), ent.Asc(member.FieldID)).All(ctx)
	if err != nil {
		return err
	}
	for _, m := range due {
		scoped := store.InWorkspace(store.DespiteArchive(ctx, "access ends on its date"),
			m.WorkspaceID)
		if err := s.Store.Retry(scoped, func(tx *store.Tx) error {
			return s.endAdmin(scoped, tx, m.ID, m.WorkspaceID)
		}); err != nil {
			return err
		}
	}
	return nil
}

// endAdmin ends the access of an administrator whose date has come. The last one of a workspace
// keeps it, and the date is cleared: otherwise every access check would refuse them, and nobody in
// the workspace could change the date.
func (s *Service) endAdmin(ctx context.Context, tx *store.Tx, memberID,
	workspaceID ident.ID) error {
	now := s.Clock()
	if err := tx.LockOrganizationOf(ctx, workspaceID); err != nil {
		return err
	}
	if _, err := admission.GuardAdmins(ctx, tx, workspaceID, now); err != nil {
		return err
	}
	if _, err := admission.LockMember(ctx, tx, memberID); fault.Has(err, fault.NotFound) {
		return nil
	} else if err != nil {
		return err
	}
	m, err := tx.Member.Query().Where(member.ID(memberID), isDue(now)).WithWorkspace().WithUser().
		Only(ctx)
	if err != nil {
		return inputs.IgnoreMissing(err) // changed since it was listed
	}
	// Read behind the lock of the workspace, which every other end of an administrator takes.
	others, err := admission.ActiveAdmins(ctx, tx.Client, workspaceID)
	if err != nil {
		return err
	}
	// Other administrators whose date has come count as well: they are handled after this one, so
	// the one with the latest date is the last.
	if slices.ContainsFunc(others, func(o *ent.Member) bool { return o.ID != memberID }) {
		return s.endAccess(ctx, tx, m)
	}

	if err := tx.Member.UpdateOne(m).ClearAccessExpiresAt().SetDeleteOnExpiry(false).
		Exec(ctx); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, audit.Event{
		WorkspaceID: workspaceID, Action: audit.MemberAccessKept, SubjectID: memberID,
		MemberID: memberID,
		Details: []schema.Detail{{Name: "accessExpiresAt",
			Before: inputs.ValueOrEmpty(inputs.FormatTime(m.AccessExpiresAt))}},
	})
}

// endAccess deactivates or deletes one member, as their grant says, and frees the seat.
func (s *Service) endAccess(ctx context.Context, tx *store.Tx, m *ent.Member) error {
	now := s.Clock()
	w := m.Edges.Workspace
	event := audit.Event{WorkspaceID: w.ID, Action: audit.MemberAccessEnded, SubjectID: m.ID,
		MemberID: m.ID}
	if m.DeleteOnExpiry {
		event.Action = audit.MemberRemoved
		if err := s.removeMember(ctx, tx, m); err != nil {
			return err
		}
	} else if err := tx.Member.UpdateOne(m).SetStatus(member.StatusDeactivated).
		SetDeactivatedAt(now).Exec(ctx); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, now, event); err != nil {
		return err
	}
	// Freed only if the person is active in no other workspace of the organization.
	a := admission.Admission{Service: s.Admission, Tx: tx, Workspace: w, User: m.Edges.User,
		Now: now}
	return a.FreeSeat(ctx)
}

// removeMember deletes a member. It keeps a mark that they were one: a person who was removed needs
// an approval to join again (JOI-9).
func (s *Service) removeMember(ctx context.Context, tx *store.Tx, m *ent.Member) error {
	if err := tx.Member.DeleteOne(m).Exec(ctx); err != nil {
		return err
	}
	// A person who was removed twice has one mark.
	return inputs.IgnoreNoRows(tx.Departure.Create().SetWorkspaceID(m.WorkspaceID).
		SetUserID(m.UserID).
		OnConflict(store.SkipExisting(departure.FieldWorkspaceID, departure.FieldUserID)...).
		Exec(ctx))
}
