package acceptance

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/consent"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/secret"
	"usher/internal/store"
)

// AcceptInput is the input of Accept. Password is the password of a new account, or proves an
// existing one. NewPassword replaces a password that accepting ends.
type AcceptInput struct {
	Token        string
	FirstName    *string
	LastName     *string
	Password     *string
	NewPassword  *string
	Locale       *string
	CustomFields map[string]any
	Consent      *string // the version of the documents (WSP-6)
}

// Acceptance is the result of Accept. SignIn is nil on a replay, when the same person had accepted
// before.
type Acceptance struct {
	Member *ent.Member
	SignIn *account.SignInSession
	Ended  *account.EndedAccess // what ended because the address was verified
	// where the person goes next (INV-21), "" for nowhere
	LandingURL string
}

// Accept lets the invitee accept an invitation (INV-8, INV-9). Only the invited address can be
// bound: an existing account proven by its password or its session, or a new account. Of concurrent
// requests one wins. Errors: LINK_INVALID, LINK_USED, LINK_EXPIRED, LINK_CANCELLED,
// UNAUTHENTICATED, BAD_USER_INPUT, SEAT_LIMIT_REACHED, CONFLICT.
func (s *Service) Accept(ctx context.Context, by *access.Caller, in AcceptInput,
	from account.Origin) (_ *Acceptance, err error) {
	defer fault.Annotate(&err, "accept invitation")

	inv, err := s.openInvitation(ctx, s.Store.Client, in.Token)
	if err != nil {
		return nil, err
	}
	now := s.Clock()
	// Before the link is checked: a person who clicks twice, or goes back in the browser, gets the
	// same answer and not LINK_USED.
	if m, err := s.findAcceptedMember(ctx, by, inv); m != nil || err != nil {
		return &Acceptance{Member: m,
			LandingURL: admission.LandingURL(inv.workspace, inv.Grant.RedirectURL)}, err
	}
	if err := requireOpenLink(inv.Invitation, now); err != nil {
		return nil, err
	}
	if end := inv.Grant.AccessExpiresAt; inputs.HasPassed(end, now) {
		// Security: the grant has ended (ADM-8). Without this check the person would become an
		// active member and take a seat for nothing.
		return nil, fault.New(fault.LinkExpired, "link.access_over",
			i18n.Args{"Date": end.In(i18n.LoadZone(inv.workspace.TimeZone)).Format(time.DateOnly)})
	}

	applicant, err := s.asApplicant(ctx, inv)
	if err != nil {
		return nil, err
	}
	acceptor, err := s.IdentifyAcceptor(ctx, by, applicant, in, from)
	if err != nil {
		return nil, err
	}
	// The memberships of the grantors are read before the transaction: inside it a read outside of
	// it would wait for a second connection, and many such transactions could hold all of them.
	if acceptor.grantors, err = s.LoadGrantors(ctx, inv.Invitation); err != nil {
		return nil, err
	}

	var admitted *Acceptance
	ctx = store.InWorkspace(ctx, inv.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) (err error) {
		// Assigned, not collected: another attempt replaces the result of the one that was rolled
		// back.
		admitted, err = s.acceptInTransaction(ctx, tx, inv, acceptor, from, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	admitted.LandingURL = admission.LandingURL(inv.workspace, inv.Grant.RedirectURL)
	return admitted, nil
}

// OpenedInvitation is an invitation that was found by its link. The verbs of the invitee load it
// once and hand it on to DescribeAcceptPage.
type OpenedInvitation struct {
	*ent.Invitation
	workspace   *ent.Workspace
	emailedLink bool // the link was only ever sent to the mailbox
}

// openInvitation finds the invitation of a link. LINK_INVALID for a token that was never valid and
// for one whose address was corrected since; the answer does not tell them apart.
func (s *Service) openInvitation(ctx context.Context, client *ent.Client,
	token string) (*OpenedInvitation, error) {
	invalid := fault.New(fault.LinkInvalid, "link.invalid")
	// Links of other purposes are refused here: one to stop emails must not accept.
	p, err := s.Keys.ParseLink(token, secret.InvitationMail, secret.InvitationCopy)
	if err != nil {
		return nil, invalid
	}
	// Security: the holder of a link is not signed in. The signature is verified below and lets
	// them read this one row.
	system := store.AsSystem(ctx, "the token names one invitation of any workspace")
	inv, err := client.Invitation.Query().Where(entinvitation.ID(ident.ID(p.ID))).WithWorkspace().
		Only(system)
	if ent.IsNotFound(err) {
		return nil, invalid
	}
	if err != nil {
		return nil, err
	}
	// The version ends links of the time before a correction of the address.
	if uint32(inv.LinkVersion) != p.Version ||
		!s.Keys.VerifyLink(p, invitation.LinkBinding(inv)...) {
		return nil, invalid
	}
	return &OpenedInvitation{inv, inv.Edges.Workspace, p.Purpose == secret.InvitationMail}, nil
}

// requireOpenLink returns the fault for the holder of a link whose invitation is no longer pending.
func requireOpenLink(inv *ent.Invitation, now time.Time) error {
	switch invitation.Status(inv, now) {
	case entinvitation.StatusCancelled:
		return fault.New(fault.LinkCancelled, "link.cancelled")
	case entinvitation.StatusExpired:
		return fault.New(fault.LinkExpired, "link.expired")
	case entinvitation.StatusDeclined:
		return fault.New(fault.LinkUsed, "link.declined")
	case entinvitation.StatusActive:
		return fault.New(fault.LinkUsed, "link.used")
	}
	return nil
}

// acceptInTransaction sets the invitation to ACTIVE and admits the acceptor.
func (s *Service) acceptInTransaction(ctx context.Context, tx *store.Tx, inv *OpenedInvitation,
	acceptor *Acceptor, from account.Origin, now time.Time) (*Acceptance, error) {
	if err := admission.LockForAdmission(ctx, tx, inv.workspace, inv.EmailKey); err != nil {
		return nil, err
	}
	// An account that is created below needs no lock: nobody else can see it yet.
	if acceptor.Account != nil {
		if err := admission.LockUser(ctx, tx, acceptor.Account.ID); err != nil {
			return nil, err
		}
	}

	// The conditions of this statement decide the race: of concurrent acceptances, cancellations
	// and corrections of the address only one changes the row.
	updated, err := tx.Invitation.Update().
		Where(entinvitation.ID(inv.ID), entinvitation.LinkVersion(inv.LinkVersion),
			invitation.IsOpen(now)).
		SetStatus(entinvitation.StatusActive).SetAcceptedAt(now).Save(ctx)
	if err != nil {
		return nil, err
	}
	if updated == 0 {
		return nil, s.explainLostRace(ctx, tx, inv.ID, now)
	}

	// After the UPDATE: the loser of the race creates no account.
	u, err := acceptor.FindOrCreateAccount(ctx, tx)
	if err != nil {
		return nil, err
	}
	// Read behind the lock of the member, so that a deactivation that is under way counts.
	if err := s.refuseDeactivated(ctx, tx, u); err != nil {
		return nil, err
	}
	if acceptor.Account != nil && !inv.emailedLink {
		// Security: a copied link proves no address. An account whose address nobody has verified
		// may belong to somebody else.
		if err := s.refuseUnverified(ctx, tx, inv.Invitation, u); err != nil {
			return nil, err
		}
	}
	m, err := s.FulfilInvitation(ctx, tx, inv.Invitation, inv.workspace, u, acceptor.grantors,
		acceptor.Answers, now)
	if err != nil {
		return nil, err
	}
	if m, err = consent.Record(ctx, tx, m, acceptor.Consents...); err != nil {
		return nil, err
	}
	var ended *account.EndedAccess
	if inv.emailedLink {
		// After the admission: the first verification ends sign-ins and keys that somebody else may
		// hold, and the session of this person is opened behind it.
		if u, ended, err = s.Accounts.MarkEmailVerified(ctx, tx, u); err != nil {
			return nil, err
		}
	}
	signIn, err := s.OpenSignInSession(ctx, tx, acceptor, u, from)
	if err != nil {
		return nil, err
	}
	// A new password may have ended more, so the person is told the sum.
	signIn.Ended = signIn.Ended.Plus(ended)
	return &Acceptance{Member: m, SignIn: &signIn, Ended: signIn.Ended}, nil
}

// sameGrantors tells whether two reads of an invitation have the same grantors in the same order.
func sameGrantors(a, b *ent.Invitation) bool {
	return slices.EqualFunc(invitation.GrantParts(a), invitation.GrantParts(b),
		func(x, y invitation.GrantPart) bool {
			return x.Grantor.Equals(y.Grantor)
		})
}

// LoadGrantors returns the present membership of each grantor of an invitation, in the order of
// GrantParts; nil for a grantor who is gone.
func (s *Service) LoadGrantors(ctx context.Context,
	inv *ent.Invitation) (_ []*access.Membership, err error) {
	defer fault.Annotate(&err, "load grantors")

	var held []*access.Membership
	for _, p := range invitation.GrantParts(inv) {
		// What the grantor may give today, not on the day of the invitation (ADM-6).
		m, err := s.Admission.LoadGrantorMembership(ctx, inv.WorkspaceID, p.Grantor)
		if err != nil {
			return nil, err
		}
		held = append(held, m)
	}
	return held, nil
}

// FulfilInvitation gives a person the grant of an invitation that has just become ACTIVE, and links
// the invitation to the member. grantors are the memberships that LoadGrantors read before the
// transaction: each part is given as far as its own grantor may still give it (ADM-6).
func (s *Service) FulfilInvitation(ctx context.Context, tx *store.Tx, read *ent.Invitation,
	w *ent.Workspace, u *ent.User, grantors []*access.Membership, answers map[string]string,
	now time.Time) (*ent.Member, error) {
	// This second read is a decision under lock: the update that made the invitation ACTIVE holds
	// the row, and another request may have merged a grant into it since the link was opened.
	inv, err := tx.Invitation.Get(ctx, read.ID)
	if err != nil {
		return nil, err
	}
	// Their memberships were read for the previous parts and would be applied to the wrong ones.
	// The person tries again, and the next attempt reads the new parts.
	if !sameGrantors(inv, read) {
		return nil, fault.New(fault.Conflict, "link.try_again")
	}
	var m *ent.Member
	allGroupsGone := false
	for i, part := range invitation.GrantParts(inv) {
		a := admission.Admission{
			Service: s.Admission, Tx: tx, Workspace: w, User: u, Member: m, Grant: part.Grant,
			Grantor: grantors[i], Now: now,
			EntryPoint: admission.EntryPoint{Name: admission.EntryPointInvite,
				JoinedVia: member.JoinedViaInvited, Kind: assignmentsource.KindInvitation,
				Source: inv.ID},
		}
		if i > 0 { // the first part has admitted the person
			err = a.ApplyGrant(ctx)
		} else {
			// What the person answers about themselves replaces what the inviter assumed.
			a.Grant.CustomFields = inputs.MergeAnswers(a.Grant.CustomFields, answers)
			_, err = a.Admit(ctx)
			// The inviter is told: the person is in, but in none of the groups that they were meant
			// for.
			allGroupsGone = a.GroupsGone
		}
		if err != nil {
			return nil, err
		}
		m = a.Member
	}
	if err := tx.Invitation.UpdateOne(inv).SetMemberID(m.ID).Exec(ctx); err != nil {
		return nil, err
	}
	if err := audit.Record(ctx, tx, now,
		audit.Event{WorkspaceID: w.ID, Action: audit.InvitationAccepted,
			EntryPoint: admission.EntryPointInvite,
			SubjectID:  inv.ID, MemberID: m.ID}); err != nil {
		return nil, err
	}
	return m, s.queueAcceptanceNotice(ctx, tx, inv, allGroupsGone, now)
}

// explainLostRace returns the fault for an invitation that another request has closed since it was
// opened.
func (s *Service) explainLostRace(ctx context.Context, tx *store.Tx, id ident.ID,
	now time.Time) error {
	inv, err := tx.Invitation.Get(ctx, id)
	if ent.IsNotFound(err) {
		return fault.New(fault.LinkInvalid, "link.invalid")
	}
	if err != nil {
		return err
	}
	// The reason is read behind the lock, so it is what the other request has made of the
	// invitation.
	if err := requireOpenLink(inv, now); err != nil {
		return err
	}
	return fault.New(fault.LinkInvalid, "link.invalid") // its address was corrected
}

// findAcceptedMember returns the member of an invitation that the same signed-in person has
// accepted before; nil for anybody else.
func (s *Service) findAcceptedMember(ctx context.Context, by *access.Caller,
	inv *OpenedInvitation) (*ent.Member, error) {
	if inv.Status != entinvitation.StatusActive || inv.MemberID == nil ||
		by.RequirePerson() != nil {
		return nil, nil
	}
	// Security: the link alone proves nothing here. Only the account that accepted gets its member.
	m, err := s.Store.Member.Query().Where(member.ID(*inv.MemberID), member.UserID(by.UserID)).
		Only(store.InWorkspace(ctx, inv.WorkspaceID))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return m, err
}

// refuseDeactivated refuses a deactivated member with LINK_CANCELLED: an older invitation must not
// bring them back.
func (s *Service) refuseDeactivated(ctx context.Context, tx *store.Tx, u *ent.User) error {
	deactivated, err := tx.Member.Query().
		Where(member.UserID(u.ID), member.StatusEQ(member.StatusDeactivated)).Exist(ctx)
	if err == nil && deactivated {
		return fault.New(fault.LinkCancelled, "link.deactivated")
	}
	return err
}

// refuseUnverified returns FORBIDDEN for a copied link that would give a role with permissions to
// an account whose address nobody has verified: another person may know its password. If no email
// is ever sent, nobody can verify an address, and the copied link is accepted.
func (s *Service) refuseUnverified(ctx context.Context, tx *store.Tx, inv *ent.Invitation,
	u *ent.User) error {
	if !s.Outbox.Sends() {
		return nil
	}
	m, err := tx.Member.Query().Where(member.UserID(u.ID)).Only(ctx)
	if ent.IsNotFound(err) {
		// Not a member yet: every role of the grant would be new.
		m, err = &ent.Member{UserID: u.ID}, nil
	}
	if err != nil {
		return err
	}
	m.Edges.User = u
	raised, err := admission.RaisesUnverified(ctx, tx, m, inv.Grant)
	if err == nil && raised {
		err = fault.New(fault.Forbidden, "accept.unverified")
	}
	return err
}
