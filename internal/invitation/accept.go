package invitation

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/secret"
	"usher/internal/store"
)

// AcceptInput is how somebody accepts. Password makes a new account; on an existing one it only
// proves it. NewPassword takes the place of a password that accepting ends.
type AcceptInput struct {
	Token        string
	FirstName    *string
	LastName     *string
	Password     *string
	NewPassword  *string
	Locale       *string
	CustomFields map[string]any
}

// Admission is who came in. Session is nil when the same person had accepted before: none is given
// on a replay.
type Admission struct {
	Member  *ent.Member
	Session *account.Session
	Ended   *account.EndedAccess // what ended because the address was verified
}

// Accept is the invitee's yes (INV-8, INV-9). Only the invited address can be bound: an existing
// account by its password or its own session, else a new account made here. Of all who press at the
// same moment one wins.
func (s *Service) Accept(ctx context.Context, by *access.Caller, in AcceptInput,
	from account.Origin) (_ *Admission, err error) {
	defer fault.Annotate(&err, "accept invitation")

	inv, err := s.openInvitation(ctx, s.Store.Client, in.Token)
	if err != nil {
		return nil, err
	}
	now := s.Clock()
	if m, err := s.findAcceptedMember(ctx, by, inv); m != nil || err != nil {
		return &Admission{Member: m}, err
	}
	if err := requireOpenLink(inv.Invitation, now); err != nil {
		return nil, err
	}
	if end := inv.Grant.AccessExpiresAt; end != nil && !end.After(now) {
		// ADM-8
		return nil, fault.New(fault.LinkExpired, "link.access_over",
			i18n.Args{"Date": end.In(i18n.LoadZone(inv.workspace.TimeZone)).Format(time.DateOnly)})
	}

	who, err := s.IdentifyAcceptor(ctx, by, inv.asApplicant(), in, from)
	if err != nil {
		return nil, err
	}

	// What the grantors hold is read before the transaction, which has the only connection it may
	// use.
	if who.grantors, err = s.LoadGrantors(ctx, inv.Invitation); err != nil {
		return nil, err
	}

	result := &Admission{}
	err = s.Store.Retry(store.InWorkspace(ctx, inv.WorkspaceID), func(tx *store.Tx) error {
		return s.acceptInTransaction(store.InWorkspace(ctx, inv.WorkspaceID), tx, inv, who, from,
			now, result)
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// acceptInTransaction is the transaction: the invitation becomes active if and only if this
// statement changes the row; then the person is admitted.
func (s *Service) acceptInTransaction(ctx context.Context, tx *store.Tx, inv *openedInvitation,
	who *Acceptor,
	from account.Origin, now time.Time, result *Admission) error {
	if err := admission.LockForAdmission(ctx, tx, inv.workspace, inv.EmailKey); err != nil {
		return err
	}
	if who.Account != nil {
		if err := admission.LockUser(ctx, tx, who.Account.ID); err != nil {
			return err
		}
	}

	n, err := tx.Invitation.Update().
		Where(invitation.ID(inv.ID), invitation.LinkVersion(inv.LinkVersion), IsOpen(now)).
		SetStatus(invitation.StatusActive).SetAcceptedAt(now).Save(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return s.explainLostRace(ctx, tx, inv.ID, now)
	}
	u, err := who.FindOrCreateAccount(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.refuseDeactivated(ctx, tx, u); err != nil {
		return err
	}
	if who.Account != nil && !inv.mailed {
		if err := s.Admission.RefuseUnverified(ctx, tx, inv.Invitation, u); err != nil {
			return err
		}
	}
	if result.Member, err = s.FulfilInvitation(ctx, tx, inv.Invitation, inv.workspace, u,
		who.grantors, who.Answers, now); err != nil {
		return err
	}
	var ended *account.EndedAccess
	if inv.mailed {
		if u, ended, err = s.Accounts.MarkEmailVerified(ctx, tx, u); err != nil {
			return err
		}
	}
	session, err := s.OpenSession(ctx, tx, who, u, from)
	session.Ended = session.Ended.Plus(ended)
	result.Session, result.Ended = &session, session.Ended
	return err
}

// openedInvitation is an invitation that somebody holds a link of.
type openedInvitation struct {
	*ent.Invitation
	workspace *ent.Workspace
	mailed    bool // the link went to the mailbox alone
}

// openInvitation finds the invitation of a link. A token that was never good, or whose address was
// corrected since, is LINK_INVALID; the two are not told apart.
func (s *Service) openInvitation(ctx context.Context, client *ent.Client,
	token string) (*openedInvitation, error) {
	invalid := fault.New(fault.LinkInvalid, "link.invalid")
	p, err := s.Keys.ParseLink(token, secret.InvitationMail, secret.InvitationCopy)
	if err != nil {
		return nil, invalid
	}
	// Security: who holds a link is not signed in to anything; the signature is what lets them see
	// this one row.
	system := store.AsSystem(ctx, "a link leads to one invitation, whoever holds it")
	inv, err := client.Invitation.Query().Where(invitation.ID(ident.ID(p.ID))).WithWorkspace().
		Only(system)
	if ent.IsNotFound(err) {
		return nil, invalid
	}
	if err != nil {
		return nil, err
	}
	if uint32(inv.LinkVersion) != p.Version || !s.Keys.VerifyLink(p, linkBinding(inv)...) {
		return nil, invalid
	}
	return &openedInvitation{inv, inv.Edges.Workspace, p.Purpose == secret.InvitationMail}, nil
}

// requireOpenLink is what is told to who comes with a link of an invitation that is no longer
// pending.
func requireOpenLink(inv *ent.Invitation, now time.Time) error {
	switch Status(inv, now) {
	case invitation.StatusCancelled:
		return fault.New(fault.LinkCancelled, "link.cancelled")
	case invitation.StatusExpired:
		return fault.New(fault.LinkExpired, "link.expired")
	case invitation.StatusDeclined:
		return fault.New(fault.LinkUsed, "link.declined")
	case invitation.StatusActive:
		return fault.New(fault.LinkUsed, "link.used")
	}
	return nil
}

// grantPart is what one grantor gave of an invitation.
type grantPart struct {
	grantor admission.Grantor
	Grant   schema.Grant
}

// GrantParts lists what the grantors of an invitation gave, the first one first: most have one, who
// gave all of it.
func GrantParts(inv *ent.Invitation) []grantPart {
	if len(inv.Grant.Parts) == 0 {
		return []grantPart{{admission.GrantorOf(inv), inv.Grant}}
	}
	parts := make([]grantPart, len(inv.Grant.Parts))
	for i, p := range inv.Grant.Parts {
		parts[i] = grantPart{admission.Grantor{Member: idOrNil(p.GiverID),
			Key: idOrNil(p.GiverKeyID)}, p.Grant}
	}
	return parts
}

// sameGrantors tells whether two readings of an invitation have the same grantors, each of the same
// part.
func sameGrantors(a, b *ent.Invitation) bool {
	return slices.EqualFunc(GrantParts(a), GrantParts(b), func(x, y grantPart) bool {
		return x.grantor.Equals(y.grantor)
	})
}

// LoadGrantors is what each grantor of an invitation holds now, in the order of partsOf; nil for
// one who is gone.
func (s *Service) LoadGrantors(ctx context.Context,
	inv *ent.Invitation) (_ []*access.Membership, err error) {
	defer fault.Annotate(&err, "load grantors")

	var held []*access.Membership
	for _, p := range GrantParts(inv) {
		m, err := s.Admission.LoadGrantorMembership(ctx, inv.WorkspaceID, p.grantor)
		if err != nil {
			return nil, err
		}
		held = append(held, m)
	}
	return held, nil
}

// FulfilInvitation gives what an invitation promised that has just become active. givers is what
// the grantors of its parts hold, read before the transaction: each part is given as far as its own
// grantor may still give it (ADM-6).
func (s *Service) FulfilInvitation(ctx context.Context, tx *store.Tx, read *ent.Invitation,
	w *ent.Workspace, u *ent.User, givers []*access.Membership, answers map[string]string,
	now time.Time) (*ent.Member, error) {
	// the grant may have been merged since the link was read
	inv, err := tx.Invitation.Get(ctx, read.ID)
	if err != nil {
		return nil, err
	}
	if !sameGrantors(inv, read) {
		return nil, fault.New(fault.Conflict, "link.try_again")
	}
	var m *ent.Member
	groupsGone := false
	for i, part := range GrantParts(inv) {
		a := admission.Admission{
			Service: s.Admission, Tx: tx, Workspace: w, User: u, Member: m, Grant: part.Grant,
			Grantor: givers[i], Now: now,
			EntryPoint: admission.EntryPoint{Name: admission.EntryPointInvite,
				JoinedVia: member.JoinedViaInvited, Kind: assignmentsource.KindInvitation,
				Source: inv.ID},
		}
		if i > 0 { // is in by the first part
			err = a.ApplyGrant(ctx)
		} else {
			a.Grant.CustomFields = inputs.MergeAnswers(a.Grant.CustomFields, answers)
			_, err = a.Admit(ctx)
			groupsGone = a.GroupsGone
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
	return m, s.queueAcceptanceNotice(ctx, tx, inv, groupsGone, now)
}

// explainLostRace says what happened to an invitation that was pending a moment ago.
func (s *Service) explainLostRace(ctx context.Context, tx *store.Tx, i ident.ID,
	now time.Time) error {
	inv, err := tx.Invitation.Get(ctx, i)
	if ent.IsNotFound(err) {
		return fault.New(fault.LinkInvalid, "link.invalid")
	}
	if err != nil {
		return err
	}
	if err := requireOpenLink(inv, now); err != nil {
		return err
	}
	return fault.New(fault.LinkInvalid, "link.invalid") // its address was corrected
}

// findAcceptedMember finds the member of an invitation that the same signed-in person accepted
// already.
func (s *Service) findAcceptedMember(ctx context.Context, by *access.Caller,
	inv *openedInvitation) (*ent.Member, error) {
	if inv.Status != invitation.StatusActive || inv.MemberID == nil ||
		by.AuthenticatedPerson() != nil {
		return nil, nil
	}
	m, err := s.Store.Member.Query().Where(member.ID(*inv.MemberID), member.UserID(by.UserID)).
		Only(store.InWorkspace(ctx, inv.WorkspaceID))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return m, err
}

// refuseDeactivated keeps out who was deactivated: an old invitation is no way back in.
func (s *Service) refuseDeactivated(ctx context.Context, tx *store.Tx, u *ent.User) error {
	out, err := tx.Member.Query().
		Where(member.UserID(u.ID), member.StatusEQ(member.StatusDeactivated)).Exist(ctx)
	if err == nil && out {
		return fault.New(fault.LinkCancelled, "link.deactivated")
	}
	return err
}
