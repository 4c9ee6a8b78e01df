package joinlink

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/consent"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/ratelimit"
	"usher/internal/searchtext"
	"usher/internal/store"
)

// JoinInput names the join link and the person who wants to join through it.
type JoinInput struct {
	Slug         string
	Email        string
	FirstName    *string
	LastName     *string
	Locale       *string
	CustomFields map[string]any // of a signed-in person; others answer at confirmation
	Consent      *string        // of a signed-in person, too (WSP-6)
}

// JoinStatus is the progress of a join request. The words are part of the public schema.
type JoinStatus string

// The progress of a join request.
const (
	CheckYourEmail     JoinStatus = "CHECK_YOUR_EMAIL"
	WaitingForApproval JoinStatus = "WAITING_FOR_APPROVAL"
	JoinedStatus       JoinStatus = "JOINED"
)

// Joined is the result of Join and Confirm. Member is set with JOINED. SignIn is set only if the
// request itself proved who the person is.
type Joined struct {
	Status JoinStatus
	Member *ent.Member
	SignIn *account.SignInSession
	Ended  *account.EndedAccess // ended by the first verification of the address
	// where a person who has joined goes next (INV-21); nil for nowhere
	RedirectURL *string
}

// JoinPageState tells whether a join link takes people now. The words are part of the public
// schema.
type JoinPageState string

// The states of a join page. Only an OPEN one takes people.
const (
	PageOpen    JoinPageState = "OPEN"
	PageOff     JoinPageState = "OFF"
	PageExpired JoinPageState = "EXPIRED"
	PageFull    JoinPageState = "FULL"

	PageArchived JoinPageState = "ARCHIVED" // the workspace is archived (WSP-1)
)

// pageState returns the state of a join link at a point in time.
func pageState(link *ent.JoinLink, now time.Time) JoinPageState {
	switch w := link.Edges.Workspace; {
	case w != nil && w.ArchivedAt != nil:
		return PageArchived
	case !link.Enabled:
		return PageOff
	case inputs.HasPassed(link.ExpiresAt, now):
		return PageExpired
	case link.MaxJoins != nil && link.JoinCount >= *link.MaxJoins:
		return PageFull
	}
	return PageOpen
}

// requireJoinable refuses a closed link with JOIN_CLOSED, and an address that is not on its
// whitelist with EMAIL_NOT_ALLOWED, naming the allowed domains. For an anonymous caller the domain
// alone decides, so that the answer does not tell which addresses are listed (JOI-4).
func requireJoinable(link *ent.JoinLink, a address.Address, now time.Time,
	anonymous bool) error {
	switch pageState(link, now) {
	case PageArchived:
		return fault.New(fault.JoinClosed, "join.archived")
	case PageOff:
		return fault.New(fault.JoinClosed, "join.off")
	case PageExpired:
		return fault.New(fault.JoinClosed, "join.expired")
	case PageFull:
		return fault.New(fault.JoinClosed, "join.full")
	}
	// After the state of the link: a closed one tells nothing about its whitelist.
	list := whitelistOf(link)
	if list.Allows(a) || anonymous && list.AllowsDomain(a) {
		return nil
	}
	f := fault.New(fault.EmailNotAllowed, "join.not_allowed",
		i18n.Args{"Domains": abbreviateDomains(list.Domains())})
	f.AllowedDomains = list.Domains()
	return f
}

// abbreviateDomains returns at most eight domains as text, because they stand in one sentence.
func abbreviateDomains(domains []string) string {
	const maxNamed = 8
	if len(domains) > maxNamed {
		return strings.Join(domains[:maxNamed], ", ") + ", …"
	}
	return strings.Join(domains, ", ")
}

// whitelistOf returns the whitelist of a link. A stored list that no longer compiles admits nobody:
// an empty one would admit anyone.
func whitelistOf(link *ent.JoinLink) address.Whitelist {
	list, _ := address.CompileWhitelist(link.Whitelist)
	return list
}

