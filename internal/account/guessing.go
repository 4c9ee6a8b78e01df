package account

import (
	"context"
	"fmt"
	"sync"
	"time"

	"usher/ent"
	"usher/ent/signin"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// turnDelay is how long an unknown origin waits for a turn while others guess. turnRule limits the
// turns of one account, whatever the number of networks.
const turnDelay = 30 * time.Second

var (
	// unknownOriginRule slows attempts at one account from all origins that it does not know,
	// together.
	unknownOriginRule = ratelimit.Rule{
		Name: "sign-in-strangers", Limit: ratelimit.SignIn.Limit, Window: ratelimit.SignIn.Window,
		Delay: ratelimit.SignIn.Delay, Most: ratelimit.SignIn.Most,
	}
	// waitingRule remembers since when an unknown origin waits for its turn.
	waitingRule = ratelimit.Rule{Name: "sign-in-waiting", Limit: 1, Window: 15 * time.Minute}
	// turnRule limits the attempts that are allowed because they have waited.
	turnRule = ratelimit.Rule{Name: "sign-in-turns", Limit: 4, Window: time.Minute}
	// familiarNetworkRule remembers the networks that the right password came from.
	familiarNetworkRule = ratelimit.Rule{Name: "sign-in-familiar", Limit: 1 << 30,
		Window: ratelimit.MaxKeptWindow,
		Keep:   true}
)

// signInAttempt is one attempt at a password: the account that was looked up, and where the
// attempt comes from.
type signInAttempt struct {
	accountLookup
	network     string // subject of limits on networks
	origin      string // subject of limits on this account from this origin
	knownDevice bool   // a device that has signed in to this account before
	// the account knows the origin: the device, or a network that the right password came from
	knownOrigin bool
}

// newAttempt determines where an attempt comes from. A device is recognized by its refresh token
// of an earlier sign-in, even if that sign-in has ended. A known device is an origin of its own,
// wherever it is. Any other origin is its network.
func (s *Service) newAttempt(ctx context.Context, lookup accountLookup,
	o Origin) (*signInAttempt, error) {
	network := ratelimit.Origin(o.Network)
	a := &signInAttempt{accountLookup: lookup, network: network,
		origin: lookup.subject + " from " + network}
	id, ours := parseRefreshToken(s.keys, o.Device)
	if !ours || lookup.account == nil {
		return a, nil
	}
	known, err := s.store.SignIn.Query().Where(signin.ID(id), signin.UserID(lookup.account.ID)).
		Exist(ctx)
	if err != nil {
		return a, fmt.Errorf("account: find a device: %w", err)
	}
	if known {
		a.knownDevice, a.knownOrigin, a.origin = true, true, lookup.subject+" on "+id.String()
	}
	return a, nil
}

// countAttempt counts an attempt before its password is verified, and returns how long to wait if
// there were too many.
//
// Two counts slow guesses: one for the account from this origin, and one for the account from all
// origins that it does not know. Known devices and networks are outside the second count, so
// guesses of others never delay the owner there. Elsewhere the owner waits turnDelay at most while
// the account has turns left.
func (s *Service) countAttempt(ctx context.Context,
	a *signInAttempt) (wait time.Duration, err error) {
	err = s.store.WithTx(ctx, func(tx *store.Tx) (err error) {
		now := s.now()
		// The origin's own count is only read here. An attempt that is refused below must not use
		// it up.
		if wait, err = s.limits.Wait(ctx, tx.Client, ratelimit.SignIn, a.origin, now); err != nil ||
			wait > 0 {
			return err
		}
		if !a.knownDevice {
			if _, a.knownOrigin, err = s.limits.Since(ctx, tx.Client, familiarNetworkRule, a.origin,
				now); err != nil {
				return err
			}
		}
		if !a.knownOrigin {
			if wait, err = s.countUnknownOrigin(ctx, tx, a, now); err != nil || wait > 0 {
				return err
			}
		}
		wait, err = s.limits.Allow(ctx, tx, ratelimit.SignIn, a.origin, now)
		return err
	})
	return wait, err
}

// countUnknownOrigin counts an attempt from an origin that the account does not know. A refused
// origin starts to wait for its turn.
func (s *Service) countUnknownOrigin(ctx context.Context, tx *store.Tx, a *signInAttempt,
	now time.Time) (wait time.Duration, err error) {
	if wait, err = s.limits.Allow(ctx, tx, unknownOriginRule, a.subject, now); err != nil ||
		wait == 0 {
		return 0, err
	}
	// The wait begins with the first refusal, not with the first attempt.
	since, waits, err := s.limits.Since(ctx, tx.Client, waitingRule, a.origin, now)
	if err != nil {
		return 0, err
	}
	if !waits {
		_, err = s.limits.Allow(ctx, tx, waitingRule, a.origin, now)
		return min(wait, turnDelay), err
	}
	// The wait for a turn is shorter than the delay, which grows to 15 minutes.
	if left := turnDelay - since; left > 0 {
		return min(wait, left), nil
	}
	turn, err := s.limits.Allow(ctx, tx, turnRule, a.subject, now)
	if err != nil || turn > 0 {
		return min(wait, turn), err
	}
	return 0, s.limits.Clear(ctx, tx, waitingRule, a.origin)
}

// countWrongPassword counts a wrong attempt for its network. Right passwords are not counted
// there, so that three hundred people behind one router can sign in. Concurrent attempts may
// exceed the limit by as many as the hasher lets wait.
func (s *Service) countWrongPassword(ctx context.Context, a *signInAttempt) error {
	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := s.limits.Allow(ctx, tx, ratelimit.Network, a.network, s.now())
		return err
	})
}

