package account

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"

	lru "github.com/hashicorp/golang-lru/v2"

	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/outbox"
	"usher/internal/password"
	"usher/internal/ratelimit"
	"usher/internal/secret"
	"usher/internal/store"
)

// emailPoster is the part of the outbox that this package uses.
type emailPoster interface {
	Post(ctx context.Context, tx *store.Tx, emails ...outbox.QueuedEmail) error
	Sends() bool
}

// Deps holds what the service needs. Every field except Clock is required.
type Deps struct {
	Store     *store.Store
	Outbox    emailPoster
	Keys      *secret.Keyring
	Hasher    *password.Hasher
	Clock     func() time.Time // time.Now when nil
	PublicURL *url.URL         // base of links, and issuer of access tokens
	// page of a front end for account links, with {page} and {token}; empty for the public URL
	LinkTemplate string
}

// Service holds the operations on a person's own account. It is safe for concurrent use.
type Service struct {
	store    *store.Store
	outbox   emailPoster
	keys     *secret.Keyring
	hasher   *password.Hasher
	limits   *ratelimit.Limiter
	clock    func() time.Time
	baseURL  string // the public URL without a slash at its end
	template string // of account links; empty for the public URL
	tokens   tokenSigner
	attempts attemptQueue
	callers  *lru.Cache[ident.ID, *RememberedCaller] // by their sign-ins
}

// New returns a service with the given dependencies.
func New(d Deps) *Service {
	if d.Clock == nil {
		d.Clock = time.Now
	}
	base := strings.TrimRight(d.PublicURL.String(), "/")
	return &Service{
		store: d.Store, outbox: d.Outbox, keys: d.Keys, hasher: d.Hasher,
		limits: ratelimit.New(d.Keys),
		clock:  d.Clock, baseURL: base, template: d.LinkTemplate,
		tokens: newTokenSigner(d.Keys, base, d.Clock), callers: newCallerMemory(),
	}
}

// Origin describes the client that sent a request.
type Origin struct {
	Network   netip.Addr // the client's own address; zero where it is not known
	UserAgent string
	// the refresh token of the browser cookie, valid or not; it identifies a device that has
	// signed in before
	Device string
}

// SignInSession holds the tokens of a signed-in client.
type SignInSession struct {
	AccessToken        secret.Token
	RefreshToken       secret.Token
	ExpiresAt          time.Time // of the access token
	RefreshEndsAt      time.Time // when the refresh token ends if it is not used, for its cookie
	UserID, SignInID   ident.ID
	MustChangePassword bool // the session may only change its password
	Ended              *EndedAccess
}

// EndedAccess counts the access to an account that ended, because its password was set or its
// address was verified for the first time. Its fields are those of the API's EndedAccess.
type EndedAccess struct {
	Password bool // the previous password stopped working
	Sessions int  // sign-ins that ended
	APIKeys  int  // keys that were revoked
}

// valueOrZero returns e, or the zero value if e is nil.
func (e *EndedAccess) valueOrZero() EndedAccess {
	if e == nil {
		return EndedAccess{}
	}
	return *e
}

// Plus returns the sum of two steps of one transaction; nil if nothing ended.
func (e *EndedAccess) Plus(other *EndedAccess) *EndedAccess {
	return e.addEnded(other.valueOrZero())
}

// addEnded returns the sum of e and a later step of the same transaction; nil if nothing ended.
func (e *EndedAccess) addEnded(later EndedAccess) *EndedAccess {
	sum := later
	if e != nil {
		sum = EndedAccess{e.Password || later.Password, e.Sessions + later.Sessions,
			e.APIKeys + later.APIKeys}
	}
	if sum == (EndedAccess{}) {
		return nil
	}
	return &sum
}

// now returns the clock's time in UTC, cut to the microseconds that both databases store.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// systemContext turns the tenant filter off: accounts belong to people, not to a workspace.
func systemContext(ctx context.Context) context.Context {
	return store.AsSystem(ctx,
		"an account spans workspaces; every query here names the account or the sign-in it is for")
}

// requirePerson returns the caller's account. UNAUTHENTICATED for an anonymous caller, FORBIDDEN for an
// API key, and PASSWORD_CHANGE_REQUIRED for a session that may only change its password.
func requirePerson(c *access.Caller) (ident.ID, error) {
	if err := c.RequirePerson(); err != nil {
		return ident.ID{}, err
	}
	return c.UserID, nil
}

// unauthenticatedFault returns the same error for every invalid credential, so that it reveals no
// reason.
func unauthenticatedFault() *fault.Error {
	return fault.New(fault.Unauthenticated, "fault.unauthenticated")
}

// trimPrintable removes unprintable characters from a client's own description and limits its
// length in characters.
func trimPrintable(s string, most int) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, "")))
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}
