package demo

import (
	"context"
	"fmt"

	"usher/ent"
	"usher/ent/application"
	"usher/ent/member"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/demo/courses"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/oidc"
	"usher/internal/store"
	workspaces "usher/internal/workspace"
)

// RegisterApplication registers the application of the demo at base, such as http://127.0.0.1:8081,
// in the first workspace, and makes it the page where members go after they came in. It returns the
// client id. At another base, the application is changed.
func RegisterApplication(ctx context.Context, d Deps, base string) (string, error) {
	by, id, err := d.loadFounder(ctx)
	if err != nil {
		return "", fmt.Errorf("demo: register application: %w", err)
	}
	app, err := d.registerApplication(ctx, by, id, base)
	if err != nil {
		return "", fmt.Errorf("demo: register application: %w", err)
	}
	// The landing page of the workspace, as an administrator would set it.
	home := base + "/"
	if _, err := d.Workspaces.Update(ctx, by, workspaces.UpdateInput{ID: id,
		HomeURL: inputs.Change[string]{Set: true, Value: &home}}); err != nil {
		return "", fmt.Errorf("demo: register application: %w", err)
	}
	return app.ID.String(), nil
}

// registerApplication creates the application, or changes where it is.
func (d Deps) registerApplication(ctx context.Context, by *access.Caller, id ident.ID,
	base string) (*ent.Application, error) {
	// Continue leads there, so that a person arrives signed in.
	login := base + courses.LoginPath
	there, err := d.Store.Application.Query().Where(application.Name(courses.Name)).
		First(store.InWorkspace(ctx, id))
	switch {
	case ent.IsNotFound(err):
		app, _, err := d.Applications.CreateApplication(ctx, by, oidc.CreateInput{WorkspaceID: id,
			Name: courses.Name, RedirectURIs: courses.RedirectURIs(base), InitiateLoginURI: &login})
		return app, err
	case err != nil:
		return nil, err
	}
	return d.Applications.UpdateApplication(ctx, by, oidc.UpdateInput{ID: there.ID,
		RedirectURIs:     courses.RedirectURIs(base),
		InitiateLoginURI: inputs.Change[string]{Set: true, Value: &login}})
}

// PrintCard issues a card for a person of the first workspace who has no mailbox, and returns it as a
// page. It replaces the card of the start before.
func PrintCard(ctx context.Context, d Deps) (string, error) {
	by, id, err := d.loadFounder(ctx)
	if err != nil {
		return "", fmt.Errorf("demo: print card: %w", err)
	}
	// The first account of the table, which the tour names too.
	holder, err := d.Store.Member.Query().Where(member.HasUserWith(user.Username(academy.accounts[0].username))).
		OnlyID(store.InWorkspace(ctx, id))
	if err != nil {
		return "", fmt.Errorf("demo: print card: %w", err)
	}
	card, err := d.Cards.IssueCard(ctx, by, holder)
	if err != nil {
		return "", fmt.Errorf("demo: print card: %w", err)
	}
	return card.RenderPage()
}

// loadFounder returns the administrator who founded the first workspace, and the workspace.
func (d Deps) loadFounder(ctx context.Context) (*access.Caller, ident.ID, error) {
	system := store.AsSystem(ctx, "the demo finds its first workspace and its administrator")
	id, err := d.Store.Workspace.Query().Where(workspace.Slug(academy.slug)).OnlyID(system)
	if err != nil {
		return nil, id, err
	}
	// The first person of the table has founded the workspace.
	founder, err := d.Store.User.Query().Where(user.EmailKey(academy.people[0].login)).OnlyID(system)
	if err != nil {
		return nil, id, err
	}
	by, err := d.Accounts.CallerByUserID(ctx, founder)
	return by, id, err
}
