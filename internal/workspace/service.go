// Package workspace is what exists once people are in: how a workspace looks and which defaults its
// doors have, its groups, org units, roles and questions.
//
// Verbs that change the shape of a workspace (its two trees, its roles, its questions) hold the
// workspace's row while they do, one after the other: no two of them make a circle out of a tree,
// take one name twice or pass a limit together. Doors do not wait for them.
package workspace

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
	"usher/internal/training"
)

// Service holds the verbs.
type Service struct {
	Store    *store.Store
	Training *training.Service
	Clock    func() time.Time // UTC, to the microsecond
}

// lockWorkspace reads the workspace in scope and holds its row until the transaction ends, against
// other verbs of this package. It is the lock that an update takes: rows that refer to the
// workspace are written meanwhile. SQLite's transaction is alone.
func lockWorkspace(ctx context.Context, tx *store.Tx) (*ent.Workspace, error) {
	q := tx.Workspace.Query()
	if tx.Locks() {
		q.ForUpdate(func(o *sql.LockOptions) { o.Strength = sql.LockNoKeyUpdate })
	}
	return q.Only(ctx)
}

// recordEvent writes down what a verb did.
func (s *Service) recordEvent(ctx context.Context, tx *store.Tx, by *access.Caller,
	workspace ident.ID,
	what audit.Action, subject ident.ID, details ...schema.Detail) error {
	return audit.Record(ctx, tx, s.Clock(), audit.Event{
		WorkspaceID: workspace, Action: what, By: by, SubjectID: subject, Details: details,
	})
}

// optionalLine is line for a text that need not be there.
func optionalLine(field string, value *string) (*string, error) {
	if value == nil {
		return nil, nil
	}
	t, err := inputs.ParseName(field, *value, maxName, "workspace.name")
	return &t, err
}

// newDetail is a detail of an event when something changed; before and after empty stand for
// 'none'.
func newDetail(name, before, after string) []schema.Detail {
	if before == after {
		return nil
	}
	return []schema.Detail{{Name: name, Before: before, After: after}}
}

func idOrEmpty(i *ident.ID) string {
	if i == nil {
		return ""
	}
	return i.String()
}
