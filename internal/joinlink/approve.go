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

// Approve admits the person of a WAITING join request. The link and the authority of its grantor
// are checked again (JOI-5, JOI-9). Errors: NOT_FOUND; CONFLICT unless WAITING; FORBIDDEN for a
// caller who could not give the whole grant, or not reactivate a deactivated member; JOIN_CLOSED
// and EMAIL_NOT_ALLOWED if the link no longer takes the address.
func (s *Service) Approve(ctx context.Context, by *access.Caller, id ident.ID,
	steps ...store.Step) (_ *ent.JoinRequest, err error) {
	defer fault.Annotate(&err, "approve join request")

	r, m, err := s.findDecidable(ctx, by, id)
	if err != nil {
		return nil, err
	}
	// Approving a deactivated member reactivates them, which needs a permission of its own.
	if r.WaitsFor != nil && *r.WaitsFor == joinrequest.WaitsForDeactivated &&
		!m.Throughout(access.MembersDeactivate) {
		return nil, fault.New(fault.Forbidden, "join.deactivated")
	}

	j := &joinAttempt{
		Service: s, by: by, approver: m, approved: true, steps: steps,
		workspace: r.workspace, link: r.link,
		request: r.JoinRequest,
		address: address.Address{Display: r.Email, Key: r.EmailKey}, answers: r.CustomFields,
		consents: r.Consents,
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

// Reject closes a WAITING join request without admitting the person, and emails them with an
// optional message. Errors: NOT_FOUND; CONFLICT unless WAITING; FORBIDDEN for a caller who could
// not give the whole grant.
func (s *Service) Reject(ctx context.Context, by *access.Caller, id ident.ID, message *string,
	steps ...store.Step) (_ *ent.JoinRequest, err error) {
	defer fault.Annotate(&err, "reject join request")

	var faults fault.Collector
	r, m, err := s.findDecidable(ctx, by, id)
	faults.Add(fault.MissingAt(err, "joinRequestId"))

	said, err := inputs.ParseText("message", message, inputs.MaxMessage)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}

	now := s.Clock()
	ctx = store.InWorkspace(ctx, r.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// The link comes before the request in the lock order. Its grant must not change between
		// the authorization check and the decision.
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

		// The answers and the password hash have no further use: they were given for an admission.
		update := tx.JoinRequest.UpdateOneID(id).SetStatus(joinrequest.StatusRejected).
			ClearPasswordHash().ClearCustomFields().ClearConsents().
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
		if err := s.queueRejectionEmail(ctx, tx, r, said, now); err != nil {
			return err
		}
		return store.RunSteps(ctx, tx, steps)
	})
	if err != nil {
		return nil, err
	}
	return s.Store.JoinRequest.Get(ctx, id)
}

// queueRejectionEmail queues the email about a rejection. It counts as an email sent by hand: if
// the mailbox is over its limit, the email waits until the limit allows it.
func (s *Service) queueRejectionEmail(ctx context.Context, tx *store.Tx, r *openedRequest,
	said string,
	now time.Time) error {
	// Read before it is counted below, or the email would wait for itself.
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

// findDecidable loads a join request for a caller who may invite somewhere in its workspace, with
// the caller's membership. It does not check the authority over the link's grant: that check runs
// later behind the lock of the link, for approval and rejection alike. NOT_FOUND, FORBIDDEN.
func (s *Service) findDecidable(ctx context.Context, by *access.Caller,
	id ident.ID) (*openedRequest, *access.Membership, error) {
	if err := by.RequireAuthenticated(); err != nil {
		return nil, nil, err
	}
	// The caller's tenant filter decides whether the request exists for them. The second read
	// leaves the filter, because its edges may be invisible to a caller of a small scope.
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
	// The decision itself needs the authority over the grant, which is compared behind the lock of
	// the link.
	m, err := by.RequireMembership(r.WorkspaceID)
	if err == nil && !m.CanAnywhere(access.MembersInvite) {
		err = fault.Denied()
	}
	return &openedRequest{JoinRequest: r, link: r.Edges.JoinLink,
		workspace: r.Edges.Workspace}, m, err
}

// lockWaiting locks a join request and refuses it with CONFLICT unless it is WAITING, so that only
// one decision is taken.
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

// findApplicant returns the account of the person in a WAITING request, locked: the one that
// confirmed the request, else an account that the address got since, else a new one. CONFLICT if
// there is neither an account nor a password for a new one.
//
// Security: the person verified the address when they confirmed. Another person made any account
// that the address got since: its password and sessions end, and the applicant's own password is
// set (AUT-4).
func (s *Service) findApplicant(ctx context.Context, tx *store.Tx,
	r *ent.JoinRequest) (*ent.User, error) {
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's")
	which := user.EmailKey(r.EmailKey)
	if r.UserID != nil {
		which = user.ID(*r.UserID)
	}
	u, err := tx.User.Query().Where(which).Only(system)
	switch {
	// The person erased their account while they waited.
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

	// The row was read without a lock, and the first verification ends passwords and sessions.
	if err := admission.LockUser(ctx, tx, u.ID); err != nil {
		return nil, err
	}
	if u, _, err = s.Accounts.MarkEmailVerified(ctx, tx, u); err != nil || u.PasswordHash != nil ||
		r.PasswordHash == nil {
		return u, err
	}
	return tx.User.UpdateOne(u).SetPasswordHash(*r.PasswordHash).Save(system)
}

// admitApproved admits a person whom an administrator has approved. The approval email counts as an
// email sent by hand: if the mailbox is over its limit, it waits until the limit allows it.
func (j *joinAttempt) admitApproved(ctx context.Context,
	a *admission.Admission) (*ent.Member, error) {
	a.EntryPoint.By, a.EntryPoint.GreetingEmail, a.EntryPoint.Request = j.by, mail.JoinApproved,
		&j.request.ID
	key := inputs.ValueOrEmpty(j.user.EmailKey)
	if key == "" {
		return a.Admit(ctx)
	}
	free, err := j.Invitations.NextAllowedTimes(ctx, j.tx, []string{key}, j.now)
	if err != nil {
		return nil, err
	}
	// The zero time, for a mailbox without recent emails, means immediately.
	a.EntryPoint.EmailDueAt = free[key]
	m, err := a.Admit(ctx)
	if err != nil {
		return nil, err
	}

	// The row of the limit comes last in the lock order.
	return m, j.Invitations.CountManualEmail(ctx, j.tx, key, j.now)
}
