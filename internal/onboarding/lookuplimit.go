package onboarding

import (
	"context"
	"errors"
	"log/slog"

	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/throttle"
)

// NoteLookupLimit writes down that a caller has looked at too many addresses for an account elsewhere, when that is why an
// operation was refused: in the history of the workspace and in the log, once for each caller in the window of the limit. It
// returns the refusal as it is.
func (s *Service) NoteLookupLimit(
	ctx context.Context, by *access.Caller, workspaceID ident.ID, operation string, refusal error,
) error {
	if !fault.Has(refusal, fault.RateLimited) {
		return refusal
	}
	now := s.Clock()
	wait, err := s.Limits.Wait(ctx, s.Store.Client, throttle.AccountLook, lookingAt(by), now)
	if err != nil || wait == 0 { // another limit refused it
		return errors.Join(refusal, err)
	}

	noted := false
	ctx = store.InWorkspace(ctx, workspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		wait, err := s.Limits.Allow(ctx, tx, throttle.AccountLookNote, lookingAt(by), now)
		if noted = err == nil && wait == 0; !noted {
			return err
		}
		return audit.Record(ctx, tx, now, audit.Event{
			WorkspaceID: workspaceID, Action: audit.LookupLimited, By: by, SubjectID: workspaceID,
			Details: []schema.Detail{{Name: "operation", After: operation}},
		})
	})
	if err != nil {
		return errors.Join(refusal, err)
	}
	if noted {
		slog.WarnContext(ctx, "lookup limit reached", "actor", lookingAt(by), "operation", operation, "workspace", workspaceID)
	}
	return refusal
}
