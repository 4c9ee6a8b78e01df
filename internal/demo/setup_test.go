package demo

import (
	"bytes"
	"context"
	"log/slog"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/devmail"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/onboarding"
	"usher/internal/outbox"
	"usher/internal/password"
	"usher/internal/ratelimit"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/training"
)

// stage is a migrated, empty database and the services on it.
type stage struct {
	Deps
	queue *jobs.Queue
	box   *devmail.Mailbox
	ctx   context.Context // without tenant filter
}

func newStage(t *testing.T, databaseURL string) *stage {
	t.Helper()
	db := must(store.Open(databaseURL))
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	box := must(devmail.Listen("127.0.0.1:0"))
	t.Cleanup(func() { _ = box.Close() })
	sender := must(mail.NewSMTP("smtp://"+box.Addr(), "Usher <no-reply@usher.test>"))
	t.Cleanup(func() { _ = sender.Close() })

	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	queue := must(jobs.Open(db, jobs.Options{Logger: log}))
	public := &url.URL{Scheme: "https", Host: "usher.test"}
	clock := func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
	keys := must(secret.NewKeyring([][]byte{bytes.Repeat([]byte{7}, secret.MinLength)}))
	hasher := password.NewHasher(2)
	post := outbox.New(outbox.Options{Store: db, Queue: queue, Sender: sender, PublicURL: public,
		Logger: log, Clock: clock})
	t.Cleanup(post.Close)
	accounts := account.New(account.Deps{Store: db, Outbox: post, Keys: keys, Hasher: hasher,
		Clock: clock, PublicURL: public})
	accounts.RegisterComposers(post)
	services := onboarding.New(admission.Deps{
		Store: db, Outbox: post, Queue: queue, Accounts: accounts, Keys: keys, Hasher: hasher,
		Limits:   ratelimit.New(keys),
		Training: training.New(training.Deps{Store: db, Outbox: post, Clock: clock}), Clock: clock,
		PublicURL: public,
	})
	return &stage{
		Deps:  Deps{Store: db, Services: services, Accounts: accounts, Clock: clock},
		queue: queue, box: box, ctx: store.AsSystem(t.Context(), "the test looks at everything"),
	}
}

func onSQLite(t *testing.T) *stage {
	t.Helper()
	return newStage(t, "sqlite:"+filepath.Join(t.TempDir(), "usher.db"))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (s *stage) seed(t *testing.T) *Summary {
	t.Helper()
	sum, err := Seed(t.Context(), s.Deps)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}
