package joinlink

import (
	"context"
	"errors"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/departure"
	entinvitation "usher/ent/invitation"
	"usher/ent/joinlink"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
)

// joinAttempt is one proven address on its way through a join link: from the page, from the mail,
// or from the list of those who wait.
type joinAttempt struct {
	*Service
	by        *access.Caller
	workspace *ent.Workspace
	link      *ent.JoinLink
	address   address.Address
	request   *ent.JoinRequest
	// makes or finds request in the transaction; nil when it is known
	findOrCreateRequest func(context.Context, *store.Tx) (*ent.JoinRequest, error)
	answers             map[string]string
	// of who confirms; nil for who is signed in and for who is approved
	acceptor *invitation.Acceptor
	from     *account.Origin      // where to sign in; nil when nobody is to be signed in
	session  *account.Session     // with a new password, opened in this attempt of the transaction
	ended    *account.EndedAccess // by the verification of the address, in this attempt

	tx         *store.Tx
	now        time.Time
	user       *ent.User // nil: an account is still to be made
	grantor    *access.Membership
	invitation *ent.Invitation      // pending, of this address
	inviters   []*access.Membership // what the grantors of its parts hold
	approved   bool
	approver   *access.Membership // what who approves holds; nil unless approved
}

// accountFinder finds, or proves, the account that joins, in the transaction; nil is one to make.
type accountFinder func(context.Context, *store.Tx) (*ent.User, error)

// errInvitationChanged rolls back a transaction in which another invitation is pending than before
// it.
var errInvitationChanged = errors.New("joinlink: the pending invitation changed")

// maxGrantorReads is how often the grantors are read again because the invitation of the address
// changed meanwhile.
const maxGrantorReads = 3

// runAttempt is the transaction, and what is read before it.
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

