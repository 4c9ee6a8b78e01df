// Package workspace is what exists once people are in: how a workspace looks and which defaults its
// doors have, its groups, org units, roles and questions.
//
// Verbs that change the shape of a workspace (its two trees, its roles, its questions) hold the
// workspace's row while they do, one after the other: no two of them make a circle out of a tree,
// take one name twice or pass a limit together. Doors do not wait for them.
package workspace

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/training"
)

// Service holds the verbs.
type Service struct {
	Store    *store.Store
	Training *training.Service
	Clock    func() time.Time // UTC, to the microsecond
}

// Change is a field that absent keeps and nil clears.
type Change[T any] struct {
	Set   bool
	Value *T
}

// membership is the first step of every verb: who asks, in this workspace? Whoever is not in it is
// told that there is none.
func membership(by *access.Caller, workspace ident.ID) (*access.Membership, error) {
	if err := by.Authenticated(); err != nil {
		return nil, err
	}
	m := by.In(workspace)
	if m == nil {
		return nil, fault.Missing()
	}
	return m, nil
}

// seen loads a row that an input names, for a caller who may see it. What they may not see is
// missing.
func seen[T any](ctx context.Context, by *access.Caller, get func(context.Context, ident.ID) (
	*T, error), i ident.ID) (*T, error) {
	if err := by.Authenticated(); err != nil {
		return nil, err
	}
	row, err := get(store.AsCaller(ctx, by), i)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	return row, err
}

// lock reads the workspace in scope and holds its row until the transaction ends, against other
// verbs of this package. It is the lock that an update takes: rows that refer to the workspace are
// written meanwhile. SQLite's transaction is alone.
func lock(ctx context.Context, tx *store.Tx) (*ent.Workspace, error) {
	q := tx.Workspace.Query()
	if tx.Locks() {
		q.ForUpdate(func(o *sql.LockOptions) { o.Strength = sql.LockNoKeyUpdate })
	}
	return q.Only(ctx)
}

// record writes down what a verb did.
func (s *Service) record(ctx context.Context, tx *store.Tx, by *access.Caller, workspace ident.ID,
	what audit.Action, subject ident.ID, details ...schema.Detail) error {
	return audit.Record(ctx, tx, s.Clock(), audit.Event{
		WorkspaceID: workspace, Action: what, By: by, SubjectID: subject, Details: details,
	})
}

// line reads a name or the like: 1 to so many visible characters on one line.
func line(field, value string, limit int) (string, error) {
	t := strings.TrimSpace(value)
	if n := utf8.RuneCountInString(t); n == 0 || n > limit || unprintable(t) {
		return "", fault.Input(field, "workspace.name", i18n.Args{"Max": limit})
	}
	return t, nil
}

// optionalLine is line for a text that need not be there.
func optionalLine(field string, value *string) (*string, error) {
	if value == nil {
		return nil, nil
	}
	t, err := line(field, *value, maxName)
	return &t, err
}

// unprintable finds control characters, and those that turn the direction of writing around.
func unprintable(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' &&
			r <= '\u2069'
	})
}

func forbidden() error { return fault.New(fault.Forbidden, "fault.forbidden") }

// at puts a refusal at a field of the input.
func at(field string, f *fault.Error) error {
	f.Field = field
	return f
}

// said is a detail of an event when something changed; before and after empty stand for 'none'.
func said(name, before, after string) []schema.Detail {
	if before == after {
		return nil
	}
	return []schema.Detail{{Name: name, Before: before, After: after}}
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func idOf(i *ident.ID) string {
	if i == nil {
		return ""
	}
	return i.String()
}
