package apptest

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

// These helpers write rows directly, because the operations under test are those that admit
// people.

// Program creates a program and assigns it to groups.
func (p *Place) Program(name string, groups ...*ent.Group) (made *ent.Program) {
	p.T.Helper()
	p.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		row := tx.Program.Create().SetWorkspaceID(p.Workspace.ID).SetName(name)
		if made, err = row.Save(ctx); err != nil {
			return err
		}
		for _, g := range groups {
			if err := tx.Group.UpdateOneID(g.ID).AddProgramIDs(made.ID).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return made
}

// Always stands for both dates of a session that is always open.
const Always = time.Duration(0)

// Session creates a session that starts and ends that long from now; Always for both means always
// open.
func (p *Place) Session(of *ent.Program, name string, starts,
	ends time.Duration) (made *ent.Session) {
	p.T.Helper()
	p.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		row := tx.Session.Create().SetWorkspaceID(p.Workspace.ID).SetProgramID(of.ID).SetName(name)
		now := p.Clock.Now().UTC().Truncate(time.Second)
		if starts != Always {
			row.SetStartsAt(now.Add(starts))
		}
		if ends != Always {
			row.SetEndsAt(now.Add(ends))
		}
		made, err = row.Save(ctx)
		return err
	})
	return made
}

// Role creates a custom role.
func (p *Place) Role(name string, may ...access.Permission) (made *ent.Role) {
	p.T.Helper()
	words := []string{}
	for _, permission := range may {
		words = append(words, string(permission))
	}
	p.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		id := ident.New(ident.Role)
		made, err = tx.Role.Create().SetID(id).SetWorkspaceID(p.Workspace.ID).SetKey(id.String()).
			SetName(name).SetPermissions(words).Save(ctx)
		return err
	})
	return made
}

// Field creates a custom field; with choices, its value is one of them.
func (p *Place) Field(key string, kind customfield.Type, required bool,
	choices ...string) (made *ent.CustomField) {
	p.T.Helper()
	p.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		made, err = tx.CustomField.Create().SetWorkspaceID(p.Workspace.ID).SetKey(key).
			SetName("Your " + key).SetType(kind).
			SetRequired(required).SetChoices(append([]string{}, choices...)).Save(ctx)
		return err
	})
	return made
}

// Application registers a confidential application with a redirect URI. Its secret is in nobody's
// hands.
func (p *Place) Application(name, redirectURI string) (made *ent.Application) {
	p.T.Helper()
	_, hash := secret.NewOpaque()
	p.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		made, err = tx.Application.Create().SetWorkspaceID(p.Workspace.ID).SetName(name).
			SetConfidential(true).SetRedirectUris([]string{redirectURI}).SetSecretHash(hash).Save(ctx)
		return err
	})
	return made
}

// Configure changes the workspace's settings.
func (p *Place) Configure(change func(s *schema.WorkspaceSettings)) {
	p.T.Helper()
	p.Write(func(ctx context.Context, tx *store.Tx) error {
		w, err := tx.Workspace.Get(ctx, p.Workspace.ID)
		if err != nil {
			return err
		}
		change(&w.Settings)
		return tx.Workspace.UpdateOne(w).SetSettings(w.Settings).Exec(ctx)
	})
}

// Seats limits the organization to n seats.
func (p *Place) Seats(n int) {
	p.T.Helper()
	p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
		return tx.Organization.UpdateOneID(p.Workspace.OrganizationID).SetSeats(n).Exec(ctx)
	})
}

// AsSystem writes rows outside the workspace.
func (k *Kit) AsSystem(fn func(ctx context.Context, tx *store.Tx) error) {
	k.T.Helper()
	ctx := store.AsSystem(k.T.Context(), "a test prepares")
	if err := k.Store.WithTx(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		k.T.Fatal(err)
	}
}
