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

// maxName is the maximum length of the name of a program or a session, in characters.
const maxName = 200

// CreateProgramInput describes a program to create.
type CreateProgramInput struct {
	WorkspaceID ident.ID
	Name        string
	ExternalID  *string
}

// UpdateProgramInput says what to change in a program. nil keeps a value.
type UpdateProgramInput struct {
	ID         ident.ID
	Name       *string
	ExternalID inputs.Change[string]
}

// CreateProgram creates a program. Errors: FORBIDDEN, BAD_USER_INPUT; CONFLICT if the external id
// is taken.
func (s *Service) CreateProgram(ctx context.Context, by *access.Caller,
	in CreateProgramInput) (_ *ent.Program, err error) {
	defer fault.Annotate(&err, "create program")

	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if !m.Throughout(access.ProgramsManage) {
		return nil, fault.Denied()
	}

	var faults fault.Collector
	name, err := inputs.ParseName("name", in.Name, maxName, "training.name")
	faults.Add(err)
	external, err := inputs.ParseExternalID(in.ExternalID)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}

	var row *ent.Program
	// From here on the tenant filter is that of the checked workspace.
	ctx, now := store.InWorkspace(ctx, in.WorkspaceID), s.Clock()
	err = s.Store.WithTx(ctx, func(tx *store.Tx) (err error) {
		if row, err = tx.Program.Create().SetWorkspaceID(in.WorkspaceID).SetName(name).
			SetNillableExternalID(external).SetCreatedAt(now).SetUpdatedAt(now).
			Save(ctx); err != nil {
			return inputs.TakenExternalID(err)
		}
		return audit.Record(ctx, tx, now, audit.Event{
			WorkspaceID: in.WorkspaceID, Action: audit.ProgramMade, EntryPoint: entryPoint, By: by,
			SubjectID: row.ID, Details: []schema.Detail{{Name: "name", After: name}},
		})
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Program.Get(ctx, row.ID)
}

// UpdateProgram changes the name or the external id of a program. The same values again write
// nothing. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT; CONFLICT if the external id is taken.
func (s *Service) UpdateProgram(ctx context.Context, by *access.Caller,
	in UpdateProgramInput) (_ *ent.Program, err error) {
	defer fault.Annotate(&err, "update program")

	var faults fault.Collector
	row, m, err := s.findProgram(ctx, by, in.ID)
	if err == nil && !m.Throughout(access.ProgramsManage) {
		err = fault.Denied()
	}
	faults.Add(fault.MissingAt(err, "programId"))

	name, err := parseOptionalName(in.Name)
	faults.Add(err)
	in.ExternalID, err = inputs.ParseExternalIDChange(in.ExternalID)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}

	ctx, now := store.InWorkspace(ctx, row.WorkspaceID), s.Clock()
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		before, err := tx.Program.Get(ctx, in.ID)
		if err != nil {
			return inputs.RequireFound(err)
		}
		// Saved before it is compared, since the values that stay come from the database.
		update := tx.Program.UpdateOne(before).SetNillableName(name)
		inputs.ApplyChange(in.ExternalID, update.SetExternalID, update.ClearExternalID)
		after, err := update.Save(ctx)
		if err != nil {
			return inputs.RequireFound(inputs.TakenExternalID(err))
		}
		details := append(describeTextChange("name", &before.Name, &after.Name),
			describeTextChange("externalId", before.ExternalID, after.ExternalID)...)
		// The same values again are no change, so they leave no event in the history.
		if len(details) == 0 {
			return nil
		}
		return audit.Record(ctx, tx, now, audit.Event{
			WorkspaceID: row.WorkspaceID, Action: audit.ProgramEdited, EntryPoint: entryPoint,
			By: by, SubjectID: in.ID, Details: details,
		})
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Program.Get(ctx, in.ID)
}

// parseOptionalName validates and trims the name of a program or a session; nil stays nil.
func parseOptionalName(name *string) (*string, error) {
	if name == nil {
		return nil, nil
	}
	parsed, err := inputs.ParseName("name", *name, maxName, "training.name")
	return &parsed, err
}

// describeTextChange returns the detail of an event if a text changed, otherwise none.
func describeTextChange(name string, before, after *string) []schema.Detail {
	if inputs.EqualOptional(before, after) {
		return nil
	}
	return []schema.Detail{{Name: name, Before: inputs.ValueOrEmpty(before),
		After: inputs.ValueOrEmpty(after)}}
}

// DeleteProgram deletes a program that has no sessions. CONFLICT if it has some: deleting them
// would delete what people have done in them.
func (s *Service) DeleteProgram(ctx context.Context, by *access.Caller, id ident.ID) (err error) {
	defer fault.Annotate(&err, "delete program")

	row, m, err := s.findProgram(ctx, by, id)
	if err != nil {
		return err
	}
	if !m.Throughout(access.ProgramsManage) {
		return fault.Denied()
	}

	ctx = store.InWorkspace(ctx, row.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		// The lock keeps a session from being created between the count and the delete.
		if _, err := lockProgram(ctx, tx, id); err != nil {
			return err
		}
		n, err := tx.Session.Query().Where(session.ProgramID(id)).Count(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "training.has_sessions",
				i18n.Args{"Name": row.Name, "Count": n})
		}
		if err := tx.Program.DeleteOneID(id).Exec(ctx); err != nil {
			return inputs.RequireFound(err)
		}
		return audit.Record(ctx, tx, s.Clock(), audit.Event{
			WorkspaceID: row.WorkspaceID, Action: audit.ProgramRemoved, EntryPoint: entryPoint,
			By:        by,
			SubjectID: id, Details: []schema.Detail{{Name: "name", Before: row.Name}},
		})
	})
}

// findProgram loads a program and the caller's membership in its workspace. NOT_FOUND for a program
// that the caller does not see.
func (s *Service) findProgram(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.Program, *access.Membership, error) {
	row, err := store.FindVisible(ctx, by, s.Store.Program.Get, id)
	if err != nil {
		return nil, nil, err
	}
	m, err := by.RequireMembership(row.WorkspaceID)
	return row, m, err
}

// lockProgram reads and locks a program whose sessions or groups will change. Two such changes run
// one after the other, so that each sees the members that the other one adds.
func lockProgram(ctx context.Context, tx *store.Tx, id ident.ID) (*ent.Program, error) {
	q := tx.Program.Query().Where(program.ID(id))
	if tx.Locks() {
		q.ForUpdate()
	}
	row, err := q.Only(ctx)
	return row, inputs.RequireFound(err)
}
