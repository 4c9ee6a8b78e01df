package graph

import (
	"context"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/orgunit"
	"usher/ent/role"
	"usher/internal/ident"
	"usher/internal/store"
)

const (
	// maxRememberedWorkspaces is the number of workspaces whose names a process remembers.
	maxRememberedWorkspaces = 64
	// maxRememberedNames is the largest number of roles, groups or units of one workspace that is
	// remembered. With half a kilobyte each, all workspaces take 100 MiB at most, and in practice a
	// hundredth of it.
	maxRememberedNames = 1_000
	// reloadPause is the time for which the names of a workspace that changed again are not loaded
	// again. A workspace whose groups are being imported is read the ordinary way meanwhile.
	reloadPause = time.Second
)

// workspaceNames are the roles and places of a workspace as of an epoch. A map is nil if there are
// more than maxRememberedNames rows.
type workspaceNames struct {
	epoch  int64
	loaded time.Time
	roles  map[ident.ID]*ent.Role
	groups map[ident.ID]*ent.Group
	units  map[ident.ID]*ent.OrgUnit
}

// workspaceMemory remembers the names of workspaces.
type workspaceMemory struct {
	reads     *ent.Client
	names     *lru.Cache[ident.ID, *workspaceNames]
	loadMutex sync.Mutex // one workspace is loaded at a time
}

// newWorkspaceMemory returns an empty memory that loads names by the given client.
func newWorkspaceMemory(reads *ent.Client) *workspaceMemory {
	names, err := lru.New[ident.ID, *workspaceNames](maxRememberedWorkspaces)
	if err != nil {
		panic(err) // only for a size below one
	}
	return &workspaceMemory{reads: reads, names: names}
}

// namesAt returns the names of a workspace at an epoch; nil if they are not known and may not be
// loaded now.
//
// Security: they are for callers who see the whole workspace.
func (w *workspaceMemory) namesAt(ctx context.Context, workspace ident.ID,
	epoch int64) (*workspaceNames, error) {
	if known, ok := w.names.Get(workspace); ok && known.epoch == epoch {
		return known, nil
	}
	w.loadMutex.Lock()
	defer w.loadMutex.Unlock()
	known, ok := w.names.Get(workspace)
	switch {
	case ok && known.epoch == epoch: // loaded by another request meanwhile
		return known, nil
	case ok && (known.epoch > epoch || time.Since(known.loaded) < reloadPause):
		return nil, nil
	}
	fresh, err := w.loadNames(ctx, workspace)
	if err != nil {
		return nil, fmt.Errorf("graph: names of a workspace: %w", err)
	}
	// The epoch was read before the names, so the names are at least as new. If they are newer, the
	// next statement reads a higher epoch and they are loaded again.
	fresh.epoch = epoch
	w.names.Add(workspace, fresh)
	return fresh, nil
}

// loadNames reads the names of a workspace.
func (w *workspaceMemory) loadNames(ctx context.Context,
	workspace ident.ID) (*workspaceNames, error) {
	ctx = store.AsSystem(ctx, "names for everybody who sees the whole workspace")
	// Real time and not the clock of the service, since time.Since measures the pause.
	names := &workspaceNames{loaded: time.Now()}
	roles, err := w.reads.Role.Query().Where(role.WorkspaceID(workspace)).
		Limit(maxRememberedNames + 1).All(ctx)
	if err != nil {
		return nil, err
	}
	names.roles = byIDUnlessMany(roles, func(r *ent.Role) ident.ID { return r.ID })
	groups, err := w.reads.Group.Query().Where(group.WorkspaceID(workspace)).
		Limit(maxRememberedNames + 1).All(ctx)
	if err != nil {
		return nil, err
	}
	names.groups = byIDUnlessMany(groups, groupID)
	units, err := w.reads.OrgUnit.Query().Where(orgunit.WorkspaceID(workspace)).
		Limit(maxRememberedNames + 1).All(ctx)
	if err != nil {
		return nil, err
	}
	names.units = byIDUnlessMany(units, func(u *ent.OrgUnit) ident.ID { return u.ID })
	return names, nil
}

// byIDUnlessMany returns rows by their ids; nil if there are more than maxRememberedNames.
func byIDUnlessMany[T any](rows []*T, id func(*T) ident.ID) map[ident.ID]*T {
	if len(rows) > maxRememberedNames {
		return nil
	}
	return byID(rows, id)
}