// Join is the first step of joining (JOI-3). Anonymous callers always get CHECK_YOUR_EMAIL, whether
// or not the address may join or has an account, and a confirmation email if it may. A person who
// is signed in with the address, verified, is admitted immediately or gets WAITING_FOR_APPROVAL.
// Errors: NOT_FOUND, BAD_USER_INPUT, RATE_LIMITED, JOIN_CLOSED, EMAIL_NOT_ALLOWED.
func (s *Service) Join(ctx context.Context, by *access.Caller, in JoinInput,
	from account.Origin) (_ *Joined, err error) {
	defer fault.Annotate(&err, "join")

	link, err := s.findLinkBySlug(ctx, in.Slug)
	if err != nil {
		return nil, err
	}
	var faults fault.Collector
	a, err := address.Parse(in.Email)
	faults.Add(err)
	who, err := in.parseName()
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}

	// Refused attempts count as well, so the limit comes before the checks of the link.
	if err := s.limitNetwork(ctx, link, from); err != nil {
		return nil, err
	}

	// Only a person who is signed in with this address, verified, may learn more than
	// CHECK_YOUR_EMAIL.
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
	// Joining takes an email that confirms the address (JOI-3). Without a mail server the person
	// would wait for one that never leaves.
	if !s.Outbox.Sends() {
		return nil, fault.New(fault.JoinClosed, "join.no_mail_server")
	}

	err = s.Store.WithTx(store.InWorkspace(ctx, link.WorkspaceID), func(tx *store.Tx) error {
		return s.queueConfirmation(store.InWorkspace(ctx, link.WorkspaceID), tx, link, a, who, now)
	})
	if err != nil {
		return nil, err
	}
	return &Joined{Status: CheckYourEmail}, nil
}

// statedName is the name and the language that a person gives on a join page.
type statedName struct{ first, last, locale string }

// parseName validates the name and the language, and reports all faults together.
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

// findOwnAccount returns the caller's account if the address is theirs and verified, else nil.
func (s *Service) findOwnAccount(ctx context.Context, by *access.Caller,
	key string) (*ent.User, error) {
	if by.RequirePerson() != nil {
		return nil, nil
	}
	u, err := s.Store.User.Get(
		store.AsSystem(ctx, "the signed-in account, of any workspace"), by.UserID)
	if err != nil || u.EmailKey == nil || *u.EmailKey != key || !u.EmailProven {
		return nil, err
	}
	return u, nil
}

// limitNetwork limits the attempts of one network at one link (JOI-6). RATE_LIMITED.
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

// noRecipient is the recipient of an email that the worker drops. The domain `invalid` never
// exists.
const noRecipient = "nobody@invalid"

// queueConfirmation writes the join request and queues its confirmation email, if the address may
// join and is within its email limits.
//
// Security: for an address that may not join, it queues an email without a request, which the
// worker drops, and rolls the request back. Both cases run the same statements, on the first
// attempt and on later ones, so that the response time does not tell whether an address is listed.
// An email that is not sent uses up none of the limits of its address. The row of the limit is
// locked until the commit, so two requests for one address run one after the other.
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
	var requestID ident.ID
	// A savepoint, because the rest of the transaction goes on in both cases.
	err := tx.Savepoint(ctx, func() (err error) {
		if requestID, err = recordRequest(ctx, tx, link, a, who); err == nil && !allowed {
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
			ToKey: a.Key, JoinRequestID: &requestID, DueAt: now,
		}
	}
	return s.Outbox.Post(ctx, tx, queuedEmail)
}

