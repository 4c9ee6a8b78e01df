package main

import (
	"context"
	"fmt"
	"time"

	"usher/ent"
	"usher/ent/workspace"
	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/ident"
	"usher/internal/lifecycle"
	"usher/internal/store"
)

type archiveWorkspaceCmd struct {
	config.Config
	Workspace string `arg:"" help:"Slug or id of the workspace."`
}

// Run archives a workspace.
func (c *archiveWorkspaceCmd) Run(ctx context.Context) error {
	return withWorkspace(ctx, &c.Config, c.Workspace, func(a *app.App, id ident.ID) error {
		w, err := a.Lifecycle.ArchiveAsOperator(ctx, id)
		if err != nil {
			return err
		}
		fmt.Printf("%s (%s) is archived\n", w.Slug, w.ID)
		return nil
	})
}

type unarchiveWorkspaceCmd struct {
	config.Config
	Workspace string `arg:"" help:"Slug or id of the workspace."`
}

// Run ends the archive of a workspace.
func (c *unarchiveWorkspaceCmd) Run(ctx context.Context) error {
	return withWorkspace(ctx, &c.Config, c.Workspace, func(a *app.App, id ident.ID) error {
		w, err := a.Lifecycle.UnarchiveAsOperator(ctx, id)
		if err != nil {
			return err
		}
		fmt.Printf("%s (%s) is in use\n", w.Slug, w.ID)
		return nil
	})
}

type deleteWorkspaceCmd struct {
	config.Config
	Workspace     string `arg:"" help:"Slug or id of the workspace."`
	Name          string `required:"" help:"Name of the workspace, to confirm the deletion."`
	WithoutExport bool   `help:"Delete it although no export can be downloaded."`
}

// Run deletes a workspace: it is archived now and erased after the waiting time.
func (c *deleteWorkspaceCmd) Run(ctx context.Context) error {
	return withWorkspace(ctx, &c.Config, c.Workspace, func(a *app.App, id ident.ID) error {
		w, err := a.Lifecycle.DeleteAsOperator(ctx, lifecycle.DeleteInput{WorkspaceID: id,
			Name: c.Name, WithoutExport: c.WithoutExport})
		if err != nil {
			return err
		}
		fmt.Printf("%s (%s) is archived, and erased at %s\n", w.Slug, w.ID,
			w.DeletionAt.Format(time.RFC3339))
		return nil
	})
}

type restoreWorkspaceCmd struct {
	config.Config
	Workspace string `arg:"" help:"Slug or id of the workspace."`
}

// Run restores a deleted workspace.
func (c *restoreWorkspaceCmd) Run(ctx context.Context) error {
	return withWorkspace(ctx, &c.Config, c.Workspace, func(a *app.App, id ident.ID) error {
		w, err := a.Lifecycle.RestoreAsOperator(ctx, id)
		if err != nil {
			return err
		}
		fmt.Printf("%s (%s) is in use\n", w.Slug, w.ID)
		return nil
	})
}

// withWorkspace calls act with the workspace of a slug or an id.
func withWorkspace(ctx context.Context, c *config.Config, word string,
	act func(*app.App, ident.ID) error) error {
	return withApp(ctx, c, func(a *app.App) error {
		called := workspace.Slug(word)
		if id, err := ident.Parse(word); err == nil {
			called = workspace.ID(id)
		}
		id, err := a.Store.Workspace.Query().Where(called).OnlyID(
			store.AsSystem(ctx, "the operator names a workspace on the command line"))
		if ent.IsNotFound(err) {
			return fmt.Errorf("no workspace is called %s", word)
		}
		if err != nil {
			return err
		}
		return act(a, id)
	})
}