func (j *joinAttempt) runTransaction(ctx context.Context, account accountFinder) (*Joined, error) {
	result := &Joined{}
	err := j.Store.Retry(ctx, func(tx *store.Tx) (err error) {
		*result = Joined{}
		j.tx, j.now, j.session, j.ended = tx, j.Clock(), nil, nil
		if err := j.lockAll(ctx); err != nil {
			return err
		}
		if j.user, err = account(ctx, tx); err != nil {
			return err
		}
		if err := j.validateLink(ctx); err != nil {
			return err
		}
		waits, err := j.decideApproval(ctx)
		if err != nil {
			return err
		}
		result.Session, result.Ended = j.session, j.ended
		if waits != nil && !j.approved {
			result.Status = WaitingForApproval
			return j.holdForApproval(ctx, *waits)
		}
		result.Status = JoinedStatus
		if result.Member, err = j.admitApplicant(ctx); err != nil || j.from == nil ||
			j.session != nil {
			return err
		}
		session, err := j.Accounts.OpenSession(ctx, tx, j.user, *j.from)
		result.Session = &session
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// lockAll takes the locks of the transaction in their order: the organization, the link until the
// end, so that of all who join at the same moment no more than its cap get in, the request, the
// address. Behind the last one no invitation of the address is made or accepted.
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
	if !admission.GrantorOfLink(locked).Equals(admission.GrantorOfLink(j.link)) {
		return fault.New(fault.Conflict, "link.try_again")
	}
	j.link = locked
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

// lockRequest locks a join request. LINK_INVALID once it is gone.
func lockRequest(ctx context.Context, tx *store.Tx, id ident.ID) error {
	_, err := tx.LockJoinRequest(ctx, id)
	if ent.IsNotFound(err) {
		return fault.New(fault.LinkInvalid, "link.invalid")
	}
	return err
}

// loadGrantors reads what those hold who answer for the grants, before the transaction, which has
// the only connection it may use. Someone with a pending invitation who joins accepts that
// invitation.
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
	j.inviters, err = j.Invitations.LoadGrantors(ctx, j.invitation)
	return err
}

// validateLink asks the link again, which is locked by now (JOI-9).
func (j *joinAttempt) validateLink(ctx context.Context) (err error) {
	link := j.link
	if j.approved {
		if err := admission.RequireGrantAuthority(ctx, j.tx.Client, j.approver, link.Grant,
			"join.not_whole_request"); err != nil {
			return err
		}
	}
	if j.user == nil { // an account made since the person asked, or confirmed
		j.user, err = j.tx.User.Query().Where(user.EmailKey(j.address.Key)).
			Only(store.AsSystem(ctx, "an address may have got an account in any workspace"))
		if ent.IsNotFound(err) {
			j.user, err = nil, nil
		}
		if err != nil {
			return err
		}
		if j.user != nil && j.acceptor != nil {
			return fault.New(fault.Unauthenticated, "accept.sign_in")
		}
	}
	return requireJoinable(link, j.address, j.now, false)
}

// decideApproval is why somebody has to say yes first, or nil. An invitation is a yes.
func (j *joinAttempt) decideApproval(ctx context.Context) (*joinrequest.WaitsFor, error) {
	because := func(r joinrequest.WaitsFor) (*joinrequest.WaitsFor, error) { return &r, nil }
	if j.user != nil {
		out, err := j.tx.Member.Query().
			Where(member.UserID(j.user.ID), member.StatusEQ(member.StatusDeactivated)).Exist(ctx)
		if err != nil {
			return nil, err
		}
		if out {
			return because(joinrequest.WaitsForDeactivated)
		}
	}
	if j.invitation != nil {
		return nil, nil
	}
	if j.user != nil {
		left, err := j.tx.Departure.Query().Where(departure.UserID(j.user.ID)).Exist(ctx)
		if err != nil {
			return nil, err
		}
		if left {
			return because(joinrequest.WaitsForRemoved)
		}
	}
	last, err := j.tx.Invitation.Query().Where(entinvitation.EmailKey(j.address.Key)).
		Order(ent.Desc(entinvitation.FieldID)).First(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return nil, err
	}
	if err == nil && last.Status == entinvitation.StatusCancelled {
		return because(joinrequest.WaitsForCancelled)
	}
	if j.link.RequiresApproval {
		return because(joinrequest.WaitsForApproval)
	}
	return nil, nil
}

// holdForApproval puts a proven request into the list of those who wait, and tells who may approve
// it.
func (j *joinAttempt) holdForApproval(ctx context.Context, why joinrequest.WaitsFor) error {
	update := j.tx.JoinRequest.Update().
		Where(joinrequest.ID(j.request.ID), joinrequest.StatusEQ(joinrequest.StatusUnconfirmed)).
		SetStatus(joinrequest.StatusWaiting).SetWaitsFor(why).SetConfirmedAt(j.now).
		SetCustomFields(j.answers)
	if j.user != nil {
		update.SetUserID(j.user.ID)
	} else {
		update.SetFirstName(j.acceptor.First).SetLastName(j.acceptor.Last).
			SetNillableLocale(inputs.NilIfEmpty(j.acceptor.Locale)).
			SetPasswordHash(j.acceptor.PasswordHash)
	}
	n, err := update.Save(ctx)
	if n == 0 || err != nil {
		return err // the same link, pressed twice: it waits already
	}
	if err := audit.Record(ctx, j.tx, j.now, audit.Event{WorkspaceID: j.workspace.ID,
		Action: audit.JoinConfirmed, EntryPoint: admission.EntryPointJoin,
		SubjectID: j.request.ID}); err != nil {
		return err
	}
	to, err := j.findApprover(ctx)
	if to == nil || err != nil {
		return err
	}
	return j.Outbox.Post(ctx, j.tx, outbox.QueuedEmail{
		Kind: mail.JoinRequested, WorkspaceID: &j.workspace.ID, To: *to.Email, ToKey: *to.EmailKey,
		UserID: &to.ID, JoinRequestID: &j.request.ID, DueAt: j.now,
	})
}

// findApprover is who is told of a request: the grantor of the link, while they could still give
// all of it, else an administrator.
func (j *joinAttempt) findApprover(ctx context.Context) (*ent.User, error) {
	whole, err := admission.CoversGrant(ctx, j.tx.Client, j.grantor, j.link.Grant)
	if err != nil {
		return nil, err
	}
	if j.link.GiverID != nil && whole {
		to, err := invitation.FindMailableAccount(ctx, j.tx.Member.Query().
			Where(member.ID(*j.link.GiverID)))
		if to != nil || err != nil {
			return to, err
		}
	}
	return invitation.FindAdministrator(ctx, j.tx)
}

// admitApplicant lets the person in: through the invitation that was pending, and through the link.
func (j *joinAttempt) admitApplicant(ctx context.Context) (*ent.Member, error) {
	n, err := j.tx.JoinRequest.Update().
		Where(joinrequest.ID(j.request.ID), joinrequest.StatusIn(joinrequest.StatusUnconfirmed,
			joinrequest.StatusWaiting)).
		SetStatus(joinrequest.StatusApproved).ClearPasswordHash().SetDecidedAt(j.now).Save(ctx)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, fault.New(fault.LinkUsed, "link.used")
	}
	if j.user == nil {
		if j.user, err = j.acceptor.FindOrCreateAccount(ctx, j.tx); err != nil {
			return nil, err
		}
	}
	m, err := j.acceptPending(ctx)
	if err != nil {
		return nil, err
	}
	if m == nil || !j.link.RequiresApproval || j.approved {
		if m, err = j.admitThroughLink(ctx, m); err != nil {
			return nil, err
		}
	}
	done := j.tx.JoinRequest.UpdateOneID(j.request.ID).SetMemberID(m.ID).SetUserID(j.user.ID)
	var by *access.Caller // nobody: the person's own doing
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

// acceptPending accepts the invitation that was pending, if it still is.
func (j *joinAttempt) acceptPending(ctx context.Context) (*ent.Member, error) {
	if j.invitation == nil {
		return nil, nil
	}
	inv := j.invitation
	n, err := j.tx.Invitation.Update().Where(entinvitation.ID(inv.ID),
		entinvitation.LinkVersion(inv.LinkVersion), invitation.IsOpen(j.now)).
		SetStatus(entinvitation.StatusActive).SetAcceptedAt(j.now).Save(ctx)
	if n == 0 || err != nil {
		return nil, err
	}
	return j.Invitations.FulfilInvitation(ctx, j.tx, inv, j.workspace, j.user, j.inviters,
		j.answers, j.now)
}

// admitThroughLink gives what the link gives, and counts the person, once for each link.
func (j *joinAttempt) admitThroughLink(ctx context.Context, m *ent.Member) (*ent.Member, error) {
	before, err := j.tx.JoinRequest.Query().Where(joinrequest.JoinLinkID(j.link.ID),
		joinrequest.UserID(j.user.ID), joinrequest.IDNEQ(j.request.ID),
		joinrequest.StatusEQ(joinrequest.StatusApproved),
		joinrequest.HasMemberWith(member.StatusEQ(member.StatusActive))).WithMember().First(ctx)
	if err == nil {
		return before.Edges.Member, nil // in through this link already: nothing more to give
	}
	if !ent.IsNotFound(err) {
		return nil, err
	}
	// The row is locked on PostgreSQL; the condition is what counts.
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
	a.Grant.CustomFields = inputs.MergeAnswers(a.Grant.CustomFields, j.answers)
	if m != nil { // came in through the invitation a moment ago
		a.Member = m
		return m, a.ApplyGrant(ctx)
	}
	if j.approved {
		return j.admitApproved(ctx, &a)
	}
	return a.Admit(ctx)
}

// admitApproved admits a person whom an administrator has approved. The email that tells them
// counts as one by hand: beyond the limit of its mailbox it is held. It is counted last, as
// everywhere, for the order of locks.
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
	a.EntryPoint.EmailDueAt = free[key]
	m, err := a.Admit(ctx)
	if err != nil {
		return nil, err
	}
	return m, j.Invitations.CountManualEmail(ctx, j.tx, key, j.now)
}

// hasRoomLeft is the half of an UPDATE that decides who gets the last place.
func hasRoomLeft() predicate.JoinLink {
	return joinlink.Or(joinlink.MaxJoinsIsNil(), func(s *sql.Selector) {
		s.Where(sql.ColumnsLT(s.C(joinlink.FieldJoinCount), s.C(joinlink.FieldMaxJoins)))
	})
}
