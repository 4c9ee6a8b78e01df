package emailaction

import (
	"context"
	"time"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/actionlink"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/joinlink"
	"usher/internal/mail"
	"usher/internal/secret"
	"usher/internal/store"
)

// Service opens action links and carries out what they ask.
type Service struct {
	admission.Deps
	Invitations *invitation.Service
	JoinLinks   *joinlink.Service
}

// New returns the service.
func New(d admission.Deps, invitations *invitation.Service, joinLinks *joinlink.Service) *Service {
	return &Service{Deps: d, Invitations: invitations, JoinLinks: joinLinks}
}

// State tells what can be done with an action link.
type State string

// The states. OtherAccount comes before all others, Used before Expired, Expired before the rest.
const (
	Open         State = "OPEN"
	OtherAccount State = "OTHER_ACCOUNT" // somebody else is signed in, who is shown nothing
	Used         State = "USED"
	Expired      State = "EXPIRED"
	Settled      State = "SETTLED"     // decided in another way, or no longer wanted
	AccessOver   State = "ACCESS_OVER" // renewing does not help: the granted access has ended
)

// Action is what an email asks of its recipient.
type Action struct {
	State State
	// What follows is empty for OtherAccount.
	Kind      mail.Kind
	Workspace *ent.Workspace
	Recipient *ent.User
	SignedIn  bool   // the recipient is signed in
	Person    string // behind the request, as the email named them
	// Email is the invited address, or that of the join request.
	Email      string
	NewAddress string // of a move: the present address of the account that made the request
	Invitation *ent.Invitation
	Request    *ent.JoinRequest // with its join link
	AccessEnd  *time.Time       // of AccessOver
	mail       *ent.Mail
}

// Load returns what an action link asks. It changes nothing. LINK_INVALID, also once the recipient
// is no active member any more, or what the email was about is gone.
func (s *Service) Load(ctx context.Context, by *access.Caller,
	token string) (_ *Action, err error) {
	defer fault.Annotate(&err, "load email action")

	m, expired, err := s.openLink(ctx, token)
	if err != nil {
		return nil, err
	}
	// Security: before anything is read of the workspace. A forwarded email shows nothing to
	// somebody who is signed in to another account.
	signedIn := by.RequirePerson() == nil
	if signedIn && by.UserID != *m.UserID {
		return &Action{State: OtherAccount}, nil
	}

	a := &Action{State: Open, Kind: mail.Kind(m.Kind), SignedIn: signedIn, mail: m}
	// Somebody who has left the workspace since is shown nothing of it, even without a sign-in.
	ctx = store.InWorkspace(ctx, *m.WorkspaceID)
	recipient, err := s.Store.Member.Query().Where(member.UserID(*m.UserID),
		member.StatusEQ(member.StatusActive)).WithUser().WithWorkspace().Only(ctx)
	if err != nil {
		return nil, asInvalidLink(err)
	}
	a.Recipient, a.Workspace = recipient.Edges.User, recipient.Edges.Workspace
	if err := s.loadObject(ctx, a); err != nil {
		return nil, asInvalidLink(err)
	}
	// The state of the link comes before that of the object: a used link stays used if the invitee
	// asks again later, which sends another email with a link of its own.
	switch {
	case m.ActionUsedAt != nil:
		a.State = Used
	case expired:
		a.State = Expired
	}
	return a, nil
}

// openLink returns the email of a link, and whether the link has expired. LINK_INVALID.
func (s *Service) openLink(ctx context.Context, token string) (*ent.Mail, bool, error) {
	// Links of other purposes are refused here: one to stop emails must not approve anybody.
	link, err := s.Keys.ParseLink(token, secret.EmailAction)
	if err != nil {
		return nil, false, invalidLink()
	}
	// The binding is in the row, so the signature can only be verified after reading it.
	m, err := s.Store.Mail.Get(store.AsSystem(ctx, "the link names the email that it came with"),
		ident.ID(link.ID))
	if err != nil {
		return nil, false, asInvalidLink(err)
	}
	// The user or the invitation of an email may have been erased since.
	if !s.Keys.VerifyLink(link, actionlink.Binding(m)...) || m.WorkspaceID == nil ||
		m.UserID == nil {
		return nil, false, invalidLink()
	}
	return m, link.IsExpired(s.Clock()), nil
}

// loadObject reads the invitation or the join request of an action, and whether it still waits for
// the decision.
func (s *Service) loadObject(ctx context.Context, a *Action) error {
	if a.Kind == mail.JoinRequested {
		return s.loadJoinRequest(ctx, a)
	}
	inv, err := s.Store.Invitation.Get(ctx, inputs.IDOrZero(a.mail.InvitationID))
	if err != nil {
		return err
	}
	// The invitee is named as the inviter typed them (INV-10).
	a.Invitation, a.Email, a.Person = inv, inv.Email, inv.Email
	status, now := invitation.Status(inv, s.Clock()), s.Clock()
	if a.Kind == mail.MoveRequested {
		return s.loadMove(ctx, a, status)
	}
	// Any renewal, by another recipient or in the console, clears the time of the request.
	switch end := inv.Grant.AccessExpiresAt; {
	case inv.RenewalAskedAt == nil:
		a.State = Settled
	case inputs.HasPassed(end, now):
		a.State, a.AccessEnd = AccessOver, end
	}
	return nil
}

// loadMove reads the address that an invitation would move to: the present one of the account that
// asks, which the email named as it was then.
func (s *Service) loadMove(ctx context.Context, a *Action, status entinvitation.Status) error {
	id, err := ident.Parse(inputs.ValueOrEmpty(a.mail.Note))
	if err != nil {
		return invalidLink()
	}
	u, err := s.Store.User.Get(
		store.AsSystem(ctx, "who asked to be the one invited may be in no workspace yet"), id)
	if err != nil {
		return err
	}
	a.NewAddress = inputs.ValueOrEmpty(u.Email)
	// An invitation that was accepted, cancelled or moved meanwhile has nowhere to go.
	if status != entinvitation.StatusPending || a.NewAddress == "" ||
		*u.EmailKey == a.Invitation.EmailKey {
		a.State = Settled
	}
	return nil
}

// loadJoinRequest reads the join request of an action.
func (s *Service) loadJoinRequest(ctx context.Context, a *Action) error {
	r, err := s.Store.JoinRequest.Query().
		Where(joinrequest.ID(inputs.IDOrZero(a.mail.JoinRequestID))).WithJoinLink().Only(ctx)
	if err != nil {
		return err
	}
	a.Request, a.Email, a.Person = r, r.Email, joinlink.LabelApplicant(r)
	if r.Status != joinrequest.StatusWaiting {
		a.State = Settled
	}
	return nil
}

// invalidLink is the refusal of a link that nobody may learn anything from.
func invalidLink() error { return fault.New(fault.LinkInvalid, "action.invalid") }

// asInvalidLink turns the error of a missing row into LINK_INVALID.
func asInvalidLink(err error) error {
	if ent.IsNotFound(err) {
		return invalidLink()
	}
	return err
}
