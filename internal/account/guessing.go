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

// How an origin that an account does not know gets its turn while others guess: after turnAfter,
// and no more than turns in a minute for one account, whatever the number of networks.
const turnAfter = 30 * time.Second

var (
	// strangers slows tries at one account from all origins that it does not know, taken together.
	strangers = ratelimit.Rule{
		Name: "sign-in-strangers", Limit: ratelimit.SignIn.Limit, Window: ratelimit.SignIn.Window,
		Delay: ratelimit.SignIn.Delay, Most: ratelimit.SignIn.Most,
	}
	// waiting remembers since when an unknown origin waits for its turn.
	waiting = ratelimit.Rule{Name: "sign-in-waiting", Limit: 1, Window: 15 * time.Minute}
	// turns bounds the tries that are let through for having waited.
	turns = ratelimit.Rule{Name: "sign-in-turns", Limit: 4, Window: time.Minute}
	// familiar remembers the networks that the right password came from.
	familiar = ratelimit.Rule{Name: "sign-in-familiar", Limit: 1 << 30, Window: ratelimit.Longest,
		Keep: true}
)

// attempt is one try at a password: the account as it was asked for, and where the try comes from.
type attempt struct {
	who
	network string // subject of limits on networks
	origin  string // subject of limits on this account from this origin
	device  bool   // a device that has signed in to this account before
	// the account knows the origin: the device, or a network that the right password came from
	known bool
}

// attemptOf tells where a try comes from. A device is known by the refresh token of an earlier
// sign-in that it still has, whether or not that has ended: it stands for itself, wherever it is.
// Any other origin is its network.
func (s *Service) attemptOf(ctx context.Context, w who, o Origin) (*attempt, error) {
	network := ratelimit.Origin(o.Network)
	a := &attempt{who: w, network: network, origin: w.subject + " from " + network}
	id, ours := openRefresh(s.keys, o.Device)
	if !ours || w.account == nil {
		return a, nil
	}
	known, err := s.store.SignIn.Query().Where(signin.ID(id), signin.UserID(w.account.ID)).
		Exist(ctx)
	if err != nil {
		return a, fmt.Errorf("account: find a device: %w", err)
	}
	if known {
		a.device, a.known, a.origin = true, true, w.subject+" on "+id.String()
	}
	return a, nil
}

// count counts a try before its password is looked at, and refuses it when there were too many.
//
// Two counts slow guesses: one for the account from this origin, and one for the account from all
// origins that it does not know. Devices and networks that the right password came from before are
// outside the second, so nobody else's guesses keep the owner waiting there. Elsewhere the owner
// waits turnAfter at most while the turns of the account last.
func (s *Service) count(ctx context.Context, a *attempt) (wait time.Duration, err error) {
	err = s.store.WithTx(ctx, func(tx *store.Tx) (err error) {
		now := s.now()
		if wait, err = s.limits.Wait(ctx, tx.Client, ratelimit.SignIn, a.origin, now); err != nil ||
			wait > 0 {
			return err
		}
		if !a.device {
			if _, a.known, err = s.limits.Since(ctx, tx.Client, familiar, a.origin,
				now); err != nil {
				return err
			}
		}
		if !a.known {
			if wait, err = s.countStranger(ctx, tx, a, now); err != nil || wait > 0 {
				return err
			}
		}
		wait, err = s.limits.Allow(ctx, tx, ratelimit.SignIn, a.origin, now)
		return err
	})
	return wait, err
}

// countStranger counts a try from an origin that the account does not know. A refused origin starts
// to wait for its turn.
func (s *Service) countStranger(ctx context.Context, tx *store.Tx, a *attempt,
	now time.Time) (wait time.Duration, err error) {
	if wait, err = s.limits.Allow(ctx, tx, strangers, a.subject, now); err != nil || wait == 0 {
		return 0, err
	}
	since, waits, err := s.limits.Since(ctx, tx.Client, waiting, a.origin, now)
	if err != nil {
		return 0, err
	}
	if !waits {
		_, err = s.limits.Allow(ctx, tx, waiting, a.origin, now)
		return min(wait, turnAfter), err
	}
	if left := turnAfter - since; left > 0 {
		return min(wait, left), nil
	}
	turn, err := s.limits.Allow(ctx, tx, turns, a.subject, now)
	if err != nil || turn > 0 {
		return min(wait, turn), err
	}
	return 0, s.limits.Clear(ctx, tx, waiting, a.origin)
}

// countWrong counts a wrong try for its network. Wrong tries alone count there: three hundred
// people behind one router sign in as they like. Tries that were under way at the same time may
// overshoot by as many as the hasher lets wait.
func (s *Service) countWrong(ctx context.Context, a *attempt) error {
	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := s.limits.Allow(ctx, tx, ratelimit.Network, a.network, s.now())
		return err
	})
}

// clear forgets the tries of somebody who knows the password, and remembers where they are.
func (s *Service) clear(ctx context.Context, tx *store.Tx, a *attempt) error {
	if err := s.limits.Clear(ctx, tx, ratelimit.SignIn, a.origin); err != nil {
		return err
	}
	if a.device {
		return nil
	}
	// a known origin was not kept waiting by the guesses of others, so they stay counted
	if !a.known {
		if err := s.limits.Clear(ctx, tx, strangers, a.subject); err != nil {
			return err
		}
	}
	_, err := s.limits.Allow(ctx, tx, familiar, a.origin, s.now())
	return err
}

// clearAll forgets the tries at an account whose password has just been set by a proof that is
// better than guessing.
func (s *Service) clearAll(ctx context.Context, tx *store.Tx, u *ent.User, o Origin) error {
	for _, subject := range subjects(u) {
		a := attempt{who: who{u, subject}, origin: subject + " from " + ratelimit.Origin(o.Network)}
		if err := s.clear(ctx, tx, &a); err != nil {
			return err
		}
	}
	return nil
}

// queue lets one try at a time through for each subject in this process. The next try finds the
// outcome of the one before: right passwords that arrive together clear the count for each other,
// so they are not refused for their number.
type queue struct {
	mu   sync.Mutex
	line map[string]*place
}

type place struct {
	turn  chan struct{} // holds one token while nobody is in front
	users int
}

// enter waits until no other try at the subject is under way. The caller calls leave when its own
// is over.
func (q *queue) enter(ctx context.Context, subject string) (leave func(), err error) {
	q.mu.Lock()
	if q.line == nil {
		q.line = map[string]*place{}
	}
	p := q.line[subject]
	if p == nil {
		p = &place{turn: make(chan struct{}, 1)}
		p.turn <- struct{}{}
		q.line[subject] = p
	}
	p.users++
	q.mu.Unlock()

	forget := func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if p.users--; p.users == 0 {
			delete(q.line, subject)
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
