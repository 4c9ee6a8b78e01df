package joinlink

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/joinrequest"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
)

// Approve lets in who waits (JOI-5). The link is judged again, and what its grantor holds (JOI-9).
func (s *Service) Approve(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.JoinRequest, err error) {
	defer fault.Annotate(&err, "approve join link")

	r, m, err := s.findDecidable(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if r.WaitsFor != nil && *r.WaitsFor == joinrequest.WaitsForDeactivated &&
		!m.Throughout(access.MembersDeactivate) {
		return nil, fault.New(fault.Forbidden, "join.deactivated")
	}

	j := &joinAttempt{
		Service: s, by: by, approver: m, approved: true, workspace: r.workspace, link: r.link,
		request: r.JoinRequest,
		address: address.Address{Display: r.Email, Key: r.EmailKey}, answers: r.CustomFields,
	}
	_, err = j.runAttempt(ctx, func(ctx context.Context, tx *store.Tx) (*ent.User, error) {
		if err := lockWaiting(ctx, tx, id); err != nil {
			return nil, err
		}
		return s.findApplicant(ctx, tx, r.JoinRequest)
	})
	if err != nil {
		return nil, err
	}
	return s.Store.JoinRequest.Get(store.InWorkspace(ctx, r.WorkspaceID), id)
}

// Reject turns away who waits, with a message if wished. They are mailed.
func (s *Service) Reject(ctx context.Context, by *access.Caller, id ident.ID,
	message *string) (_ *ent.JoinRequest, err error) {
	defer fault.Annotate(&err, "reject join link")

	r, m, err := s.findDecidable(ctx, by, id)
	if err != nil {
		return nil, err
	}

	said, err := inputs.ParseText("message", message, inputs.MaxMessage)
	if err != nil {
		return nil, err
	}

	now := s.Clock()
	ctx = store.InWorkspace(ctx, r.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		link, err := lockLink(ctx, tx, r.JoinLinkID)
		if err != nil {
			return err
		}
		if err := admission.RequireGrantAuthority(ctx, tx.Client, m, link.Grant,
			"join.not_whole_request"); err != nil {
			return err
		}
		if err := lockWaiting(ctx, tx, id); err != nil {
			return err
		}
		update := tx.JoinRequest.UpdateOneID(id).SetStatus(joinrequest.StatusRejected).
			ClearPasswordHash().ClearCustomFields().
			SetDecidedAt(now).SetNillableMessage(inputs.NilIfEmpty(said))
		if !m.MemberID.IsZero() {
			update.SetDecidedByID(m.MemberID)
		}
		if err := update.Exec(ctx); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, audit.Event{WorkspaceID: r.WorkspaceID,
			Action: audit.JoinRejected, EntryPoint: admission.EntryPointJoin, By: by,
			SubjectID: id}); err != nil {
			return err
		}
		return s.mailRejection(ctx, tx, r, said, now)
	})
	if err != nil {
		return nil, err
	}
	return s.Store.JoinRequest.Get(ctx, id)
}

// mailRejection queues the email about a rejection. It counts as one by hand: beyond the limit of
// its mailbox it is held.
func (s *Service) mailRejection(ctx context.Context, tx *store.Tx, r *openedRequest, said string,
	now time.Time) error {
	free, err := s.Invitations.NextAllowedTimes(ctx, tx, []string{r.EmailKey}, now)
	if err != nil {
		return err
	}
	if err := s.Invitations.CountManualEmail(ctx, tx, r.EmailKey, now); err != nil {
		return err
	}
	return s.Outbox.Post(ctx, tx, outbox.QueuedEmail{
		Kind: mail.JoinRejected, WorkspaceID: &r.WorkspaceID, To: r.Email, ToKey: r.EmailKey,
		JoinRequestID: &r.ID,
		Note:          said, DueAt: admission.Later(now, free[r.EmailKey]),
	})
}

// findDecidable loads a join request for a caller who may invite somewhere in its workspace.
// Whether they could give what its link gives is asked behind the lock of the link: an
// administrator who may not admit a person may not reject them either.
func (s *Service) findDecidable(ctx context.Context, by *access.Caller,
	id ident.ID) (*openedRequest, *access.Membership, error) {
	if err := by.Authenticated(); err != nil {
		return nil, nil, err
	}
	seen, err := s.Store.JoinRequest.Get(store.AsCaller(ctx, by), id)
	if ent.IsNotFound(err) {
		return nil, nil, fault.Missing()
	}
	if err != nil {
		return nil, nil, err
	}
	r, err := s.Store.JoinRequest.Query().Where(joinrequest.ID(id)).WithJoinLink().WithWorkspace().
		Only(store.InWorkspace(ctx, seen.WorkspaceID))
	if err != nil {
		return nil, nil, err
	}
	m, err := by.RequireMembership(r.WorkspaceID)
	if err == nil && !m.CanAnywhere(access.MembersInvite) {
		err = fault.Denied()
	}
	return &openedRequest{JoinRequest: r, link: r.Edges.JoinLink,
		workspace: r.Edges.Workspace}, m, err
}

// lockWaiting holds a join request for a decision, of which there is one.
func lockWaiting(ctx context.Context, tx *store.Tx, id ident.ID) error {
	q := tx.JoinRequest.Query().Where(joinrequest.ID(id))
	if tx.Locks() {
		q.ForUpdate()
	}
	r, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return fault.Missing()
	}
	if err == nil && r.Status != joinrequest.StatusWaiting {
		return fault.New(fault.Conflict, "join.not_waiting")
	}
	return err
}

// findApplicant is the account of who waits: the one that confirmed, else one that the address got
// since, else a new one.
//
// Security: the person proved the mailbox when they confirmed. An account that somebody made for
// the address since was made by somebody else: its password and sessions end, and the person's own
// password takes their place (AUT-4).
func (s *Service) findApplicant(ctx context.Context, tx *store.Tx,
	r *ent.JoinRequest) (*ent.User, error) {
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's")
	which := user.EmailKey(r.EmailKey)
	if r.UserID != nil {
		which = user.ID(*r.UserID)
	}
	u, err := tx.User.Query().Where(which).Only(system)
	switch {
	case ent.IsNotFound(err) && (r.UserID != nil || r.PasswordHash == nil):
		return nil, fault.New(fault.Conflict, "join.account_gone")
	case ent.IsNotFound(err):
		return tx.User.Create().SetEmail(r.Email).SetEmailKey(r.EmailKey).
			SetNillableFirstName(r.FirstName).SetNillableLastName(r.LastName).
			SetNillableLocale(r.Locale).SetPasswordHash(*r.PasswordHash).SetEmailProven(true).
			Save(system)
	case err != nil:
		return nil, err
	}
	if err := admission.LockUser(ctx, tx, u.ID); err != nil {
		return nil, err
	}
	if u, _, err = s.Accounts.MarkEmailVerified(ctx, tx, u); err != nil || u.PasswordHash != nil ||
		r.PasswordHash == nil {
		return u, err
	}
	return tx.User.UpdateOne(u).SetPasswordHash(*r.PasswordHash).Save(system)
}
