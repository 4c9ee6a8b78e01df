package idempotency

import (
	"bytes"
	"context"
	"encoding/hex"
	"time"

	"usher/ent"
	"usher/ent/idempotentrequest"
	"usher/ent/schema"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

const (
	// Lifetime is how long a request is kept.
	Lifetime = 24 * time.Hour
	// lease is how long an attempt may run before another one may begin. It is longer than the time
	// limit of a request, so that only a process that died loses it.
	lease = 30 * time.Second
	// maxAnswer is the size in bytes of the largest answer that is kept.
	maxAnswer = 1 << 20
	// sweepChunk is how many rows one statement deletes.
	sweepChunk = 1_000
)

// Service keeps requests. It is safe for concurrent use, in any number of processes.
type Service struct {
	Store *store.Store
	Keys  *secret.Keyring
	Clock func() time.Time // UTC, to the microsecond
}

// Request is a mutation that is to be done once.
type Request struct {
	Actor     ident.ID // a user or an API key
	Operation string   // name of the mutation
	Workspace string   // as the input names it; may be empty
	Key       string   // as the client sent it
	Digest    []byte   // of document, variables and files
}

// Stored is a request that was done before.
type Stored struct {
	Answer []byte // data of the answer; nil if it is not kept
	IDs    []string
	Rights []schema.HeldRight
}

// Running returns the fault of a request that is still running, with the time to wait.
func Running(wait time.Duration) *fault.Error {
	f := fault.New(fault.Conflict, "idempotency.running")
	f.RetryAfter = max(wait, time.Second)
	return f
}

// OtherRequest returns the fault of a key that was used for another request.
func OtherRequest() *fault.Error { return fault.New(fault.BadUserInput, "idempotency.other_request") }

// AlreadyDone returns the fault of a request that was done and whose answer is not kept.
func AlreadyDone(ids []string) *fault.Error {
	f := fault.New(fault.AlreadyDone, "idempotency.already_done")
	f.IDs = ids
	return f
}

// Begin reserves a request for one attempt, or returns what was done before; exactly one of the two.
// Errors: those of Running and OtherRequest.
func (s *Service) Begin(ctx context.Context, in Request) (_ *store.Reservation, _ *Stored, err error) {
	defer fault.Annotate(&err, "reserve request")

	ctx = asSystem(ctx)
	scope := s.Keys.Derive("idempotency scope", in.Actor.String(), in.Operation, in.Workspace, in.Key)
	digest := s.Keys.Derive("idempotency request", hex.EncodeToString(in.Digest))

	var mine *store.Reservation
	var stored *Stored
	// The unique scope decides between two requests that come at the same time: the later one finds
	// the row at its next attempt.
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		mine, stored = nil, nil
		now := s.Clock()
		attempt := &store.Reservation{Attempt: ident.New(ident.IdempotentRequest), At: now}
		row, err := lockRow(ctx, tx, scope)
		if err != nil {
			return err
		}
		if row == nil {
			row, err = tx.IdempotentRequest.Create().SetScope(scope).SetRequestHash(digest).
				SetActorID(in.Actor).SetCreatedAt(now).SetAttempt(attempt.Attempt).
				SetLeasedUntil(now.Add(lease)).Save(ctx)
			if err != nil {
				return err
			}
			attempt.ID, mine = row.ID, attempt
			return nil
		}

		// A row that no sweep has deleted yet counts as gone when its time is over.
		fresh := now.Sub(row.CreatedAt) < Lifetime
		switch {
		case fresh && !bytes.Equal(row.RequestHash, digest):
			return OtherRequest()
		// Also when it is done: its answer is being stored. Finish ends the lease.
		case fresh && now.Before(row.LeasedUntil):
			return Running(row.LeasedUntil.Sub(now))
		case fresh && row.DoneAt != nil:
			stored = &Stored{IDs: row.NamedIds, Rights: row.Rights}
			if row.Answer != nil && !bytes.Equal(*row.Answer, forgotten) {
				stored.Answer = *row.Answer
			}
			return nil
		}
		// Its time is over, or the process of the former attempt died before it had any effect.
		attempt.ID, mine = row.ID, attempt
		return tx.IdempotentRequest.UpdateOne(row).SetRequestHash(digest).SetCreatedAt(now).
			SetAttempt(attempt.Attempt).SetLeasedUntil(now.Add(lease)).
			ClearDoneAt().ClearAnswer().ClearWorkspaceID().
			SetNamedIds([]string{}).SetRights([]schema.HeldRight{}).Exec(ctx)
	})
	return mine, stored, err
}

