package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"usher/ent"
	"usher/ent/workspace"
	"usher/ent/workspaceexport"
	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/ident"
	"usher/internal/lifecycle"
	"usher/internal/store"
)

// archiveWorkspaceCmd does what archiveWorkspace does in the API, with the operator as the actor.
type archiveWorkspaceCmd struct {
	config.Config `group:"settings"`
	Workspace     string `arg:"" help:"Slug or id of the workspace."`
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

// unarchiveWorkspaceCmd is the reverse of archiveWorkspaceCmd.
type unarchiveWorkspaceCmd struct {
	config.Config `group:"settings"`
	Workspace     string `arg:"" help:"Slug or id of the workspace."`
}

// Run ends the archive of a workspace.
func (c *unarchiveWorkspaceCmd) Run(ctx context.Context) error {
	return withWorkspace(ctx, &c.Config, c.Workspace, func(a *app.App, id ident.ID) error {
		w, err := a.Lifecycle.UnarchiveAsOperator(ctx, id)
		if err != nil {
			return err
		}
		fmt.Printf("%s (%s) is no longer archived\n", w.Slug, w.ID)
		return nil
	})
}

// exportWorkspaceCmd writes the file that exportWorkspace makes in the API.
type exportWorkspaceCmd struct {
	config.Config `group:"settings"`
	Workspace     string `arg:"" help:"Slug or id of the workspace."`
	Output        string `required:"" help:"File to write; it must not exist."`
	Format        string `default:"csv" enum:"csv,jsonl" help:"Format of the tables in the file."`
}

// Run writes the export of a workspace to a file. A file that is not complete is removed.
func (c *exportWorkspaceCmd) Run(ctx context.Context) error {
	format := workspaceexport.FormatCSV
	if c.Format == "jsonl" {
		format = workspaceexport.FormatJSONLines
	}
	return withWorkspace(ctx, &c.Config, c.Workspace, func(a *app.App, id ident.ID) error {
		// Only the operator may read it: it holds everything about the people of the workspace.
		file, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		e, err := a.Lifecycle.ExportAsOperator(ctx, id, format, file)
		if err = errors.Join(err, file.Close()); err != nil {
			return errors.Join(err, os.Remove(c.Output))
		}
		fmt.Printf("%s holds the export %s, %d bytes\n", c.Output, e.ID, e.SizeBytes)
		return nil
	})
}

// erasedWorkspacesCmd reads what organizations keep of their erased workspaces.
type erasedWorkspacesCmd struct {
	config.Config `group:"settings"`
}

// Run lists the workspaces that were erased.
func (c *erasedWorkspacesCmd) Run(ctx context.Context) error {
	return withApp(ctx, &c.Config, func(a *app.App) error {
		erased, err := a.Lifecycle.ErasedWorkspaces(ctx)
		if err != nil {
			return err
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		for _, w := range erased {
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", w.At.Format(time.RFC3339), w.ID, w.Slug,
				w.Name, w.Organization)
		}
		return out.Flush()
	})
}

// deleteWorkspaceCmd asks for the name too, as the console does: the erasure cannot be undone.
type deleteWorkspaceCmd struct {
	config.Config `group:"settings"`
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

// restoreWorkspaceCmd cancels a scheduled deletion.
type restoreWorkspaceCmd struct {
	config.Config `group:"settings"`
	Workspace     string `arg:"" help:"Slug or id of the workspace."`
}

// Run restores a deleted workspace.
func (c *restoreWorkspaceCmd) Run(ctx context.Context) error {
	return withWorkspace(ctx, &c.Config, c.Workspace, func(a *app.App, id ident.ID) error {
		w, err := a.Lifecycle.RestoreAsOperator(ctx, id)
		if err != nil {
			return err
		}
		// A workspace that was archived before it was deleted stays archived (WSP-3).
		state := "is restored"
		if w.ArchivedAt != nil {
			state += " and still archived"
		}
		fmt.Printf("%s (%s) %s\n", w.Slug, w.ID, state)
		return nil
	})
}

// withWorkspace calls act with the workspace of a slug or an id.
func withWorkspace(ctx context.Context, settings *config.Config, slugOrID string,
	act func(*app.App, ident.ID) error) error {
	return withApp(ctx, settings, func(a *app.App) error {
		// An id holds an underscore, which no slug does, so the text tells which of the two it is.
		match := workspace.Slug(slugOrID)
		if id, err := ident.Parse(slugOrID); err == nil {
			match = workspace.ID(id)
		}
		id, err := a.Store.Workspace.Query().Where(match).OnlyID(
			store.AsSystem(ctx, "the operator names a workspace on the command line"))
		if ent.IsNotFound(err) {
			return fmt.Errorf("no workspace has the slug or id %q", slugOrID)
		}
		if err != nil {
			return err
		}
		return act(a, id)
	})
}
