package main

import (
	"context"
	"fmt"

	"usher/ent"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/app"
	"usher/internal/ident"
	"usher/internal/store"
)

// actor is the member in whose name a command acts. It is the command of an operator, who could
// write to the database directly.
type actor struct {
	Workspace string `required:"" placeholder:"SLUG" help:"Slug or id of the workspace."`
	As        string `required:"" placeholder:"EMAIL" help:"Address of the member in whose name it is done, with their permissions."`
}

// resolveActor returns the caller and the workspace.
func (a actor) resolveActor(ctx context.Context, on *app.App) (*access.Caller, ident.ID, error) {
	// By the key, so that the spelling of the operator does not matter.
	as, err := address.Parse(a.As)
	if err != nil {
		return nil, ident.ID{}, err
	}
	system := store.AsSystem(ctx, "the operator acts in a member's name from the command line")
	userID, err := on.Store.User.Query().Where(user.EmailKey(as.Key)).OnlyID(system)
	if ent.IsNotFound(err) {
		return nil, ident.ID{}, fmt.Errorf("no account has the address %s", as.Display)
	}
	if err != nil {
		return nil, ident.ID{}, err
	}
	// Security: with the permissions of the member alone.
	by, err := on.Accounts.CallerByUserID(ctx, userID)
	if err != nil {
		return nil, ident.ID{}, err
	}
	id, err := on.Imports.FindWorkspace(ctx, by, a.Workspace)
	// The message says what was asked for: the verb's own names nothing.
	if err != nil {
		return nil, ident.ID{}, fmt.Errorf("%s is a member of no workspace %q", as.Display,
			a.Workspace)
	}
	return by, id, nil
}