// clearAttempts resets the counts after the right password, and remembers its network.
func (s *Service) clearAttempts(ctx context.Context, tx *store.Tx, a *signInAttempt) error {
	if err := s.limits.Clear(ctx, tx, ratelimit.SignIn, a.origin); err != nil {
		return err
	}
	if a.knownDevice {
		return nil
	}
	// Guesses of others do not delay a known origin, so they stay counted.
	if !a.knownOrigin {
		if err := s.limits.Clear(ctx, tx, unknownOriginRule, a.subject); err != nil {
			return err
		}
	}
	_, err := s.limits.Allow(ctx, tx, familiarNetworkRule, a.origin, s.now())
	return err
}

// clearAllAttempts resets the counts of an account whose password was just set by a stronger
// proof.
func (s *Service) clearAllAttempts(ctx context.Context, tx *store.Tx, u *ent.User, o Origin) error {
	for _, subject := range limitSubjects(u) {
		a := signInAttempt{accountLookup: accountLookup{u, subject}, origin: subject + " from " +
			ratelimit.Origin(o.Network)}
		if err := s.clearAttempts(ctx, tx, &a); err != nil {
			return err
		}
	}
	return nil
}

// attemptQueue admits one attempt at a time for each subject in this process. The next attempt
// sees the outcome of the previous one: right passwords that arrive together clear the count for
// each other, so they are not refused for their number.
type attemptQueue struct {
	mu    sync.Mutex
	slots map[string]*queueSlot
}

// queueSlot is the queue of one subject.
type queueSlot struct {
	turn  chan struct{} // holds one token while nobody is in front
	users int
}

// waitTurn waits until no other attempt at the subject is running. The caller calls leave when its
// own attempt is over.
func (q *attemptQueue) waitTurn(ctx context.Context, subject string) (leave func(), err error) {
	q.mu.Lock()
	if q.slots == nil {
		q.slots = map[string]*queueSlot{}
	}
	p := q.slots[subject]
	if p == nil {
		p = &queueSlot{turn: make(chan struct{}, 1)}
		// The channel holds the one turn while nobody has it.
		p.turn <- struct{}{}
		q.slots[subject] = p
	}
	// Counted under the mutex before waiting: a slot with a user is never removed by another one
	// that leaves.
	p.users++
	q.mu.Unlock()

	forget := func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if p.users--; p.users == 0 {
			delete(q.slots, subject)
		}
	}
	select {
	case <-p.turn:
		return func() { p.turn <- struct{}{}; forget() }, nil
	case <-ctx.Done():
		forget()
		return nil, ctx.Err()
	}
}
