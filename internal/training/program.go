package training

import (
	"context"

	"usher/ent"
	"usher/ent/program"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// maxName is how many characters the name of a program or a session has at most.
const maxName = 200

// CreateProgram makes a program.
func (s *Service) CreateProgram(ctx context.Context, by *access.Caller, workspace ident.ID,
	name string) (_ *ent.Program, err error) {
	defer fault.Annotate(&err, "create program")

	m, err := by.RequireMembership(workspace)
	if err != nil {
		return nil, err
	}
	if !m.Throughout(access.ProgramsManage) {
		return nil, fault.Denied()
	}

	if name, err = inputs.ParseName("name", name, maxName, "training.name"); err != nil {
		return nil, err
	}

	var row *ent.Program
	ctx, now := store.InWorkspace(ctx, workspace), s.Clock()
	err = s.Store.WithTx(ctx, func(tx *store.Tx) (err error) {
		if row, err = tx.Program.Create().SetWorkspaceID(workspace).SetName(name).SetCreatedAt(now).
			SetUpdatedAt(now).Save(ctx); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, audit.Event{
			WorkspaceID: workspace, Action: audit.ProgramMade, EntryPoint: door, By: by,
			SubjectID: row.ID, Details: []schema.Detail{{Name: "name", After: name}},
		})
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Program.Get(ctx, row.ID)
}

// UpdateProgram gives a program another name.
func (s *Service) UpdateProgram(ctx context.Context, by *access.Caller, i ident.ID,
	name string) (_ *ent.Program, err error) {
	defer fault.Annotate(&err, "update program")

	row, m, err := s.findProgram(ctx, by, i)
	if err != nil {
		return nil, err
	}
	if !m.Throughout(access.ProgramsManage) {
		return nil, fault.Denied()
	}

	if name, err = inputs.ParseName("name", name, maxName, "training.name"); err != nil {
		return nil, err
	}

	ctx, now := store.InWorkspace(ctx, row.WorkspaceID), s.Clock()
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		before, err := tx.Program.Get(ctx, i)
		if err != nil || before.Name == name {
			return inputs.RequireFound(err)
		}
		if err := tx.Program.UpdateOne(before).SetName(name).Exec(ctx); err != nil {
			return inputs.RequireFound(err)
		}
		return audit.Record(ctx, tx, now, audit.Event{
			WorkspaceID: row.WorkspaceID, Action: audit.ProgramEdited, EntryPoint: door, By: by,
			SubjectID: i,
			Details:   []schema.Detail{{Name: "name", Before: before.Name, After: name}},
		})
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Program.Get(ctx, i)
}

// DeleteProgram deletes a program that has no sessions left: with its sessions would go what people
// have done in them.
func (s *Service) DeleteProgram(ctx context.Context, by *access.Caller, i ident.ID) (err error) {
	defer fault.Annotate(&err, "delete program")

	row, m, err := s.findProgram(ctx, by, i)
	if err != nil {
		return err
	}
	if !m.Throughout(access.ProgramsManage) {
		return fault.Denied()
	}

	ctx = store.InWorkspace(ctx, row.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		if _, err := lockProgram(ctx, tx, i); err != nil {
			return err
		}
		n, err := tx.Session.Query().Where(session.ProgramID(i)).Count(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "training.has_sessions",
				i18n.Args{"Name": row.Name, "Count": n})
		}
		if err := tx.Program.DeleteOneID(i).Exec(ctx); err != nil {
			return inputs.RequireFound(err)
		}
		return audit.Record(ctx, tx, s.Clock(), audit.Event{
			WorkspaceID: row.WorkspaceID, Action: audit.ProgramRemoved, EntryPoint: door, By: by,
			SubjectID: i, Details: []schema.Detail{{Name: "name", Before: row.Name}},
		})
	})
}

// findProgram loads a program that the caller sees, and what they are where it is. What they may
// not see is missing.
func (s *Service) findProgram(ctx context.Context, by *access.Caller,
	i ident.ID) (*ent.Program, *access.Membership, error) {
	row, err := store.FindVisible(ctx, by, s.Store.Program.Get, i)
	if err != nil {
		return nil, nil, err
	}
	m, err := by.RequireMembership(row.WorkspaceID)
	return row, m, err
}

// lockProgram reads a program that will have other sessions or groups: two such changes come one
// after the other, so that neither misses whom the other one brings.
func lockProgram(ctx context.Context, tx *store.Tx, i ident.ID) (*ent.Program, error) {
	q := tx.Program.Query().Where(program.ID(i))
	if tx.Locks() {
		q.ForUpdate()
	}
	row, err := q.Only(ctx)
	return row, inputs.RequireFound(err)
}