// limitConfirmation counts a confirmation email under the limits of its address, and returns
// whether it exceeds them.
//
// Security: emails to an address that may not join are counted separately. Its mailbox may be over
// its limit anyway, for example after a password reset. Then both kinds of address get no email:
// otherwise a reset followed by a join would tell whether the address is listed.
func (s *Service) limitConfirmation(
	ctx context.Context, tx *store.Tx, a address.Address, allowed bool, now time.Time,
) (bool, error) {
	subject, mailbox := a.Key, ratelimit.Mailbox(a.Key)
	other := ratelimit.Unsent(mailbox)
	if !allowed {
		subject, mailbox, other = ratelimit.Unsent(subject), other, mailbox
	}
	// Both kinds of address run this query. Only an address that may not join uses its result.
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

// errNotAllowed rolls back the savepoint of a request whose address may not join.
var errNotAllowed = errors.New("joinlink: the address may not join")

// recordRequest returns the open request of an address at a link, or makes one. The last stated
// name counts until the address is verified. It runs one read and one write in every case (see
// queueConfirmation): for a WAITING request the write matches no row.
func recordRequest(
	ctx context.Context, tx *store.Tx, link *ent.JoinLink, a address.Address, who statedName,
) (ident.ID, error) {
	// Decided requests are history. A person may ask again after them.
	open := []joinrequest.Status{joinrequest.StatusUnconfirmed, joinrequest.StatusWaiting}
	r, err := tx.JoinRequest.Query().
		Where(joinrequest.JoinLinkID(link.ID), joinrequest.EmailKey(a.Key),
			joinrequest.StatusIn(open...)).Only(ctx)
	if ent.IsNotFound(err) {
		id := ident.New(ident.JoinRequest)
		return id, tx.JoinRequest.Create().SetID(id).SetWorkspaceID(link.WorkspaceID).
			SetJoinLinkID(link.ID).
			SetEmail(a.Display).SetEmailKey(a.Key).
			SetNillableFirstName(inputs.NilIfEmpty(who.first)).
			SetNillableLastName(inputs.NilIfEmpty(who.last)).
			SetSearchText(searchtext.Text(a.Display, who.first, who.last)).
			SetNillableLocale(inputs.NilIfEmpty(who.locale)).
			SetStatus(joinrequest.StatusUnconfirmed).Exec(ctx)
	}
	if err != nil {
		return ident.ID{}, err
	}
	return r.ID, tx.JoinRequest.Update().
		Where(joinrequest.ID(r.ID), joinrequest.StatusEQ(joinrequest.StatusUnconfirmed)).
		SetNillableFirstName(inputs.NilIfEmpty(who.first)).
		SetNillableLastName(inputs.NilIfEmpty(who.last)).
		SetSearchText(searchtext.Text(r.Email,
			cmp.Or(who.first, inputs.ValueOrEmpty(r.FirstName)),
			cmp.Or(who.last, inputs.ValueOrEmpty(r.LastName)))).
		SetNillableLocale(inputs.NilIfEmpty(who.locale)).Exec(ctx)
}

// joinSignedIn admits a person who is signed in with the verified address, in one step.
func (s *Service) joinSignedIn(ctx context.Context, by *access.Caller, link *ent.JoinLink,
	u *ent.User, in JoinInput) (*Joined, error) {
	j := &joinAttempt{Service: s, by: by, link: link, workspace: link.Edges.Workspace,
		address: address.Address{Display: *u.Email, Key: *u.EmailKey}}
	asked, err := consent.AskedOf(ctx, s.Store.Client, j.workspace, member.UserID(u.ID))
	if err != nil {
		return nil, err
	}
	var faults fault.Collector
	j.answers, err = s.Acceptances.RequireAnswers(ctx, j.workspace, link.Grant, in.CustomFields)
	faults.Add(err)
	given, err := asked.Accept(in.Consent, s.Clock())
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	j.consents = consent.List(given)
	// The request is made behind the lock of the link, in the lock order (see lockAll).
	j.findOrCreateRequest = func(ctx context.Context, tx *store.Tx) (*ent.JoinRequest, error) {
		id, err := recordRequest(ctx, tx, link, j.address,
			statedName{inputs.ValueOrEmpty(u.FirstName), inputs.ValueOrEmpty(u.LastName),
				inputs.ValueOrEmpty(u.Locale)})
		if err != nil {
			return nil, err
		}
		return tx.LockJoinRequest(ctx, id)
	}
	return j.runAttempt(ctx, func(ctx context.Context, tx *store.Tx) (*ent.User, error) {
		// Locked before the member is made, so that an erasure of the account waits or has won.
		return u, admission.LockUser(ctx, tx, u.ID)
	})
}

// unconfirmedRetention is how long an unconfirmed request is kept. Its last emailed link has
// expired by then.
const unconfirmedRetention = 7 * 24 * time.Hour

// SweepRequests deletes the requests that nobody confirmed within seven days. It runs once an hour.
func (s *Service) SweepRequests(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "sweep requests")

	ctx = store.AsSystem(ctx, "unconfirmed requests expire in every workspace")
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := tx.JoinRequest.Delete().Where(joinrequest.StatusEQ(joinrequest.StatusUnconfirmed),
			joinrequest.UpdatedAtLT(s.Clock().Add(-unconfirmedRetention))).Exec(ctx)
		return err
	})
}
