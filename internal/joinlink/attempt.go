package joinlink

import (
	"context"
	"errors"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/departure"
	entinvitation "usher/ent/invitation"
	"usher/ent/joinlink"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/ent/user"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/consent"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/searchtext"
	"usher/internal/store"
	"usher/internal/suppression"
)

// joinAttempt is the admission of one verified address through a join link. It starts on the join
// page for a signed-in person, from the confirmation email, or from the list of WAITING requests.
type joinAttempt struct {
	*Service
	by        *access.Caller
	workspace *ent.Workspace
	link      *ent.JoinLink
	address   address.Address
	request   *ent.JoinRequest
	// makes or finds the request in the transaction; nil if the request is known
	findOrCreateRequest func(context.Context, *store.Tx) (*ent.JoinRequest, error)
	answers             map[string]string
	consents            []schema.Consent
	// the person who confirms; nil for a signed-in person and for an approval
	acceptor *acceptance.Acceptor
	from     *account.Origin        // of the sign-in session to open; nil opens none
	signIn   *account.SignInSession // opened by this attempt of the transaction with a new password
	ended    *account.EndedAccess   // ended by the first verification, in this attempt

	tx         *store.Tx
	now        time.Time
	user       *ent.User // nil until the account is made
	grantor    *access.Membership
	invitation *ent.Invitation      // the PENDING one of this address, or nil
	inviters   []*access.Membership // the grantors of its parts
	approved   bool
	approver   *access.Membership // who approves; nil unless approved
	steps      []store.Step       // added to the transaction by the caller of Approve
}

// accountFinder finds the joining account inside the transaction and verifies its address. It
// returns nil if the account must still be made.
type accountFinder func(context.Context, *store.Tx) (*ent.User, error)

// errInvitationChanged rolls back a transaction that finds another PENDING invitation than the one
// whose grantors were loaded before it.
var errInvitationChanged = errors.New("joinlink: the pending invitation changed")

// maxGrantorReads is how often the grantors are loaded again because the invitation of the address
// changed meanwhile.
const maxGrantorReads = 3

// runAttempt loads the grantors and runs the transaction. If the pending invitation changed between
// the two, it starts again, up to maxGrantorReads times, then returns CONFLICT.
func (j *joinAttempt) runAttempt(ctx context.Context, account accountFinder) (*Joined, error) {
	ctx = store.InWorkspace(ctx, j.workspace.ID)
	for range maxGrantorReads {
		if err := j.loadGrantors(ctx); err != nil {
			return nil, err
		}
		result, err := j.runTransaction(ctx, account)
		if !errors.Is(err, errInvitationChanged) {
			return result, err
		}
	}
	return nil, fault.New(fault.Conflict, "link.try_again")
}

