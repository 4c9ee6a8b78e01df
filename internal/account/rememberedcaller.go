package account

import (
	"context"
	"reflect"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
)

// maxRememberedCallers is the number of callers that a process remembers. One takes a kilobyte, and
// some more if the person holds many roles.
const maxRememberedCallers = 5_000

// RememberedCaller is a caller as the database had them at certain epochs.
//
// Security: rights may have been taken away since. A statement that uses them must read the epoch
// of the workspace in its own snapshot (store.EpochOf) and compare it with Epoch.
type RememberedCaller struct {
	*access.Caller
	epochs map[ident.ID]int64 // of the account and of its workspaces
	until  time.Time          // the first moment at which time alone changes the rights
}

// Epoch returns the sum of the epochs of the account and of one of its workspaces; false for a
// workspace where the account has no membership.
func (r *RememberedCaller) Epoch(workspace ident.ID) (int64, bool) {
	epoch, known := r.epochs[workspace]
	return r.epochs[r.UserID] + epoch, known
}

// WorkspaceEpoch returns the epoch of one of the workspaces of the account.
func (r *RememberedCaller) WorkspaceEpoch(workspace ident.ID) int64 { return r.epochs[workspace] }

// HasRightsOf reports whether a caller has the same memberships and roles.
func (r *RememberedCaller) HasRightsOf(caller *access.Caller) bool {
	return reflect.DeepEqual(r.Caller, caller)
}

// newCallerMemory returns an empty memory of callers by their sign-ins.
func newCallerMemory() *lru.Cache[ident.ID, *RememberedCaller] {
	memory, err := lru.New[ident.ID, *RememberedCaller](maxRememberedCallers)
	if err != nil {
		panic(err) // only for a size below one
	}
	return memory
}

// RecallCaller returns the remembered caller of an access token; nil if none is remembered, and for
// an invalid token. It reads nothing.
func (s *Service) RecallCaller(accessToken string) *RememberedCaller {
	userID, signIn, err := s.tokens.verifyToken(accessToken)
	if err != nil {
		return nil
	}
	known, ok := s.callers.Get(signIn)
	if !ok || known.UserID != userID || !s.now().Before(known.until) {
		return nil
	}
	return known
}

// RememberCaller loads a signed-in caller with the epochs of their rights and remembers them; nil
// where the database keeps no epochs. UNAUTHENTICATED once the sign-in has ended.
func (s *Service) RememberCaller(ctx context.Context,
	c *access.Caller) (_ *RememberedCaller, err error) {
	defer fault.Annotate(&err, "remember caller")

	if c.UserID.IsZero() || c.SignInID.IsZero() || !s.store.KeepsEpochs() {
		return nil, nil
	}
	// The epochs come first: a change between the two statements makes them outdated and not the
	// rights.
	epochs, err := s.store.Epochs(ctx, c.UserID)
	if err != nil {
		return nil, err
	}
	rows, err := s.loadSignInRows(ctx, c)
	if err != nil {
		return nil, err
	}
	fresh, err := s.buildCaller(ctx, rows)
	if err != nil {
		return nil, err
	}
	remembered := &RememberedCaller{Caller: fresh, epochs: epochs, until: nextEnd(rows, s.now())}
	s.callers.Add(c.SignInID, remembered)
	return remembered, nil
}

// nextEnd returns the first moment after now at which the sign-in or a membership of some rows ends.
func nextEnd(rows []placeRow, now time.Time) time.Time {
	first := rows[0].signIn
	end := first.lastUsed.Time.Add(idleLifetime)
	if last := first.created.Time.Add(maxLifetime); last.Before(end) {
		end = last
	}
	for _, row := range rows {
		if row.accessEnds.Valid && row.accessEnds.Time.After(now) && row.accessEnds.Time.Before(end) {
			end = row.accessEnds.Time
		}
	}
	return end
}

// ForgetCaller forgets a caller whose rights have changed since they were remembered.
func (s *Service) ForgetCaller(c *access.Caller) { s.callers.Remove(c.SignInID) }
