package account

import (
	"bytes"
	"context"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/outbox"
	"usher/internal/password"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/testkit"
	"usher/internal/testkit/probe"
)

var (
	hasher = password.NewHasher(2)
	home   = Origin{Network: netip.MustParseAddr("192.0.2.1"), UserAgent: "Browser/1"}
)

const right = "correct horse battery"

// stored is the hash of right, made once.
var stored = sync.OnceValue(func() string {
	h, err := hasher.Hash(context.Background(), right)
	if err != nil {
		panic(err)
	}
	return h
})

// emailRecorder keeps the emails that were posted.
type emailRecorder struct {
	sync.Mutex
	emails []outbox.QueuedEmail
	noMail bool // as without a mail server
}

func (b *emailRecorder) Post(_ context.Context, _ *store.Tx, emails ...outbox.QueuedEmail) error {
	b.Lock()
	defer b.Unlock()
	b.emails = append(b.emails, emails...)
	return nil
}

// Sends is false for noMail.
func (b *emailRecorder) Sends() bool { return !b.noMail }

// last returns the newest email as the outbox would hand it to its composer.
func (b *emailRecorder) last(t *testing.T) *ent.Mail {
	t.Helper()
	b.Lock()
	defer b.Unlock()
	if len(b.emails) == 0 {
		t.Fatal("no email was posted")
	}
	l := b.emails[len(b.emails)-1]
	return &ent.Mail{Kind: string(l.Kind), To: l.To, ToKey: l.ToKey, Version: l.Version,
		Note: &l.Note, UserID: l.UserID}
}

// all returns what was posted, as last does.
func (b *emailRecorder) all(t *testing.T) (list []*ent.Mail) {
	t.Helper()
	b.Lock()
	defer b.Unlock()
	for _, l := range b.emails {
		list = append(list, &ent.Mail{Kind: string(l.Kind), To: l.To, ToKey: l.ToKey,
			Version: l.Version, Note: &l.Note, UserID: l.UserID})
	}
	return list
}

func (b *emailRecorder) count() int {
	b.Lock()
	defer b.Unlock()
	return len(b.emails)
}

// world is a service on a database of its own, with a clock that a test turns.
type world struct {
	*Service
	db   *store.Store
	box  *emailRecorder
	keys *secret.Keyring

	mu  sync.Mutex
	now time.Time

	organization *ent.Organization
	workspace    *ent.Workspace
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, "sqlite:"+sqliteFile(t)))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, testkit.TemplatePostgres(t, "account", func(dsn string) {
			migrate(dsn)
		})))
	})
}

func migrate(databaseURL string) {
	s, err := store.Open(databaseURL)
	if err != nil {
		panic(err)
	}
	defer s.Close()
	if err := s.Migrate(context.Background()); err != nil {
		panic(err)
	}
}

// migrated is the content of a migrated SQLite file, made once and copied.
var migrated = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "account")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	migrate("sqlite:" + path)
	b, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return b
})

func sqliteFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "usher.db")
	if err := os.WriteFile(path, migrated(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func keyring(t testing.TB, fills ...byte) *secret.Keyring {
	t.Helper()
	var secrets [][]byte
	for _, fill := range fills {
		secrets = append(secrets, bytes.Repeat([]byte{fill}, secret.MinLength))
	}
	k, err := secret.NewKeyring(secrets)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newWorld(t *testing.T, databaseURL string) *world {
	t.Helper()
	db, err := store.Open(databaseURL, probe.Option)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	w := &world{db: db, box: &emailRecorder{}, keys: keyring(t, 1),
		now: time.Date(2026, 11, 21, 12, 0, 0, 0,
			time.UTC)}
	w.Service = w.service(w.keys)
	w.write(t, func(ctx context.Context, tx *store.Tx) {
		w.organization = must(tx.Organization.Create().SetName("Acme").
			SetEntitlements(schema.Entitlements{}).Save(ctx))
		w.workspace = must(tx.Workspace.Create().SetOrganizationID(w.organization.ID).
			SetSlug("acme").SetName("Acme School").
			SetSettings(schema.WorkspaceSettings{}).Save(ctx))
	})
	return w
}

// service is another process on the same database.
func (w *world) service(keys *secret.Keyring) *Service {
	return New(Deps{
		Store: w.db, Outbox: w.box, Keys: keys, Hasher: hasher, Clock: w.time,
		PublicURL: &url.URL{Scheme: "https", Host: "usher.example"},
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (w *world) write(t testing.TB, fn func(ctx context.Context, tx *store.Tx)) {
	t.Helper()
	ctx := store.AsSystem(t.Context(), "test")
	if err := w.db.WithTx(ctx, func(tx *store.Tx) error { fn(ctx, tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

// user makes a person with the password right, and changes what the test is about.
func (w *world) user(t testing.TB, email string, changes ...func(*ent.UserCreate)) *ent.User {
	t.Helper()
	var u *ent.User
	w.write(t, func(ctx context.Context, tx *store.Tx) {
		c := tx.User.Create().SetPasswordHash(stored()).SetEmailProven(true)
		if email != "" {
			c.SetEmail(email).SetEmailKey(strings.ToLower(email))
		}
		for _, change := range changes {
			change(c)
		}
		u = must(c.Save(ctx))
	})
	return u
}

func (w *world) member(t testing.TB, u *ent.User) *ent.Member {
	t.Helper()
	var m *ent.Member
	w.write(t, func(ctx context.Context, tx *store.Tx) {
		m = must(tx.Member.Create().SetWorkspaceID(w.workspace.ID).SetUserID(u.ID).
			SetStatus(member.StatusActive).
			SetJoinedAt(w.time()).SetJoinedVia(member.JoinedViaInvited).
			SetEmailKey(inputs.ValueOrEmpty(u.EmailKey)).Save(ctx))
	})
	return m
}

func (w *world) role(t testing.TB, key string, permissions ...access.Permission) *ent.Role {
	t.Helper()
	words := []string{}
	for _, p := range permissions {
		words = append(words, string(p))
	}
	var r *ent.Role
	w.write(t, func(ctx context.Context, tx *store.Tx) {
		r = must(tx.Role.Create().SetWorkspaceID(w.workspace.ID).SetKey(key).SetName(key).
			SetPermissions(words).Save(ctx))
	})
	return r
}

func (w *world) read(t testing.TB, u *ent.User) *ent.User {
	t.Helper()
	fresh, err := w.db.User.Get(store.AsSystem(t.Context(), "test"), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

func (w *world) signIn(t testing.TB, email string) SignInSession {
	t.Helper()
	s, err := w.SignIn(t.Context(), SignInInput{Login: email, Password: right, Origin: home})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// caller is who a session belongs to; it fails the test when the session is over.
func (w *world) caller(t testing.TB, s SignInSession) *access.Caller {
	t.Helper()
	c, err := w.CallerByAccessToken(t.Context(), s.AccessToken.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wants(t testing.TB, err error, code fault.Code, what string) {
	t.Helper()
	if !fault.Has(err, code) {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func (w *world) over(t testing.TB, s SignInSession, what string) {
	t.Helper()
	_, err := w.CallerByAccessToken(t.Context(), s.AccessToken.Reveal())
	wants(t, err, fault.Unauthenticated, what+": its access token")
	_, err = w.Refresh(t.Context(), s.RefreshToken.Reveal(), home)
	wants(t, err, fault.Unauthenticated, what+": its refresh token")
}