// runTransaction admits the person, or puts the request on the list of WAITING requests. It opens a
// sign-in session if j.from is set and no session was opened for a new password.
func (j *joinAttempt) runTransaction(ctx context.Context, account accountFinder) (*Joined, error) {
	result := &Joined{}
	err := j.Store.Retry(ctx, func(tx *store.Tx) (err error) {
		*result = Joined{}
		// The transaction may run again, so nothing of an earlier attempt may survive.
		j.tx, j.now, j.signIn, j.ended = tx, j.Clock(), nil, nil
		if err := j.lockAll(ctx); err != nil {
			return err
		}
		// After the locks, because the account is verified here and may get a password.
		if j.user, err = account(ctx, tx); err != nil {
			return err
		}
		if err := j.validateLink(ctx); err != nil {
			return err
		}
		// The link came back from the mailbox, and its page said so: who joins wants the emails.
		if j.acceptor != nil {
			if err := suppression.LiftOwnWish(ctx, tx, j.address.Key,
				j.workspace.ID); err != nil {
				return err
			}
		}
		waits, err := j.decideApproval(ctx)
		if err != nil {
			return err
		}

		// Told also to a person who has to wait: verifying the address has ended their previous
		// access in any case.
		result.SignIn, result.Ended = j.signIn, j.ended
		if waits != nil && !j.approved {
			result.Status = WaitingForApproval
			return j.holdForApproval(ctx, *waits)
		}
		result.Status, result.RedirectURL = JoinedStatus, landingOf(j.link, j.workspace)
		if result.Member, err = j.admitApplicant(ctx); err != nil {
			return err
		}
		if err := store.RunSteps(ctx, tx, j.steps); err != nil || j.from == nil || j.signIn != nil {
			return err
		}

		// A signed-in person keeps the session that they have, and an approval signs nobody in.
		signIn, err := j.Accounts.OpenSignInSession(ctx, tx, j.user, *j.from)
		result.SignIn = &signIn
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// lockAll takes the locks of the transaction in the lock order: organization, link, request,
// address. The link stays locked until the commit, so that concurrent joins never exceed its limit.
// While the address is locked, nobody makes or accepts an invitation of it. errInvitationChanged if
// the pending invitation is not the one that was loaded.
func (j *joinAttempt) lockAll(ctx context.Context) error {
	if err := j.tx.LockOrganization(ctx, j.workspace.OrganizationID); err != nil {
		return err
	}
	locked, err := lockLink(ctx, j.tx, j.link.ID)
	if fault.Has(err, fault.NotFound) {
		return fault.New(fault.JoinClosed, "join.off")
	}
	if err != nil {
		return err
	}
	// A save of the link makes another person its grantor. The authority that was loaded before the
	// lock would belong to the previous one.
	if !admission.GrantorOfLink(locked).Equals(admission.GrantorOfLink(j.link)) {
		return fault.New(fault.Conflict, "link.try_again")
	}
	j.link = locked
	// A signed-in person asks by joining, so the request is made in the same transaction.
	if j.findOrCreateRequest != nil {
		j.request, err = j.findOrCreateRequest(ctx, j.tx)
	} else {
		err = lockRequest(ctx, j.tx, j.request.ID)
	}
	if err != nil {
		return err
	}
	if err := j.tx.LockAddresses(ctx, j.workspace.ID, j.address.Key); err != nil {
		return err
	}

	// Compared by id: another invitation of the same address has other grantors.
	var pending ident.ID
	inv, err := j.tx.Invitation.Query().Where(entinvitation.EmailKey(j.address.Key),
		invitation.IsOpen(j.now)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return err
	}
	if inv != nil {
		pending = inv.ID
	}
	if j.invitation == nil && inv != nil || j.invitation != nil && j.invitation.ID != pending {
		return errInvitationChanged
	}
	return nil
}

// lockRequest locks a join request. LINK_INVALID if it was deleted, which the sweep does.
func lockRequest(ctx context.Context, tx *store.Tx, id ident.ID) error {
	_, err := tx.LockJoinRequest(ctx, id)
	if ent.IsNotFound(err) {
		return fault.New(fault.LinkInvalid, "link.invalid")
	}
	return err
}

// loadGrantors loads the authority of the grantors of the link and of the pending invitation, if
// there is one: a person with a pending invitation who joins also accepts it. It runs before the
// transaction, which must not wait for a second connection to the database.
func (j *joinAttempt) loadGrantors(ctx context.Context) (err error) {
	if j.grantor, err = j.Admission.LoadGrantorMembership(ctx, j.workspace.ID,
		admission.GrantorOfLink(j.link)); err != nil {
		return err
	}
	j.invitation, err = j.Store.Invitation.Query().Where(entinvitation.EmailKey(j.address.Key),
		invitation.IsOpen(j.Clock())).
		Only(store.InWorkspace(ctx, j.workspace.ID))
	if ent.IsNotFound(err) {
		j.invitation = nil
		return nil
	}
	if err != nil {
		return err
	}
	j.inviters, err = j.Acceptances.LoadGrantors(ctx, j.invitation)
	return err
}

// validateLink checks the locked link again (JOI-9): the approver must be able to give its whole
// grant, and it must be open and take the address. It also looks for an account that was made since
// the request; a person who confirms must then sign in (UNAUTHENTICATED).
func (j *joinAttempt) validateLink(ctx context.Context) (err error) {
	link := j.link
	if j.approved {
		// Security: approving gives the whole grant of the link, so it takes the authority to give
		// it (ADM-6).
		if err := admission.RequireGrantAuthority(ctx, j.tx.Client, j.approver, link.Grant,
			"join.not_whole_request"); err != nil {
			return err
		}
	}
	if j.user == nil {
		// Another request may have made the account after this one was confirmed.
		j.user, err = j.tx.User.Query().Where(user.EmailKey(j.address.Key)).
			Only(store.AsSystem(ctx, "an account of the address may be in any workspace"))
		if ent.IsNotFound(err) {
			j.user, err = nil, nil
		}
		if err != nil {
			return err
		}
		// The password that this person chose is not the account's. They have to sign in.
		if j.user != nil && j.acceptor != nil {
			return fault.New(fault.Unauthenticated, "accept.sign_in")
		}
	}
	return requireJoinable(link, j.address, j.now, false)
}

// decideApproval returns why an administrator must approve first, or nil. A pending invitation
// stands for an approval, except for a deactivated member.
func (j *joinAttempt) decideApproval(ctx context.Context) (*joinrequest.WaitsFor, error) {
	waitFor := func(r joinrequest.WaitsFor) (*joinrequest.WaitsFor, error) { return &r, nil }
	if j.user != nil {
		// A deactivated member waits even with an invitation: somebody has decided that they are
		// out.
		out, err := j.tx.Member.Query().
			Where(member.UserID(j.user.ID), member.StatusEQ(member.StatusDeactivated)).Exist(ctx)
		if err != nil {
			return nil, err
		}
		if out {
			return waitFor(joinrequest.WaitsForDeactivated)
		}
	}
	if j.invitation != nil {
		return nil, nil
	}
	if j.user != nil {
		// A removed member has no row left. The mark of the removal stands for it (JOI-9).
		left, err := j.tx.Departure.Query().Where(departure.UserID(j.user.ID)).Exist(ctx)
		if err != nil {
			return nil, err
		}
		if left {
			return waitFor(joinrequest.WaitsForRemoved)
		}
	}

	// A cancelled invitation is a refusal. Without this check the person could reach the workspace
	// through an open link instead.
	last, err := j.tx.Invitation.Query().Where(entinvitation.EmailKey(j.address.Key)).
		Order(ent.Desc(entinvitation.FieldID)).First(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return nil, err
	}
	if err == nil && last.Status == entinvitation.StatusCancelled {
		return waitFor(joinrequest.WaitsForCancelled)
	}
	if j.link.RequiresApproval {
		return waitFor(joinrequest.WaitsForApproval)
	}
	return nil, nil
}

// holdForApproval sets the request to WAITING, with what an approval needs later, and emails one
// person who may approve it.
func (j *joinAttempt) holdForApproval(ctx context.Context, why joinrequest.WaitsFor) error {
	update := j.tx.JoinRequest.Update().
		Where(joinrequest.ID(j.request.ID), joinrequest.StatusEQ(joinrequest.StatusUnconfirmed)).
		SetStatus(joinrequest.StatusWaiting).SetWaitsFor(why).SetConfirmedAt(j.now).
		SetCustomFields(j.answers).SetConsents(j.consents)
	if j.user != nil {
		// The account of a new person is made at approval, so that a rejected one leaves none
		// behind.
		update.SetUserID(j.user.ID)
	} else {
		update.SetFirstName(j.acceptor.First).SetLastName(j.acceptor.Last).
			SetSearchText(searchtext.Text(j.request.Email, j.acceptor.First, j.acceptor.Last)).
			SetNillableLocale(inputs.NilIfEmpty(j.acceptor.Locale)).
			SetPasswordHash(j.acceptor.PasswordHash)
	}
	n, err := update.Save(ctx)
	if n == 0 || err != nil {
		return err // already WAITING: the link was used twice
	}
	if err := audit.Record(ctx, j.tx, j.now, audit.Event{WorkspaceID: j.workspace.ID,
		Action: audit.JoinConfirmed, EntryPoint: admission.EntryPointJoin,
		SubjectID: j.request.ID}); err != nil {
		return err
	}
	// One person and not all administrators: the list of waiting requests shows it to the others.
	to, err := j.findApprover(ctx)
	if to == nil || err != nil {
		return err
	}
	return j.Outbox.Post(ctx, j.tx, outbox.QueuedEmail{
		Kind: mail.JoinRequested, WorkspaceID: &j.workspace.ID, To: *to.Email, ToKey: *to.EmailKey,
		UserID: &to.ID, JoinRequestID: &j.request.ID, DueAt: j.now,
	})
}

// findApprover returns the person to email about a request: the grantor of the link if they can
// still give its whole grant, else an administrator. nil if nobody has a usable address.
func (j *joinAttempt) findApprover(ctx context.Context) (*ent.User, error) {
	whole, err := admission.CoversGrant(ctx, j.tx.Client, j.grantor, j.link.Grant)
	if err != nil {
		return nil, err
	}
	if j.link.GrantorID != nil && whole {
		to, err := acceptance.FindMailableAccount(ctx, j.tx.Member.Query().
			Where(member.ID(*j.link.GrantorID)))
		if to != nil || err != nil {
			return to, err
		}
	}
	return acceptance.FindAdministrator(ctx, j.tx)
}

// admitApplicant closes the request, accepts the pending invitation, and admits the person through
// the link. LINK_USED if another request of the same link was quicker.
func (j *joinAttempt) admitApplicant(ctx context.Context) (*ent.Member, error) {
	// The statement that changes one row or none decides between concurrent uses of the same link.
	update := j.tx.JoinRequest.Update().
		Where(joinrequest.ID(j.request.ID), joinrequest.StatusIn(joinrequest.StatusUnconfirmed,
			joinrequest.StatusWaiting)).
		SetStatus(joinrequest.StatusApproved).ClearPasswordHash().SetDecidedAt(j.now)
	if j.request.ConfirmedAt == nil {
		// Without an approval the person is admitted in the request that confirms the address.
		update.SetConfirmedAt(j.now)
	}
	n, err := update.Save(ctx)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, fault.New(fault.LinkUsed, "link.used")
	}
	if j.user == nil {
		// Only now, so that a request that loses the race makes no account.
		if j.user, err = j.acceptor.FindOrCreateAccount(ctx, j.tx); err != nil {
			return nil, err
		}
	}

	// An unapproved person with an invitation gets what the invitation grants and no more.
	m, err := j.acceptPending(ctx)
	if err != nil {
		return nil, err
	}
	if m == nil || !j.link.RequiresApproval || j.approved {
		if m, err = j.admitThroughLink(ctx, m); err != nil {
			return nil, err
		}
	}

	if m, err = consent.Record(ctx, j.tx, m, j.consents...); err != nil {
		return nil, err
	}
	// An approval is the act of the caller in the history, a confirmation the person's own.
	done := j.tx.JoinRequest.UpdateOneID(j.request.ID).SetMemberID(m.ID).SetUserID(j.user.ID)
	var by *access.Caller
	if j.approved {
		by = j.by
		if decider := by.In(j.workspace.ID); !decider.MemberID.IsZero() {
			done.SetDecidedByID(decider.MemberID)
		}
	}
	if err := done.Exec(ctx); err != nil {
		return nil, err
	}
	return m, audit.Record(ctx, j.tx, j.now, audit.Event{
		WorkspaceID: j.workspace.ID, Action: audit.JoinApproved,
		EntryPoint: admission.EntryPointJoin, By: by,
		SubjectID: j.request.ID, MemberID: m.ID,
	})
}

// acceptPending accepts the pending invitation. It returns nil if there is none, or if it was
// cancelled or its link was revoked since it was loaded.
func (j *joinAttempt) acceptPending(ctx context.Context) (*ent.Member, error) {
	if j.invitation == nil {
		return nil, nil
	}
	inv := j.invitation
	// The same statement as in Accept: the invitation may be accepted, cancelled or corrected at
	// the same time.
	n, err := j.tx.Invitation.Update().Where(entinvitation.ID(inv.ID),
		entinvitation.LinkVersion(inv.LinkVersion), invitation.IsOpen(j.now)).
		SetStatus(entinvitation.StatusActive).SetAcceptedAt(j.now).Save(ctx)
	if n == 0 || err != nil {
		return nil, err
	}
	return j.Acceptances.FulfilInvitation(ctx, j.tx, inv, j.workspace, j.user, j.inviters,
		j.answers, j.now)
}

// admitThroughLink applies the grant of the link and counts the person, once for each link. m is
// the member that the invitation has just made, or nil. JOIN_CLOSED if the link is full.
func (j *joinAttempt) admitThroughLink(ctx context.Context, m *ent.Member) (*ent.Member, error) {
	// A person who joined through this link before, and is still active, takes no second place.
	before, err := j.tx.JoinRequest.Query().Where(joinrequest.JoinLinkID(j.link.ID),
		joinrequest.UserID(j.user.ID), joinrequest.IDNEQ(j.request.ID),
		joinrequest.StatusEQ(joinrequest.StatusApproved),
		joinrequest.HasMemberWith(member.StatusEQ(member.StatusActive))).WithMember().First(ctx)
	if err == nil {
		return before.Edges.Member, nil
	}
	if !ent.IsNotFound(err) {
		return nil, err
	}
	// The count is compared and raised in one statement: the check in requireJoinable alone would
	// let two concurrent joins take the last place.
	n, err := j.tx.JoinLink.Update().Where(joinlink.ID(j.link.ID), hasRoomLeft()).AddJoinCount(1).
		Save(ctx)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, fault.New(fault.JoinClosed, "join.full")
	}
	a := admission.Admission{
		Service: j.Service.Admission, Tx: j.tx, Workspace: j.workspace, User: j.user,
		Grant: j.link.Grant, Grantor: j.grantor, Now: j.now,
		EntryPoint: admission.EntryPoint{Name: admission.EntryPointJoin,
			JoinedVia: member.JoinedViaJoined, Kind: assignmentsource.KindJoinLink,
			Source: j.link.ID},
	}
	// What the person says about themselves replaces what the link assumes.
	a.Grant.CustomFields = inputs.MergeAnswers(a.Grant.CustomFields, j.answers)
	if m != nil { // admitted through the invitation, in this transaction
		a.Member = m
		return m, a.ApplyGrant(ctx)
	}
	if j.approved {
		return j.admitApproved(ctx, &a)
	}
	return a.Admit(ctx)
}
