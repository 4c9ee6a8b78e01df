package invitation

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// LookupSubject is the subject under which the lookups of accounts elsewhere by a caller are
// counted.
func LookupSubject(by *access.Caller) string { return cmp.Or(by.UserID, by.KeyID).String() }

// ExceededLookups is a caller who has looked up too many addresses for an account elsewhere. By is
// nil where the caller is unknown: the holder of a copied link. Then the lookups of the inviter
// count, whose link it is.
type ExceededLookups struct {
	By        *access.Caller
	Inviter   ident.ID // the account of the inviter, if By is nil
	Workspace ident.ID
	Operation string
}

// subject is the subject under which the lookups are counted.
func (e ExceededLookups) subject() string {
	if e.By == nil {
		return e.Inviter.String()
	}
	return LookupSubject(e.By)
}

// RequireLookupsLeft refuses with RATE_LIMITED, and records it, if there were too many lookups.
func (s *Service) RequireLookupsLeft(ctx context.Context, e ExceededLookups) (err error) {
	defer fault.Annotate(&err, "require lookups left")

	wait, err := s.Limits.Wait(ctx, s.Store.Client, ratelimit.AccountLookup, e.subject(), s.Clock())
	if err != nil || wait == 0 {
		return err
	}
	// In a transaction of its own, because the request is refused and would roll the event back.
	if err := s.noteLookupLimit(ctx, e); err != nil {
		return err
	}
	return ratelimit.TooManyRequests(wait)
}

// noteLookupLimit records in a transaction of its own that a request was refused because of the
// limit of lookups.
func (s *Service) noteLookupLimit(ctx context.Context, e ExceededLookups) error {
	var noted bool
	err := s.Store.Retry(store.InWorkspace(ctx, e.Workspace), func(tx *store.Tx) (err error) {
		noted, err = s.recordLookupLimit(ctx, tx, e, s.Clock())
		return err
	})
	if noted && err == nil {
		e.Log(ctx)
	}
	return err
}

// CountLookups counts lookups that can no longer be refused. Beyond the limit it records an event
// and returns true.
func (s *Service) CountLookups(
	ctx context.Context, tx *store.Tx, e ExceededLookups, n int, now time.Time,
) (noted bool, err error) {
	count, err := s.Limits.Charge(ctx, tx, ratelimit.AccountLookup, e.subject(), n, now, now)
	if err != nil || count <= ratelimit.AccountLookup.Limit {
		return false, err
	}
	return s.recordLookupLimit(ctx, tx, e, now)
}

// recordLookupLimit records the event in the history of the workspace, once for each caller in the
// window of the limit. It reports whether it did.
func (s *Service) recordLookupLimit(
	ctx context.Context, tx *store.Tx, e ExceededLookups, now time.Time,
) (noted bool, err error) {
	// Once in a window: a caller who goes on trying must not fill the history.
	wait, err := s.Limits.Allow(ctx, tx, ratelimit.AccountLookupNote, e.subject(), now)
	if err != nil || wait > 0 {
		return false, err
	}
	return true, audit.Record(store.InWorkspace(ctx, e.Workspace), tx, now, audit.Event{
		WorkspaceID: e.Workspace, Action: audit.LookupLimited, By: e.By, SubjectID: e.Workspace,
		Details: []schema.Detail{{Name: "operation", After: e.Operation}},
	})
}

// Log is called after the commit: a transaction that is retried would log twice.
func (e ExceededLookups) Log(ctx context.Context) {
	slog.WarnContext(ctx, "lookup limit reached",
		"actor", e.subject(), "operation", e.Operation, "workspace", e.Workspace)
}