// lockRow reads the row of a scope and locks it until the transaction ends; nil if there is none.
func lockRow(ctx context.Context, tx *store.Tx, scope []byte) (*ent.IdempotentRequest, error) {
	q := tx.IdempotentRequest.Query().Where(idempotentrequest.Scope(scope))
	if tx.Locks() {
		q.ForUpdate()
	}
	row, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return row, err
}

// Finish stores the answer of an attempt. An answer of nil, or one that is too large, is not kept; nor is
// one that may name a person who was erased while the request ran.
func (s *Service) Finish(ctx context.Context, r *store.Reservation, done Stored) (err error) {
	defer fault.Annotate(&err, "store answer")

	ctx = asSystem(ctx)
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		update := tx.IdempotentRequest.Update().Where(idempotentrequest.ID(r.ID),
			idempotentrequest.Attempt(r.Attempt)).
			SetDoneAt(r.At).SetLeasedUntil(r.At)
		if len(done.IDs) > 0 { // otherwise the ids of the created rows stay
			update.SetNamedIds(done.IDs)
		}
		if done.Answer == nil || len(done.Answer) > maxAnswer {
			return update.Exec(ctx)
		}
		// An erasure has left its mark where the answer would stand.
		n, err := update.Where(idempotentrequest.AnswerIsNil()).SetAnswer(done.Answer).
			SetRights(done.Rights).Save(ctx)
		if err != nil || n > 0 {
			return err
		}
		return tx.IdempotentRequest.Update().Where(idempotentrequest.ID(r.ID),
			idempotentrequest.Attempt(r.Attempt)).SetDoneAt(r.At).SetLeasedUntil(r.At).Exec(ctx)
	})
}

// Release forgets an attempt that had no effect, so that the request can be sent again.
func (s *Service) Release(ctx context.Context, r *store.Reservation) (err error) {
	defer fault.Annotate(&err, "release request")

	ctx = asSystem(ctx)
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// Never one that is done: a transaction of the request may have committed after all.
		_, err := tx.IdempotentRequest.Delete().Where(idempotentrequest.ID(r.ID),
			idempotentrequest.Attempt(r.Attempt), idempotentrequest.DoneAtIsNil()).Exec(ctx)
		return err
	})
}

// Sweep deletes requests that are older than Lifetime.
func (s *Service) Sweep(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "sweep idempotent requests")

	ctx = asSystem(ctx)
	for n := sweepChunk; n == sweepChunk; {
		// In small transactions, since the single writer of SQLite serves requests meanwhile.
		err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
			ids, err := tx.IdempotentRequest.Query().
				Where(idempotentrequest.CreatedAtLTE(s.Clock().Add(-Lifetime))).
				Limit(sweepChunk).IDs(ctx)
			if err != nil || len(ids) == 0 {
				n = 0
				return err
			}
			n, err = tx.IdempotentRequest.Delete().Where(idempotentrequest.IDIn(ids...)).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forgotten stands in the place of an answer that must not be kept. Answers are JSON objects.
var forgotten = []byte("-")

// ForgetAnswers deletes, in the transaction that erases a person, the kept answers that may name them:
// those of their own requests, those of the workspaces where they had a place, and those that belong to
// no single workspace, such as requests that are still running. The requests stay done.
func ForgetAnswers(ctx context.Context, tx *store.Tx, user ident.ID, workspaces ...ident.ID) error {
	// The request that erases names the person by id only, and may be repeated.
	own := ident.ID{}
	if r := store.ReservationFrom(ctx); r != nil {
		own = r.ID
	}
	return tx.IdempotentRequest.Update().
		Where(idempotentrequest.IDNEQ(own), idempotentrequest.Or(
			idempotentrequest.ActorID(user), idempotentrequest.WorkspaceIDIn(workspaces...),
			idempotentrequest.WorkspaceIDIsNil())).
		SetAnswer(forgotten).Exec(asSystem(ctx))
}

func asSystem(ctx context.Context) context.Context {
	return store.AsSystem(ctx, "a request is found by the HMAC of its actor and key")
}
