package store

import (
	"context"
	"errors"
	"fmt"

	entgo "entgo.io/ent"

	"usher/ent"
	"usher/ent/workspace"
	"usher/internal/fault"
	"usher/internal/ident"
)

// archivedKey is the key of the sentence that refuses a write to an archived workspace.
const archivedKey = "workspace.archived"

// errArchived returns CONFLICT for a write to an archived workspace.
func errArchived() error { return fault.New(fault.Conflict, archivedKey) }

// IsArchived reports whether an error says that a workspace is archived.
func IsArchived(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Message.Key == archivedKey
}

// despiteArchiveKey is the context key of DespiteArchive.
type despiteArchiveKey struct{}

// DespiteArchive lets a context write to an archived workspace. The reason is for reviewers of the
// code: only what a person may demand at any time, and what ends access or deletes data, goes on in
// an archived workspace (WSP-1).
func DespiteArchive(ctx context.Context, reason string) context.Context {
	return context.WithValue(ctx, despiteArchiveKey{}, reason)
}

// archiveGuard refuses writes in the scope of an archived workspace (WSP-1). It is the one place
// that decides so, below all operations, pages, imports and jobs: none of them can forget to ask.
// Writes as the system are not refused, because they name their own reason.
//
// A transaction asks once for each workspace. It takes no lock: what commits while a workspace is
// being archived counts as done before, and its emails are dropped like all others.
type archiveGuard struct {
	client *ent.Client
	inUse  map[ident.ID]bool // workspaces that were found not to be archived
}

// GetWorkspace reads a workspace. If it is not archived, the writes of the transaction need not ask
// again.
func (tx *Tx) GetWorkspace(ctx context.Context, id ident.ID) (*ent.Workspace, error) {
	w, err := tx.Workspace.Get(ctx, id)
	if err == nil && w.ArchivedAt == nil {
		tx.archive.inUse[id] = true
	}
	return w, err
}

// refuseArchived is the hook of the guard.
func (g *archiveGuard) refuseArchived(next entgo.Mutator) entgo.Mutator {
	return entgo.MutateFunc(func(ctx context.Context, m entgo.Mutation) (entgo.Value, error) {
		if err := g.requireInUse(ctx); err != nil {
			return nil, err
		}
		return next.Mutate(ctx, m)
	})
}

// requireInUse returns CONFLICT if the workspace in scope is archived.
func (g *archiveGuard) requireInUse(ctx context.Context) error {
	s, _ := scopeFrom(ctx)
	if s.workspace.IsZero() || g.inUse[s.workspace] || ctx.Value(despiteArchiveKey{}) != nil {
		return nil
	}
	archived, err := g.client.Workspace.Query().
		Where(workspace.ID(s.workspace), workspace.ArchivedAtNotNil()).
		Exist(AsSystem(ctx, "every write asks whether its workspace is archived"))
	if err != nil {
		return fmt.Errorf("store: read whether a workspace is archived: %w", err)
	}
	if archived {
		return errArchived()
	}
	// Only "in use" is remembered. A refusal is rare and asked again.
	g.inUse[s.workspace] = true
	return nil
}
