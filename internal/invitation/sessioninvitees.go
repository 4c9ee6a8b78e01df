package invitation

import (
	"context"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/invitation"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/ident"
	"usher/internal/store"
)

// lockSessionInvitees locks the pending invitations into some groups and returns what adds a new
// session to them, as registerForSession does. Where the caller could not give the whole
// invitation, the session is a part of their own.
//
// Security: only invitations that the caller sees. A right over a group's members alone does not
// reach its invitees.
func (s *Service) lockSessionInvitees(ctx context.Context, tx *store.Tx, by *access.Caller,
	workspace ident.ID, groups []ident.ID) (func(*ent.Session) error, error) {
	w, err := tx.Workspace.Get(ctx, workspace)
	if err != nil {
		return nil, err
	}
	b := &InviteBatch{Service: s, Tx: tx, By: by, Grantor: by.In(w.ID),
		EntryPoint: admission.EntryPointSession, In: InviteInput{WorkspaceID: w.ID}, Workspace: w,
		Now: s.Clock()}
	pending := tx.Invitation.Query().
		Where(IsOpen(b.Now), invitation.HasGroupsWith(group.IDIn(groups...))).
		Order(ent.Asc(invitation.FieldID))
	if tx.Locks() {
		pending.ForUpdate()
	}
	// Locked here, before the session is made: invitations come first in the lock order.
	rows, err := pending.All(store.AsCaller(ctx, by))
	if err != nil {
		return nil, err
	}
	return func(session *ent.Session) error {
		more := schema.Grant{SessionIDs: []ident.ID{session.ID}}
		for _, inv := range rows {
			if err := b.mergeIntoPending(ctx, &Outcome{}, inv, more); err != nil {
				return err
			}
		}
		// One call for all: events and emails are collected in the batch.
		return b.writeEffects(ctx)
	}, nil
}
