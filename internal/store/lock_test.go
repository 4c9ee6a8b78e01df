package store

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"usher/internal/fault"
	"usher/internal/ident"
)

func TestTheLocksOfStatementsAreRead(t *testing.T) {
	for query, want := range map[string]string{
		`SELECT "members"."id" FROM "members" WHERE "x" IN (SELECT "y" FROM "users") ORDER BY "id" FOR NO KEY UPDATE`: "members",
		`SELECT "members"."id" FROM "members" WHERE "members"."id" = $1`:                                              "",
		`SELECT "groups"."id" FROM "groups" FOR SHARE`:                                                                "groups",
		`UPDATE "organizations" SET "seats_taken" = 1`:                                                                "organizations",
		`DELETE FROM "invitations" WHERE true`:                                                                        "invitations",
		`INSERT INTO "seats" ("id") VALUES ($1) ON CONFLICT ("a") DO UPDATE SET "a" = "seats"."a"`:                    "seats",
		`INSERT INTO "users" ("id") VALUES ($1)`:                                                                      "",
		lockAddresses:                                                                                                 addressLocks,
	} {
		if got := lockedKind(query); got != want {
			t.Errorf("%s locks %q, not %q", query, got, want)
		}
	}
}

func TestATransactionThatBreaksTheOrderOfLocksIsTold(t *testing.T) {
	var told []string
	w := &lockRecorder{report: func(s string) { told = append(told, s) }}
	for _, query := range []string{`UPDATE "members" SET a = 1`, `UPDATE "invitations" SET a = 1`,
		`UPDATE "members" SET b = 1`} {
		w.recordLock(query)
	}
	if len(told) != 0 {
		t.Errorf("in order, and told: %v", told)
	}
	w.recordLock(`UPDATE "organizations" SET seats_taken = 2`)
	if len(told) != 1 ||
		!strings.Contains(told[0], "organizations is locked after members, invitations") {
		t.Errorf("told: %v", told)
	}
}

func TestAddressesShareBucketsByWorkspace(t *testing.T) {
	a, b := ident.New(ident.Workspace), ident.New(ident.Workspace)
	var numbers []int64
	for _, key := range strings.Fields(strings.Repeat("a@b.test c@d.test e@f.test ", 3)) {
		numbers = append(numbers, addressLock(a, key))
	}
	slices.Sort(numbers)
	if n := len(slices.Compact(numbers)); n > 3 {
		t.Errorf("three addresses have %d locks", n)
	}
	if addressLock(a, "a@b.test")&^(addressBuckets-1) == addressLock(b, "a@b.test")&^(addressBuckets-1) {
		t.Error("two workspaces share locks")
	}
}

func TestAnAddressHeldToMakeAMemberWaitsForThoseWhoInviteIt(t *testing.T) {
	t.Parallel()
	t.Run("postgres", func(t *testing.T) { // SQLite has one writer
		s := opened(t, empties["postgres"](t))
		workspace := ident.New(ident.Workspace)
		var order []string
		var mu sync.Mutex
		note := func(what string) { mu.Lock(); order = append(order, what); mu.Unlock() }
		first, second := make(chan struct{}), make(chan struct{})
		var done sync.WaitGroup
		hold := func(ready chan struct{}, name string) {
			done.Go(func() {
				err := s.WithTx(t.Context(), func(tx *Tx) error {
					if err := tx.ShareAddresses(t.Context(), workspace, "a@b.test"); err != nil {
						return err
					}
					close(ready)
					time.Sleep(100 * time.Millisecond)
					note(name)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		hold(first, "share")
		hold(second, "share") // beside the first
		<-first
		<-second
		err := s.WithTx(t.Context(), func(tx *Tx) error {
			err := tx.LockAddresses(t.Context(), workspace, "a@b.test")
			note("lock")
			return err
		})
		done.Wait()
		if err != nil || !slices.Equal(order, []string{"share", "share", "lock"}) {
			t.Errorf("%v, %v", order, err)
		}
	})
}

func TestATransactionThatIsBrokenOffIsTriedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := opened(t, url)
		for _, code := range []string{"40001", "40P01"} {
			n := 0
			err := s.WithTx(t.Context(), func(*Tx) error {
				if n++; n < maxAttempts {
					return &pq.Error{Code: pqerror.Code(code)}
				}
				return nil
			})
			if err != nil || n != maxAttempts {
				t.Errorf("%s: %d attempts, %v", code, n, err)
			}
			n = 0
			err = s.WithTx(t.Context(), func(*Tx) error {
				n++
				return &pq.Error{Code: pqerror.Code(code)}
			})
			if f, ok := fault.Of(err); !ok || f.Code != fault.Unavailable || f.RetryAfter == 0 ||
				n != maxAttempts {
				t.Errorf("%s for ever: %d attempts, %v", code, n, err)
			}
		}
	})
}

func TestOnlyRetryLooksAgainAtWhatAUniqueIndexDecided(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := opened(t, url)
		n := 0
		unique := func(*Tx) error {
			n++
			return &pq.Error{Code: "23505",
				Message: `duplicate key value violates unique constraint "x"`}
		}
		if err := s.WithTx(t.Context(), unique); err == nil || n != 1 {
			t.Errorf("WithTx: %d attempts, %v", n, err)
		}
		n = 0
		if err := s.Retry(t.Context(), unique); !fault.Has(err, fault.Conflict) ||
			n != maxAttempts {
			t.Errorf("Retry: %d attempts, %v", n, err)
		}
	})
}

func TestARowThatRefersToADeletedOneIsTriedAgainAndThenAConflict(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := opened(t, url)
		for name, run := range map[string]func(context.Context,
			func(*Tx) error) error{"WithTx": s.WithTx, "Retry": s.Retry} {
			n := 0
			err := run(t.Context(), func(*Tx) error {
				n++
				return &pq.Error{Code: "23503", Message: "violates foreign key constraint"}
			})
			if !fault.Has(err, fault.Conflict) || n != maxAttempts {
				t.Errorf("%s: %d attempts, %v", name, n, err)
			}
		}
	})
}
