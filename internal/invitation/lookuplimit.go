package invitation

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/ident"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// lookupSubject is the subject under which the lookups of accounts elsewhere by a caller are
// counted.
func lookupSubject(by *access.Caller) string { return cmp.Or(by.UserID, by.KeyID).String() }

// ExceededLookups is a caller who has looked up too many addresses for an account elsewhere.
type ExceededLookups struct {
	By        *access.Caller
	Workspace ident.ID
	Operation string
}

// noteLookupLimit records in a transaction of its own that createUser was refused because the
// caller exceeded the limit of lookups.
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
	count, err := s.Limits.Charge(ctx, tx, ratelimit.AccountLook, lookupSubject(e.By), n, now, now)
	if err != nil || count <= ratelimit.AccountLook.Limit {
		return false, err
	}
	return s.recordLookupLimit(ctx, tx, e, now)
}

// recordLookupLimit records the event in the history of the workspace, once for each caller in the
// window of the limit. It reports whether it did.
func (s *Service) recordLookupLimit(
	ctx context.Context, tx *store.Tx, e ExceededLookups, now time.Time,
) (noted bool, err error) {
	wait, err := s.Limits.Allow(ctx, tx, ratelimit.AccountLookNote, lookupSubject(e.By), now)
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
		"actor", lookupSubject(e.By), "operation", e.Operation, "workspace", e.Workspace)
}
