package acceptance

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/group"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/program"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/consent"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
)

// PublicInvitation is what a person who holds a link may know. Once it is no longer pending the
// address is masked, and names and message are nil.
type PublicInvitation struct {
	Status        entinvitation.Status
	Email         string
	WorkspaceName string
	InvitedByName *string
	Message       *string
	ExpiresAt     *time.Time

	WorkspaceArchived bool // nobody can accept until the archive ends (WSP-1)
}

// Peek returns the invitation of a link to its holder. It changes nothing (INV-8). LINK_INVALID.
func (s *Service) Peek(ctx context.Context, token string) (_ *PublicInvitation, err error) {
	defer fault.Annotate(&err, "peek invitation")

	inv, err := s.openInvitation(ctx, s.Store.Client, token)
	if err != nil {
		return nil, err
	}
	return s.describeInvitation(ctx, inv)
}

// describeInvitation returns what the holder of a link may know of its invitation.
func (s *Service) describeInvitation(ctx context.Context,
	inv *OpenedInvitation) (*PublicInvitation, error) {
	p := &PublicInvitation{Status: invitation.Status(inv.Invitation, s.Clock()), Email: inv.Email,
		WorkspaceName:     inv.workspace.Name,
		WorkspaceArchived: inv.workspace.ArchivedAt != nil}
	if p.Status == entinvitation.StatusPending || p.Status == entinvitation.StatusExpired {
		p.ExpiresAt = inv.ExpiresAt
	}
	if p.Status != entinvitation.StatusPending {
		// Security: links stay in mailboxes and histories for years. One that no longer works tells
		// little.
		p.Email = address.Mask(inv.Email)
		return p, nil
	}
	p.Message = inv.Message
	if name, err := s.Admission.LoadInviterName(ctx, inv.Invitation); err != nil {
		return nil, err
	} else if name != "" {
		p.InvitedByName = &name
	}
	return p, nil
}

// AcceptPage is the data of the accept page: the invitation, its workspace, and the signed-in
// caller.
type AcceptPage struct {
	PublicInvitation
	Workspace *ent.Workspace
	FirstName string // as the inviter typed it
	LastName  string
	Locale    string
	// the address has an account; false where the reader of the link may be somebody else
	HasAccount bool
	// NewPassword tells that accepting needs a new password, because it is the first verification
	// of the account's address (AUT-4).
	NewPassword bool
	SignedInAs  string
	OwnAddress  bool // the caller is signed in with the invited address
	EmailedLink bool
	LandingURL  string             // where the invitee goes after accepting (INV-21), or ""
	AccessOver  *time.Time         // when the granted access ended, if it has (ADM-8)
	Fields      []*ent.CustomField // required questions that the inviter has not answered
	Consent     *consent.Request   // that accepting must give; nil for none
	grant       schema.Grant       // of a pending invitation
}

// Granted is the content of a pending invitation that its recipient may know.
type Granted struct {
	Groups          []*ent.Group
	Programs        []*ent.Program
	Sessions        []*ent.Session // with their programs
	AccessExpiresAt *time.Time
}

// ListGranted loads what the invitation of a page grants; nil unless it is pending. Deleted rows
// are left out.
func (s *Service) ListGranted(ctx context.Context, page *AcceptPage) (_ *Granted, err error) {
	defer fault.Annotate(&err, "list granted")

	if page.Status != entinvitation.StatusPending {
		return nil, nil
	}
	// Security: the holder of a link is not signed in. The link has been verified, and these are
	// the rows that its own invitation gives.
	ctx = store.InWorkspace(ctx, page.Workspace.ID)
	granted := &Granted{AccessExpiresAt: page.grant.AccessExpiresAt}
	if ids := page.grant.GroupIDs; len(ids) > 0 {
		if granted.Groups, err = s.Store.Group.Query().Where(group.IDIn(ids...)).
			Order(ent.Asc(group.FieldName)).All(ctx); err != nil {
			return nil, err
		}
	}
	if ids := page.grant.ProgramIDs; len(ids) > 0 {
		if granted.Programs, err = s.Store.Program.Query().Where(program.IDIn(ids...)).
			Order(ent.Asc(program.FieldName)).All(ctx); err != nil {
			return nil, err
		}
	}
	if ids := page.grant.SessionIDs; len(ids) > 0 {
		if granted.Sessions, err = s.Store.Session.Query().Where(session.IDIn(ids...)).
			WithProgram().Order(ent.Asc(session.FieldStartsAt), ent.Asc(session.FieldID)).
			All(ctx); err != nil {
			return nil, err
		}
	}
	return granted, nil
}

