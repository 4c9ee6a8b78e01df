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

// EndAccess deactivates or removes the members whose access date has come (ADM-5). Between the date
// and this sweep they are refused already: whoever loads a caller asks the date. The last
// administrator of a workspace stays (MEM-2).
func (s *Service) EndAccess(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "end access")

	ctx = store.AsSystem(ctx, "access ends in all workspaces")
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

// lockDue locks up to sweepSize members whose access date has come, behind the organizations whose
// seats they free.
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
	if err := tx.LockOrganizationOf(ctx, inputs.Distinct(workspaces)...); err != nil {
		return nil, err
	}
	if _, err := tx.LockMembers(ctx, store.ToDelete, ids...); err != nil {
		return nil, err
	}

	// Their dates may have changed before they were locked.
	return tx.Member.Query().Where(member.IDIn(ids...), isEnding).WithWorkspace().
		WithUser().All(ctx)
}

// administers selects the members who are administrators of their workspace.
var administers = member.HasRoleAssignmentsWith(roleassignment.HasRoleWith(role.Key(access.Admin)))

// isDue selects the members whose access date has come.
func isDue(now time.Time) predicate.Member {
	return member.And(member.StatusEQ(member.StatusActive), member.AccessExpiresAtLTE(now))
}

// endAdmins ends the access of administrators whose date has come, the earliest first, each in a
// transaction of its own: their workspace is locked before them.
func (s *Service) endAdmins(ctx context.Context) error {
	due, err := s.Store.Member.Query().Where(isDue(s.Clock()), administers).
		Order(ent.Asc(member.FieldAccessExpiresAt), ent.Asc(member.FieldID)).All(ctx)
	if err != nil {
		return err
	}
	for _, m := range due {
		scoped := store.InWorkspace(ctx, m.WorkspaceID)
		if err := s.Store.Retry(scoped, func(tx *store.Tx) error {
			return s.endAdmin(scoped, tx, m.ID, m.WorkspaceID)
		}); err != nil {
			return err
		}
	}
	return nil
}

// endAdmin ends the access of an administrator whose date has come. The last one of a workspace
// keeps it, and without a date from now on: the sweep would find them every minute, and every
// access check refuse them.
func (s *Service) endAdmin(ctx context.Context, tx *store.Tx, i, workspace ident.ID) error {
	now := s.Clock()
	if err := tx.LockOrganizationOf(ctx, workspace); err != nil {
		return err
	}
	if _, err := admission.GuardAdmins(ctx, tx, workspace, now); err != nil {
		return err
	}
	if _, err := admission.LockMember(ctx, tx, i); fault.Has(err, fault.NotFound) {
		return nil
	} else if err != nil {
		return err
	}
	m, err := tx.Member.Query().Where(member.ID(i), isDue(now)).WithWorkspace().WithUser().Only(ctx)
	if err != nil {
		return inputs.IgnoreMissing(err) // changed since it was seen
	}
	others, err := admission.ActiveAdmins(ctx, tx.Client, workspace)
	if err != nil {
		return err
	}
	// Others whose date has come too are still to be swept: the one whose date is the latest is the
	// last.
	if slices.ContainsFunc(others, func(o *ent.Member) bool { return o.ID != i }) {
		return s.endAccess(ctx, tx, m)
	}
	if err := tx.Member.UpdateOne(m).ClearAccessExpiresAt().SetDeleteOnExpiry(false).
		Exec(ctx); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, audit.Event{
		WorkspaceID: workspace, Action: audit.MemberAccessKept, SubjectID: i, MemberID: i,
		Details: []schema.Detail{{Name: "accessExpiresAt",
			Before: inputs.ValueOrEmpty(inputs.FormatTime(m.AccessExpiresAt))}},
	})
}

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
	a := admission.Admission{Service: s.Admission, Tx: tx, Workspace: w, User: m.Edges.User,
		Now: now}
	return a.FreeSeat(ctx)
}

// removeMember deletes a member, and remembers that they were one (JOI-9).
func (s *Service) removeMember(ctx context.Context, tx *store.Tx, m *ent.Member) error {
	if err := tx.Member.DeleteOne(m).Exec(ctx); err != nil {
		return err
	}
	return inputs.IgnoreNoRows(tx.Departure.Create().SetWorkspaceID(m.WorkspaceID).
		SetUserID(m.UserID).
		OnConflict(store.SkipExisting(departure.FieldWorkspaceID, departure.FieldUserID)...).
		Exec(ctx))
}
