package joinlink

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/secret"
	"usher/internal/store"
)

// confirmationLifetime is how long the link of a join confirmation works.
const confirmationLifetime = 24 * time.Hour

// openedRequest is a join request with its link and workspace. A person who holds its emailed link
// may open it.
type openedRequest struct {
	*ent.JoinRequest
	link      *ent.JoinLink
	workspace *ent.Workspace
	expired   bool // the emailed link expired before it was used
}

// asApplicant returns the person for whom the emailed link speaks, with the names and the language
// that they gave when they asked.
func (r *openedRequest) asApplicant() acceptance.Applicant {
	return acceptance.Applicant{
		Workspace: r.workspace, Email: r.Email, Key: r.EmailKey, Grant: r.link.Grant,
		EmailedLink: true,
		First:       inputs.ValueOrEmpty(r.FirstName), Last: inputs.ValueOrEmpty(r.LastName),
		Locale: inputs.ValueOrEmpty(r.Locale),
	}
}

// openRequest loads the join request of an emailed link. LINK_INVALID if the token is not ours, or
// the request was deleted.
func (s *Service) openRequest(ctx context.Context, token string) (*openedRequest, error) {
	invalid := fault.New(fault.LinkInvalid, "link.invalid")
	p, err := s.Keys.ParseLink(token, secret.JoinConfirmation)
	if err != nil {
		return nil, invalid
	}
	// Security: the holder of a link need not be signed in. The signature, verified below, gives
	// access to this one row.
	r, err := s.Store.JoinRequest.Query().Where(joinrequest.ID(ident.ID(p.ID))).WithWorkspace().
		WithJoinLink().
		Only(store.AsSystem(ctx, "the token names one join request of any workspace"))
	if ent.IsNotFound(err) {
		return nil, invalid
	}
	if err != nil {
		return nil, err
	}
	if !s.Keys.VerifyLink(p, r.WorkspaceID.String(), r.EmailKey) {
		return nil, invalid
	}
	r.Edges.JoinLink.Edges.Workspace = r.Edges.Workspace // which pageState reads
	return &openedRequest{r, r.Edges.JoinLink, r.Edges.Workspace, p.IsExpired(s.Clock()) &&
		r.Status == joinrequest.StatusUnconfirmed}, nil
}

// makeConfirmationLink returns the link for the confirmation email and its expiry, 24 hours after
// the email was queued. The link is stored nowhere; another attempt to send makes the same one.
func (s *Service) makeConfirmationLink(r *openedRequest, queuedAt time.Time) (string, time.Time) {
	until := queuedAt.Add(confirmationLifetime).Truncate(time.Second)
	token := s.Keys.SignLink(secret.Claim{
		Purpose: secret.JoinConfirmation, ID: r.ID, Version: 1, ExpiresAt: until,
		Binding: []string{r.WorkspaceID.String(), r.EmailKey},
	})
	return s.MakeEmailedLink(r.workspace.Settings.JoinLinkTemplate, token.Reveal(), "join",
		"confirm"), until
}

// Confirm is the second step of joining: the link came back from the mailbox, which verifies the
// address (AUT-4). It makes an account, or requires the password or session of the existing one,
// then admits the person or sets the request to WAITING (JOI-3, JOI-5). Errors: LINK_INVALID,
// LINK_EXPIRED, LINK_USED, LINK_CANCELLED after a rejection, JOIN_CLOSED, EMAIL_NOT_ALLOWED,
// BAD_USER_INPUT, UNAUTHENTICATED.
func (s *Service) Confirm(ctx context.Context, by *access.Caller, in acceptance.AcceptInput,
	from account.Origin) (_ *Joined, err error) {
	defer fault.Annotate(&err, "confirm join")

	r, err := s.openRequest(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	if r.expired {
		return nil, fault.New(fault.LinkExpired, "join.link_expired")
	}
	// Before the link is checked again: it may have closed since the person got in.
	if done, err := s.findEarlierResult(ctx, by, r); done != nil || err != nil {
		return done, err
	}

	j := &joinAttempt{
		Service: s, by: by, link: r.link, workspace: r.workspace, request: r.JoinRequest,
		address: address.Address{Display: r.Email, Key: r.EmailKey},
	}
	// Checked before the expensive password hash, and again in the transaction (JOI-9).
	if err := requireJoinable(r.link, j.address, s.Clock(), false); err != nil {
		return nil, err
	}

	// The same proof as at an invitation, since both links went to the mailbox alone.
	who, err := s.Acceptances.IdentifyAcceptor(ctx, by, r.asApplicant(), in, from)
	if err != nil {
		return nil, err
	}

	j.answers, j.consents, j.acceptor, j.from = who.Answers, who.Consents, who, &from
	return j.runAttempt(ctx, func(ctx context.Context, tx *store.Tx) (*ent.User, error) {
		if who.Account == nil {
			// A new person. admitApplicant makes the account if no approval is needed.
			return nil, nil
		}
		if err := admission.LockUser(ctx, tx, who.Account.ID); err != nil {
			return nil, err
		}
		u, err := who.FindOrCreateAccount(ctx, tx)
		if err != nil {
			return nil, err
		}
		if u, j.ended, err = s.Accounts.MarkEmailVerified(ctx, tx, u); err != nil ||
			who.NewPasswordHash == "" {
			return u, err
		}
		// The new password is set whether the person gets in now or waits, since the previous one
		// has ended.
		signIn, err := s.Acceptances.OpenSignInSession(ctx, tx, who, u, from)
		signIn.Ended = signIn.Ended.Plus(j.ended)
		j.signIn, j.ended = &signIn, signIn.Ended
		if err != nil {
			return nil, err
		}
		// The sign-in changed the row of the account.
		return tx.User.Get(store.AsSystem(ctx, "the account that has just signed in"), u.ID)
	})
}

// findEarlierResult returns the result of a link that was used before, or nil for an unused one.
// The same signed-in person gets the result again; anyone else gets LINK_USED and no session.
func (s *Service) findEarlierResult(ctx context.Context, by *access.Caller,
	r *openedRequest) (*Joined, error) {
	switch r.Status {
	case joinrequest.StatusWaiting:
		return &Joined{Status: WaitingForApproval}, nil
	case joinrequest.StatusRejected:
		return nil, fault.New(fault.LinkCancelled, "join.rejected")
	case joinrequest.StatusApproved:
		// Security: a replay gives no session. Only the signed-in member continues.
		if r.MemberID != nil && by.RequirePerson() == nil {
			m, err := s.Store.Member.Query().Where(member.ID(*r.MemberID),
				member.UserID(by.UserID)).Only(store.InWorkspace(ctx, r.WorkspaceID))
			if err == nil {
				return &Joined{Status: JoinedStatus, Member: m,
					RedirectURL: landingOf(r.link, r.workspace)}, nil
			}
			if !ent.IsNotFound(err) {
				return nil, err
			}
		}
		return nil, fault.New(fault.LinkUsed, "link.used")
	}
	return nil, nil
}
