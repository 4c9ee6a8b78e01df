package admission

import (
	"context"
	"net/url"
	"time"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/jobs"
	"usher/internal/outbox"
	"usher/internal/password"
	"usher/internal/ratelimit"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/training"
)

// Deps are the services that the operations use.
type Deps struct {
	Store     *store.Store
	Outbox    *outbox.Outbox
	Queue     *jobs.Queue
	Accounts  *account.Service
	Training  *training.Service
	Keys      *secret.Keyring
	Hasher    *password.Hasher
	Limits    *ratelimit.Limiter
	Clock     func() time.Time // UTC, to the microsecond
	PublicURL *url.URL
	// origins of front ends that emailed links may lead to, in the format of the Origin header
	LinkOrigins []string
}

// FindInvitation loads an invitation that the caller can see. NOT_FOUND for any other.
func (s *Service) FindInvitation(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.Invitation, err error) {
	defer fault.Annotate(&err, "find invitation")

	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	inv, err := s.Store.Invitation.Get(store.AsCaller(ctx, by), id)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	return inv, err
}

// Service holds what the packages of the entry points share.
type Service struct {
	Deps
}

// New returns the service.
func New(d Deps) *Service { return &Service{Deps: d} }
