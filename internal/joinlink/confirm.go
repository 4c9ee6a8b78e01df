package joinlink

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/secret"
	"usher/internal/store"
)

// confirmationLifetime is how long the link of a join confirmation works.
const confirmationLifetime = 24 * time.Hour

// openedRequest is a join request that somebody holds the mailed link of.
type openedRequest struct {
	*ent.JoinRequest
	link      *ent.JoinLink
	workspace *ent.Workspace
	expired   bool // the link's own day is over, and it was not used
}

// asApplicant is who a confirmation's link speaks for. What they said of themselves when they asked
// need not be said again.
func (r *openedRequest) asApplicant() invitation.Applicant {
	return invitation.Applicant{
		Workspace: r.workspace, Email: r.Email, Key: r.EmailKey, Grant: r.link.Grant, Proven: true,
		First: inputs.ValueOrEmpty(r.FirstName), Last: inputs.ValueOrEmpty(r.LastName),
		Locale: inputs.ValueOrEmpty(r.Locale),
	}
}

// openRequest finds the join request of a mailed link. LINK_INVALID.
func (s *Service) openRequest(ctx context.Context, token string) (*openedRequest, error) {
	invalid := fault.New(fault.LinkInvalid, "link.invalid")
	p, err := s.Keys.ParseLink(token, secret.JoinConfirmation)
	if err != nil {
		return nil, invalid
	}
	// Security: who holds a link is not signed in to anything; the signature is what lets them see
	// this one row.
	r, err := s.Store.JoinRequest.Query().Where(joinrequest.ID(ident.ID(p.ID))).WithWorkspace().
		WithJoinLink().
		Only(store.AsSystem(ctx, "a link leads to one join request, whoever holds it"))
	if ent.IsNotFound(err) {
		return nil, invalid
	}
	if err != nil {
		return nil, err
	}
	if !s.Keys.VerifyLink(p, r.WorkspaceID.String(), r.EmailKey) {
		return nil, invalid
	}
	return &openedRequest{r, r.Edges.JoinLink, r.Edges.Workspace, p.IsExpired(s.Clock()) &&
		r.Status == joinrequest.StatusUnconfirmed}, nil
}

// makeConfirmationLink makes the link that goes to the mailbox. It is made when it is needed and
// stored nowhere.
func (s *Service) makeConfirmationLink(r *ent.JoinRequest, mailed time.Time) (string, time.Time) {
	until := mailed.Add(confirmationLifetime).Truncate(time.Second)
	token := s.Keys.SignLink(secret.Claim{
		Purpose: secret.JoinConfirmation, ID: r.ID, Version: 1, ExpiresAt: until,
		Binding: []string{r.WorkspaceID.String(), r.EmailKey},
	})
	return s.PublicURL.JoinPath("join", "confirm", token.Reveal()).String(), until
}

// Confirm is the second step of who comes by themselves: the link came back from the mailbox, which
// proves it (AUT-4). A new account is made, or an existing one proves to be theirs; then they are
// in, or wait (JOI-3, JOI-5).
func (s *Service) Confirm(ctx context.Context, by *access.Caller, in invitation.AcceptInput,
	from account.Origin) (_ *Joined, err error) {
	defer fault.Annotate(&err, "confirm join link")

	r, err := s.openRequest(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	if r.expired {
		return nil, fault.New(fault.LinkExpired, "join.link_expired")
	}
	if done, err := s.findEarlierResult(ctx, by, r); done != nil || err != nil {
		return done, err
	}
	j := &joinAttempt{
		Service: s, by: by, link: r.link, workspace: r.workspace, request: r.JoinRequest,
		address: address.Address{Display: r.Email, Key: r.EmailKey},
	}
	// before the hash, and again inside (JOI-9)
	if err := requireJoinable(r.link, j.address, s.Clock(), false); err != nil {
		return nil, err
	}

	who, err := s.Invitations.IdentifyAcceptor(ctx, by, r.asApplicant(), in, from)
	if err != nil {
		return nil, err
	}
	j.answers, j.acceptor, j.from = who.Answers, who, &from
	return j.runAttempt(ctx, func(ctx context.Context, tx *store.Tx) (*ent.User, error) {
		if who.Account == nil {
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
		session, err := s.Invitations.OpenSession(ctx, tx, who, u, from)
		session.Ended = session.Ended.Plus(j.ended)
		j.session, j.ended = &session, session.Ended
		if err != nil {
			return nil, err
		}
		return tx.User.Get(store.AsSystem(ctx, "the account that has just signed in"), u.ID)
	})
}

// findEarlierResult answers for a link that has been used: harmless to the same person, and no way
// in for anybody else.
func (s *Service) findEarlierResult(ctx context.Context, by *access.Caller,
	r *openedRequest) (*Joined, error) {
	switch r.Status {
	case joinrequest.StatusWaiting:
		return &Joined{Status: WaitingForApproval}, nil
	case joinrequest.StatusRejected:
		return nil, fault.New(fault.LinkCancelled, "join.rejected")
	case joinrequest.StatusApproved:
		if r.MemberID != nil && by.AuthenticatedPerson() == nil {
			m, err := s.Store.Member.Query().Where(member.ID(*r.MemberID),
				member.UserID(by.UserID)).Only(store.InWorkspace(ctx, r.WorkspaceID))
			if err == nil {
				return &Joined{Status: JoinedStatus, Member: m}, nil
			}
			if !ent.IsNotFound(err) {
				return nil, err
			}
		}
		return nil, fault.New(fault.LinkUsed, "link.used")
	}
	return nil, nil
}