// LoadAcceptPage is Peek for the page, with what the caller must fill in.
func (s *Service) LoadAcceptPage(ctx context.Context, by *access.Caller,
	token string) (_ *AcceptPage, err error) {
	defer fault.Annotate(&err, "load accept page")

	inv, err := s.openInvitation(ctx, s.Store.Client, token)
	if err != nil {
		return nil, err
	}
	return s.DescribeAcceptPage(ctx, by, inv)
}

// DescribeAcceptPage is LoadAcceptPage for an invitation that is loaded already: a verb of the
// invitee has returned it.
func (s *Service) DescribeAcceptPage(ctx context.Context, by *access.Caller,
	inv *OpenedInvitation) (_ *AcceptPage, err error) {
	defer fault.Annotate(&err, "describe accept page")

	p, err := s.describeInvitation(ctx, inv)
	if err != nil {
		return nil, err
	}
	l := &AcceptPage{PublicInvitation: *p, Workspace: inv.workspace, EmailedLink: inv.emailedLink,
		LandingURL: admission.LandingURL(inv.workspace, inv.Grant.RedirectURL)}
	if inv.Locale != nil {
		l.Locale = *inv.Locale
	}
	system := store.AsSystem(ctx,
		"the page asks for a sign-in if the address has an account, in any workspace")
	if by.RequirePerson() == nil {
		u, err := s.Store.User.Get(system, by.UserID)
		if err != nil {
			return nil, err
		}
		// Shown so that a person who is signed in as somebody else sees it before they accept
		// (INV-9).
		l.SignedInAs = admission.DisplayName(u)
		if u.Email != nil {
			l.SignedInAs = *u.Email
		}
		l.OwnAddress = u.EmailKey != nil && *u.EmailKey == inv.EmailKey
	}
	if p.Status != entinvitation.StatusPending {
		return l, nil
	}
	l.grant = inv.Grant
	// The page says so instead of a form that Accept would refuse.
	if end := inv.Grant.AccessExpiresAt; inputs.HasPassed(end, s.Clock()) {
		l.AccessOver = end
	}
	if inv.FirstName != nil {
		l.FirstName = *inv.FirstName
	}
	if inv.LastName != nil {
		l.LastName = *inv.LastName
	}
	// Security: a copied link does not tell whether the address has an account (INV-10).
	if l.HasAccount = l.OwnAddress; l.EmailedLink {
		if l.HasAccount, l.NewPassword, err = s.FindAccount(system, inv.EmailKey,
			l.OwnAddress); err != nil {
			return nil, err
		}
	}
	// Accept asks the same people: a copied link does not tell of an account.
	l.Consent = consent.Of(inv.workspace)
	if l.HasAccount {
		if l.Consent, err = consent.AskedOf(ctx, s.Store.Client, inv.workspace,
			member.EmailKey(inv.EmailKey)); err != nil {
			return nil, err
		}
	}
	l.Fields, err = s.Admission.ListQuestions(ctx, inv.WorkspaceID, inv.Grant.CustomFields)
	return l, err
}

// FindAccount tells whether an address has an account, and whether a link that verifies it needs a
// new password. own tells that the caller is signed in to the account.
func (s *Service) FindAccount(ctx context.Context, key string,
	own bool) (exists, newPassword bool, err error) {
	defer fault.Annotate(&err, "find account")

	u, err := s.Store.User.Query().Where(user.EmailKey(key)).Only(ctx)
	if ent.IsNotFound(err) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	return true, account.VerificationEndsPassword(u) || !u.EmailProven && !own, nil
}
