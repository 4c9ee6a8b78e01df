package joinlink

import (
	"context"
	"errors"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/joinrequest"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// JoinInput is who would like to join, through which link.
type JoinInput struct {
	Slug         string
	Email        string
	FirstName    *string
	LastName     *string
	Locale       *string
	CustomFields map[string]any // of who is signed in; others are asked when they confirm
}

// JoinStatus is how far somebody has come through a join link. The words are the public contract.
type JoinStatus string

// How far one can have come.
const (
	CheckYourEmail     JoinStatus = "CHECK_YOUR_MAIL"
	WaitingForApproval JoinStatus = "WAITING_FOR_APPROVAL"
	JoinedStatus       JoinStatus = "JOINED"
)

// Joined is what became of who would like to join. Member is there with JOINED, Session only where
// the request itself proved who it is.
type Joined struct {
	Status  JoinStatus
	Member  *ent.Member
	Session *account.Session
	Ended   *account.EndedAccess // what ended because the address was verified
}

// JoinPageState is whether one can join through a link now. The words are the public contract.
type JoinPageState string

// The states of a page.
const (
	PageOpen    JoinPageState = "OPEN"
	PageOff     JoinPageState = "OFF"
	PageExpired JoinPageState = "EXPIRED"
	PageFull    JoinPageState = "FULL"
)

// pageState judges a link at a moment.
func pageState(link *ent.JoinLink, now time.Time) JoinPageState {
	switch {
	case !link.Enabled:
		return PageOff
	case link.ExpiresAt != nil && !link.ExpiresAt.After(now):
		return PageExpired
	case link.MaxJoins != nil && link.JoinCount >= *link.MaxJoins:
		return PageFull
	}
	return PageOpen
}

// requireJoinable refuses a link that is closed, and an address that it does not take. A stranger
// is told of domains only: which addresses stand in the list is not theirs to know (JOI-4).
func requireJoinable(link *ent.JoinLink, a address.Address, now time.Time, outward bool) error {
	switch pageState(link, now) {
	case PageOff:
		return fault.New(fault.JoinClosed, "join.off")
	case PageExpired:
		return fault.New(fault.JoinClosed, "join.expired")
	case PageFull:
		return fault.New(fault.JoinClosed, "join.full")
	}
	list := whitelistOf(link)
	if list.Allows(a) || outward && list.AllowsDomain(a) {
		return nil
	}
	f := fault.New(fault.EmailNotAllowed, "join.not_allowed",
		i18n.Args{"Domains": abbreviateDomains(list.Domains())})
	f.AllowedDomains = list.Domains()
	return f
}

// abbreviateDomains names the first of many domains: a sentence is not a page.
func abbreviateDomains(domains []string) string {
	const most = 8
	if len(domains) > most {
		return strings.Join(domains[:most], ", ") + ", …"
	}
	return strings.Join(domains, ", ")
}

// whitelistOf is a link's list; one that no longer reads lets nobody in.
func whitelistOf(link *ent.JoinLink) address.Whitelist {
	list, _ := address.CompileWhitelist(link.Whitelist)
	return list
}

// Join is the first step of who comes by themselves (JOI-3). Strangers are mailed a link, and get
// one answer whatever is known of their address. Who is signed in with the address, proven, is in
// at once, or waits.
func (s *Service) Join(ctx context.Context, by *access.Caller, in JoinInput,
	from account.Origin) (_ *Joined, err error) {
	defer fault.Annotate(&err, "join join link")

	link, err := s.findLinkBySlug(ctx, in.Slug)
	if err != nil {
		return nil, err
	}
	a, err := address.Parse(in.Email)
	if err != nil {
		return nil, err
	}
	who, err := in.parseName()
	if err != nil {
		return nil, err
	}
	if err := s.limitNetwork(ctx, link, from); err != nil {
		return nil, err
	}

	own, err := s.findOwnAccount(ctx, by, a.Key)
	if err != nil {
		return nil, err
	}
	now := s.Clock()
	if own != nil {
		if err := requireJoinable(link, a, now, false); err != nil {
			return nil, err
		}
		return s.joinSignedIn(ctx, by, link, own, in)
	}
	if err := requireJoinable(link, a, now, true); err != nil {
		return nil, err
	}
	err = s.Store.WithTx(store.InWorkspace(ctx, link.WorkspaceID), func(tx *store.Tx) error {
		return s.queueConfirmation(store.InWorkspace(ctx, link.WorkspaceID), tx, link, a, who, now)
	})
	if err != nil {
		return nil, err
	}
	return &Joined{Status: CheckYourEmail}, nil
}

// statedName is what somebody says of themselves on a join page.
type statedName struct{ first, last, locale string }

func (in JoinInput) parseName() (p statedName, err error) {
	var faults fault.Collector
	p.first, err = inputs.ParsePersonName("firstName", in.FirstName)
	faults.Add(err)
	p.last, err = inputs.ParsePersonName("lastName", in.LastName)
	faults.Add(err)
	p.locale, err = inputs.ParseLocale("locale", in.Locale)
	faults.Add(err)
	return p, faults.Err()
}

// findOwnAccount is the account of who asks, if this is its address and it is proven.
func (s *Service) findOwnAccount(ctx context.Context, by *access.Caller,
	key string) (*ent.User, error) {
	if by.AuthenticatedPerson() != nil {
		return nil, nil
	}
	u, err := s.Store.User.Get(
		store.AsSystem(ctx, "who is signed in, whichever workspaces they are in"), by.UserID)
	if err != nil || u.EmailKey == nil || *u.EmailKey != key || !u.EmailProven {
		return nil, err
	}
	return u, nil
}

// limitNetwork keeps one network from trying one link without end (JOI-6).
func (s *Service) limitNetwork(ctx context.Context, link *ent.JoinLink, from account.Origin) error {
	return s.Store.WithTx(store.InWorkspace(ctx, link.WorkspaceID), func(tx *store.Tx) error {
		wait, err := s.Limits.Allow(ctx, tx, ratelimit.JoinNetwork, ratelimit.Origin(from.Network)+
			" "+link.ID.String(), s.Clock())
		if err == nil && wait > 0 {
			return ratelimit.TooManyRequests(wait)
		}
		return err
	})
}

// noRecipient is where the mail goes that is never sent.
const noRecipient = "nobody@invalid"

// queueConfirmation notes the request and mails its link, if the address may join and has not had
// too many emails.
//
// Security: an address that may not join gets an email too, which names nobody and which the worker
// drops. Its request is written like another and rolled back. Both cost the same statements, the
// first time and each time after it, so that time does not tell of the list. What is not sent uses
// up nothing of the address's limits. The row of the limit is locked until the end: two requests of
// one address follow each other.
func (s *Service) queueConfirmation(
	ctx context.Context, tx *store.Tx, link *ent.JoinLink, a address.Address, who statedName,
	now time.Time,
) error {
	allowed := whitelistOf(link).Allows(a)
	if limited, err := s.limitConfirmation(ctx, tx, a, allowed, now); limited || err != nil {
		return err
	}
	queuedEmail := outbox.QueuedEmail{Kind: mail.JoinConfirmation, To: noRecipient,
		ToKey: noRecipient,
		DueAt: now}
	var i ident.ID
	err := tx.Savepoint(ctx, func() (err error) {
		if i, err = noteRequest(ctx, tx, link, a, who); err == nil && !allowed {
			err = errNotAllowed
		}
		return err
	})
	if err != nil && !errors.Is(err, errNotAllowed) {
		return err
	}
	if allowed {
		queuedEmail = outbox.QueuedEmail{
			Kind: mail.JoinConfirmation, WorkspaceID: &link.WorkspaceID, To: a.Display,
			ToKey: a.Key, JoinRequestID: &i, DueAt: now,
		}
	}
	return s.Outbox.Post(ctx, tx, queuedEmail)
}

// limitConfirmation counts a confirmation email under the limits of its address, and tells whether
// it is beyond them.
//
// Security: the emails of an address that may not join are counted apart. Its mailbox may be beyond
// its limit all the same, because of a password reset for example, and then both kinds of address
// end here: otherwise a reset followed by a join would tell them apart.
func (s *Service) limitConfirmation(
	ctx context.Context, tx *store.Tx, a address.Address, allowed bool, now time.Time,
) (bool, error) {
	subject, mailbox := a.Key, ratelimit.Mailbox(a.Key)
	other := ratelimit.Unsent(mailbox)
	if !allowed {
		subject, mailbox, other = ratelimit.Unsent(subject), other, mailbox
	}
	// Both look; only an address that may not join heeds what it sees.
	limited, err := s.Limits.Wait(ctx, tx.Client, ratelimit.StrangerMail, other, now)
	if err != nil {
		return false, err
	}
	for _, limit := range []struct {
		rule    ratelimit.Rule
		subject string
	}{{ratelimit.JoinAddress, subject}, {ratelimit.StrangerMail, mailbox}} {
		if wait, err := s.Limits.Allow(ctx, tx, limit.rule, limit.subject, now); err != nil ||
			wait > 0 {
			return true, err
		}
	}
	return !allowed && limited > 0, nil
}

// errNotAllowed rolls back the request of an address that may not join.
var errNotAllowed = errors.New("joinlink: the address may not join")

// noteRequest finds the open request of an address at a link, or makes one. What the person says of
// themselves counts as said last, until the address is verified. It is one read and one write in
// every case (see askToConfirm): a request that waits for approval is left as it is by a write that
// matches no row.
func noteRequest(
	ctx context.Context, tx *store.Tx, link *ent.JoinLink, a address.Address, who statedName,
) (ident.ID, error) {
	open := []joinrequest.Status{joinrequest.StatusUnconfirmed, joinrequest.StatusWaiting}
	id, err := tx.JoinRequest.Query().
		Where(joinrequest.JoinLinkID(link.ID), joinrequest.EmailKey(a.Key),
			joinrequest.StatusIn(open...)).OnlyID(ctx)
	if ent.IsNotFound(err) {
		id = ident.New(ident.JoinRequest)
		return id, tx.JoinRequest.Create().SetID(id).SetWorkspaceID(link.WorkspaceID).
			SetJoinLinkID(link.ID).
			SetEmail(a.Display).SetEmailKey(a.Key).
			SetNillableFirstName(inputs.NilIfEmpty(who.first)).
			SetNillableLastName(inputs.NilIfEmpty(who.last)).
			SetNillableLocale(inputs.NilIfEmpty(who.locale)).
			SetStatus(joinrequest.StatusUnconfirmed).Exec(ctx)
	}
	if err != nil {
		return ident.ID{}, err
	}
	return id, tx.JoinRequest.Update().
		Where(joinrequest.ID(id), joinrequest.StatusEQ(joinrequest.StatusUnconfirmed)).
		SetNillableFirstName(inputs.NilIfEmpty(who.first)).
		SetNillableLastName(inputs.NilIfEmpty(who.last)).
		SetNillableLocale(inputs.NilIfEmpty(who.locale)).Exec(ctx)
}

// joinSignedIn is the one step of who is signed in with a proven address.
func (s *Service) joinSignedIn(ctx context.Context, by *access.Caller, link *ent.JoinLink,
	u *ent.User, in JoinInput) (*Joined, error) {
	j := &joinAttempt{Service: s, by: by, link: link, workspace: link.Edges.Workspace,
		address: address.Address{Display: *u.Email, Key: *u.EmailKey}}
	var err error
	if j.answers, err = s.Invitations.RequireAnswers(ctx, j.workspace, link.Grant,
		in.CustomFields); err != nil {
		return nil, err
	}
	j.findOrCreateRequest = func(ctx context.Context, tx *store.Tx) (*ent.JoinRequest, error) {
		id, err := noteRequest(ctx, tx, link, j.address,
			statedName{inputs.ValueOrEmpty(u.FirstName), inputs.ValueOrEmpty(u.LastName),
				inputs.ValueOrEmpty(u.Locale)})
		if err != nil {
			return nil, err
		}
		return tx.LockJoinRequest(ctx, id)
	}
	return j.runAttempt(ctx, func(ctx context.Context, tx *store.Tx) (*ent.User, error) {
		return u, admission.LockUser(ctx, tx, u.ID)
	})
}

// unconfirmedRetention is how long a request that nobody confirmed is kept: the link of its last
// mail is dead by then.
const unconfirmedRetention = 7 * 24 * time.Hour

// SweepRequests forgets those who asked to join and never confirmed. It is called once an hour.
func (s *Service) SweepRequests(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "sweep requests")

	ctx = store.AsSystem(ctx, "who never confirmed is forgotten in all workspaces")
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := tx.JoinRequest.Delete().Where(joinrequest.StatusEQ(joinrequest.StatusUnconfirmed),
			joinrequest.UpdatedAtLT(s.Clock().Add(-unconfirmedRetention))).Exec(ctx)
		return err
	})
}
