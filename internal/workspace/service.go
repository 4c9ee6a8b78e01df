// Package workspace holds the verbs on a workspace and its structure: settings, groups, org units,
// roles, custom fields, subscription plan and usage.
//
// Verbs that change the structure lock the workspace's row, so that they run one after the other.
// Two of them cannot create a cycle in a tree, take the same name or exceed a limit together. Verbs
// that admit people do not wait for them.
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
	// origins of front ends that emailed links may lead to, in the format of the Origin header
	LinkOrigins []string
}

// lockWorkspace reads the workspace in scope and locks its row against other verbs of this package
// until the transaction ends. It is the lock of an update, so that rows that refer to the workspace
// can be written at the same time. SQLite has one writer and needs no lock.
func lockWorkspace(ctx context.Context, tx *store.Tx) (*ent.Workspace, error) {
	q := tx.Workspace.Query()
	if tx.Locks() {
		q.ForUpdate(func(o *sql.LockOptions) { o.Strength = sql.LockNoKeyUpdate })
	}
	return q.Only(ctx)
}

// recordEvent records a verb in the history.
func (s *Service) recordEvent(ctx context.Context, tx *store.Tx, by *access.Caller,
	workspace ident.ID,
	what audit.Action, subject ident.ID, details ...schema.Detail) error {
	return audit.Record(ctx, tx, s.Clock(), audit.Event{
		WorkspaceID: workspace, Action: what, By: by, SubjectID: subject, Details: details,
	})
}

// optionalLine validates and trims an optional text of one line; nil stays nil.
func optionalLine(field string, value *string) (*string, error) {
	if value == nil {
		return nil, nil
	}
	t, err := inputs.ParseName(field, *value, maxName, "workspace.name")
	return &t, err
}

// newDetail returns the detail of an event if a value changed, otherwise none. An empty text stands
// for no value.
func newDetail(name, before, after string) []schema.Detail {
	if before == after {
		return nil
	}
	return []schema.Detail{{Name: name, Before: before, After: after}}
}

// idOrEmpty returns an id as text, or "".
func idOrEmpty(id *ident.ID) string {
	if id == nil {
		return ""
	}
	return id.String()
}
