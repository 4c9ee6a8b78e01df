package onboarding

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/customfield"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/password"
	"usher/internal/store"
)

// AcceptInput is how somebody accepts. Password makes a new account; on an existing one it only proves it.
type AcceptInput struct {
	Token        string
	FirstName    *string
	LastName     *string
	Password     *string
	Locale       *string
	CustomFields map[string]any
}

// Admission is who came in. Session is nil when the same person had accepted before: none is given on a replay.
type Admission struct {
	Member  *ent.Member
	Session *account.Session
}

// Accept is the invitee's yes (INV-8, INV-9). Only the invited address can be bound: an existing account by its password
// or its own session, else a new account made here. Of all who press at the same moment one wins.
func (s *Service) Accept(ctx context.Context, by *access.Caller, in AcceptInput, from account.Origin) (*Admission, error) {
	inv, err := s.open(ctx, s.Store.Client, in.Token)
	if err != nil {
		return nil, err
	}
	now := s.Clock()
	if m, err := s.acceptedBefore(ctx, by, inv); m != nil || err != nil {
		return &Admission{Member: m}, err
	}
	if err := closed(inv.Invitation, now); err != nil {
		return nil, err
	}
	if end := inv.Grant.AccessExpiresAt; end != nil && !end.After(now) {
		return nil, fault.New(fault.LinkExpired, "link.access_over", i18n.Args{"Date": end.In(zone(inv.workspace)).Format(time.DateOnly)}) // ADM-8
	}

	who, err := s.accepting(ctx, by, inv, in, from)
	if err != nil {
		return nil, err
	}

	// What the giver holds is read before the transaction, which has the only connection it may use.
	if who.giver, err = s.giver(ctx, inv.Invitation); err != nil {
		return nil, err
	}

	result := &Admission{}
	err = s.Store.Retry(store.InWorkspace(ctx, inv.WorkspaceID), func(tx *store.Tx) error {
		return s.accept(store.InWorkspace(ctx, inv.WorkspaceID), tx, inv, who, from, now, result)
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// accept is the transaction: pending becomes active iff this statement changes the row; then the threshold.
func (s *Service) accept(ctx context.Context, tx *store.Tx, inv *opened, who *acceptor, from account.Origin, now time.Time, result *Admission) error {
	n, err := tx.Invitation.Update().Where(invitation.ID(inv.ID), invitation.LinkVersion(inv.LinkVersion), open(now)).
		SetStatus(invitation.StatusActive).SetAcceptedAt(now).Save(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return s.overtaken(ctx, tx, inv.ID, now)
	}
	u, err := who.account(ctx, tx, inv)
	if err != nil {
		return err
	}
	if err := s.refuseDeactivated(ctx, tx, u); err != nil {
		return err
	}
	current, err := tx.Invitation.Get(ctx, inv.ID) // the grant may have been merged since the link was read
	if err != nil {
		return err
	}
	if !sameGiver(current, inv.Invitation) {
		return fault.New(fault.Conflict, "link.try_again")
	}
	grant := current.Grant
	grant.CustomFields = joined(grant.CustomFields, who.answers)
	a := admission{
		Service: s, tx: tx, workspace: inv.workspace, user: u, grant: grant, giver: who.giver, now: now,
		via: via{door: doorInvite, joined: member.JoinedViaInvited, kind: assignmentsource.KindInvitation, source: inv.ID},
	}
	if result.Member, err = a.admit(ctx); err != nil {
		return err
	}
	if err := tx.Invitation.UpdateOneID(inv.ID).SetMemberID(result.Member.ID).Exec(ctx); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, now, audit.Event{WorkspaceID: inv.WorkspaceID, Action: audit.InvitationAccepted, Door: doorInvite, SubjectID: inv.ID, MemberID: result.Member.ID}); err != nil {
		return err
	}
	if err := s.tellInviter(ctx, tx, current, a.groupsGone, now); err != nil {
		return err
	}
	if inv.mailed {
		if u, err = s.Accounts.ProveMailbox(ctx, tx, u); err != nil {
			return err
		}
	}
	session, err := s.Accounts.Open(ctx, tx, u, from)
	result.Session = &session
	return err
}

// overtaken says what happened to an invitation that was pending a moment ago.
func (s *Service) overtaken(ctx context.Context, tx *store.Tx, i ident.ID, now time.Time) error {
	inv, err := tx.Invitation.Get(ctx, i)
	if ent.IsNotFound(err) {
		return fault.New(fault.LinkInvalid, "link.invalid")
	}
	if err != nil {
		return err
	}
	if err := closed(inv, now); err != nil {
		return err
	}
	return fault.New(fault.LinkInvalid, "link.invalid") // its address was corrected
}

// acceptedBefore finds the member of an invitation that the same signed-in person accepted already.
func (s *Service) acceptedBefore(ctx context.Context, by *access.Caller, inv *opened) (*ent.Member, error) {
	if inv.Status != invitation.StatusActive || inv.MemberID == nil || by.Anonymous() || by.UserID.IsZero() {
		return nil, nil
	}
	m, err := s.Store.Member.Query().Where(member.ID(*inv.MemberID), member.UserID(by.UserID)).
		Only(store.InWorkspace(ctx, inv.WorkspaceID))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return m, err
}

// acceptor is who accepts: an account that proved to be theirs, or the makings of a new one.
type acceptor struct {
	known               *ent.User
	first, last, locale string
	hash                string
	answers             map[string]string
	giver               *access.Membership
}

// accepting finds out who accepts, before the transaction: passwords are slow. It decides INV-9: a signed-in stranger is
// never bound, and is told whom the link is for by the page.
func (s *Service) accepting(ctx context.Context, by *access.Caller, inv *opened, in AcceptInput, from account.Origin) (*acceptor, error) {
	who := &acceptor{}
	var err error
	if who.answers, err = s.requiredAnswers(ctx, inv, in.CustomFields); err != nil {
		return nil, err
	}
	who.known, err = s.Store.User.Query().Where(user.EmailKey(inv.EmailKey)).
		Only(store.AsSystem(ctx, "the invited address may have an account in any workspace"))
	switch {
	case ent.IsNotFound(err):
		return who, s.newcomer(ctx, who, inv, in)
	case err != nil:
		return nil, err
	case by != nil && by.UserID == who.known.ID && !by.MustChange:
		return who, nil
	case in.Password == nil || *in.Password == "":
		return nil, fault.New(fault.Unauthenticated, "accept.sign_in")
	}
	return who, s.Accounts.Prove(ctx, who.known, *in.Password, from)
}

// newcomer checks what a new account is made of.
func (s *Service) newcomer(ctx context.Context, who *acceptor, inv *opened, in AcceptInput) (err error) {
	if who.first, err = personName("firstName", in.FirstName); err != nil {
		return err
	}
	if who.last, err = personName("lastName", in.LastName); err != nil {
		return err
	}
	switch {
	case who.first == "":
		return fault.Input("firstName", "accept.first_name")
	case who.last == "":
		return fault.Input("lastName", "accept.last_name")
	case in.Password == nil || *in.Password == "":
		return fault.Input("password", "accept.password")
	}
	if who.locale, err = locale("locale", in.Locale); err != nil {
		return err
	}
	if who.locale == "" {
		who.locale = inv.Grant.Locale
	}
	if err := password.Check(*in.Password, inv.Email, who.first, who.last, inv.workspace.Name); err != nil {
		return err
	}
	who.hash, err = s.Hasher.Hash(ctx, *in.Password)
	return err
}

// account is the account that accepts, made now if it is new. An address that got an account meanwhile starts over.
func (who *acceptor) account(ctx context.Context, tx *store.Tx, inv *opened) (*ent.User, error) {
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's")
	if who.known != nil {
		u, err := tx.User.Get(system, who.known.ID)
		if ent.IsNotFound(err) || err == nil && u.CredentialVersion != who.known.CredentialVersion {
			// Security: its password or its address changed since one of them was proven; neither counts any more.
			return nil, fault.New(fault.Unauthenticated, "accept.sign_in")
		}
		return u, err
	}
	u, err := tx.User.Create().SetEmail(inv.Email).SetEmailKey(inv.EmailKey).SetFirstName(who.first).SetLastName(who.last).
		SetNillableLocale(optional(who.locale)).SetPasswordHash(who.hash).SetEmailProven(inv.mailed).Save(system)
	if ent.IsConstraintError(err) {
		return nil, fault.New(fault.Unauthenticated, "accept.sign_in")
	}
	return u, err
}

// requiredAnswers checks the answers to the workspace's questions; what the inviter answered already need not be asked.
func (s *Service) requiredAnswers(ctx context.Context, inv *opened, in map[string]any) (map[string]string, error) {
	ctx = store.InWorkspace(ctx, inv.WorkspaceID)
	given, err := answers(ctx, s.Store.Client, "customFields", in)
	if err != nil {
		return nil, err
	}
	required, err := s.Store.CustomField.Query().Where(customfield.Required(true)).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range required {
		if given[f.Key] == "" && inv.Grant.CustomFields[f.Key] == "" {
			return nil, fault.Input("customFields."+f.Key, "accept.field", i18n.Args{"Name": f.Name})
		}
	}
	return given, nil
}

// refuseDeactivated keeps out who was deactivated: an old invitation is no way back in.
func (s *Service) refuseDeactivated(ctx context.Context, tx *store.Tx, u *ent.User) error {
	out, err := tx.Member.Query().Where(member.UserID(u.ID), member.StatusEQ(member.StatusDeactivated)).Exist(ctx)
	if err == nil && out {
		return fault.New(fault.LinkCancelled, "link.deactivated")
	}
	return err
}
