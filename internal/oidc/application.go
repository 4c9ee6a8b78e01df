package oidc

import (
	"context"
	"strconv"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/application"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/weburl"
)

// These are the limits of a workspace's applications.
const (
	maxApplications = 50
	maxURIs         = 20
	maxName         = 200
	// defaultFormerHours is how long the former secret works after a rotation, unless the caller
	// says otherwise; maxFormerHours is the longest, a week.
	defaultFormerHours = 24
	maxFormerHours     = 168
)

// CreateInput describes an application to create.
type CreateInput struct {
	WorkspaceID            ident.ID
	Name                   string
	Confidential           bool
	RedirectURIs           []string
	PostLogoutRedirectURIs []string
	InitiateLoginURI       *string
	IDTokenAlgorithm       *application.IDTokenAlgorithm // RS256 when nil
}

// UpdateInput says what to change in an application. nil keeps a value.
type UpdateInput struct {
	ID                     ident.ID
	Name                   *string
	RedirectURIs           []string
	PostLogoutRedirectURIs []string
	InitiateLoginURI       inputs.Change[string]
	IDTokenAlgorithm       *application.IDTokenAlgorithm
}

// CreateApplication registers an application of a workspace. A confidential one gets a client
// secret, which is returned this once and stored as a hash only. Errors: FORBIDDEN, BAD_USER_INPUT;
// CONFLICT if there are 50 applications.
func (s *Service) CreateApplication(ctx context.Context, by *access.Caller,
	in CreateInput) (_ *ent.Application, clientSecret secret.Token, err error) {
	defer fault.Annotate(&err, "create application")

	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, "", err
	}
	if !m.Throughout(access.WorkspaceManage) {
		return nil, "", fault.Denied()
	}

	var faults fault.Collector
	name, err := inputs.ParseName("name", in.Name, maxName, "workspace.name")
	faults.Add(err, checkRedirectURIs(in.RedirectURIs),
		checkURIs("postLogoutRedirectUris", in.PostLogoutRedirectURIs),
		checkInitiateLoginURI(in.InitiateLoginURI))
	if err := faults.Err(); err != nil {
		return nil, "", err
	}
	var hash []byte
	if in.Confidential {
		clientSecret, hash = secret.NewOpaque()
	}

	var app *ent.Application
	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// The lock keeps two requests from passing the limit together.
		if _, err := lockWorkspace(ctx, tx); err != nil {
			return err
		}
		n, err := tx.Application.Query().Count(ctx)
		if err != nil {
			return err
		}
		if n >= maxApplications {
			return fault.New(fault.Conflict, "application.too_many",
				i18n.Args{"Max": maxApplications})
		}
		now := s.Clock()
		create := tx.Application.Create().SetWorkspaceID(in.WorkspaceID).SetName(name).
			SetConfidential(in.Confidential).SetRedirectUris(in.RedirectURIs).
			SetPostLogoutRedirectUris(listOrEmpty(in.PostLogoutRedirectURIs)).
			SetNillableInitiateLoginURI(inputs.NilIfEmpty(inputs.ValueOrEmpty(in.InitiateLoginURI))).
			SetNillableIDTokenAlgorithm(in.IDTokenAlgorithm).
			SetCreatedAt(now).SetUpdatedAt(now)
		if hash != nil {
			create.SetSecretHash(hash)
		}
		if app, err = create.Save(ctx); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, audit.ApplicationMade, app,
			newDetail("name", "", app.Name)...)
	})
	return app, clientSecret, err
}

// UpdateApplication changes an application. Sign-ins that are under way keep the redirect URI that
// they began with. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
func (s *Service) UpdateApplication(ctx context.Context, by *access.Caller,
	in UpdateInput) (_ *ent.Application, err error) {
	defer fault.Annotate(&err, "update application")

	app, err := s.requireManagedApplication(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}

	var faults fault.Collector
	if in.Name != nil {
		name, err := inputs.ParseName("name", *in.Name, maxName, "workspace.name")
		faults.Add(err)
		in.Name = &name
	}
	if in.RedirectURIs != nil {
		faults.Add(checkRedirectURIs(in.RedirectURIs))
	}
	faults.Add(checkURIs("postLogoutRedirectUris", in.PostLogoutRedirectURIs),
		checkInitiateLoginURI(in.InitiateLoginURI.Value))
	in.InitiateLoginURI.Value = inputs.NilIfEmpty(inputs.ValueOrEmpty(in.InitiateLoginURI.Value))
	if err := faults.Err(); err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, app.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// The previous values of the history are those behind the lock.
		old, err := lockApplication(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		update := tx.Application.UpdateOne(old).SetNillableName(in.Name).
			SetNillableIDTokenAlgorithm(in.IDTokenAlgorithm).SetUpdatedAt(s.Clock())
		if in.RedirectURIs != nil {
			update.SetRedirectUris(in.RedirectURIs)
		}
		if in.PostLogoutRedirectURIs != nil {
			update.SetPostLogoutRedirectUris(in.PostLogoutRedirectURIs)
		}
		inputs.ApplyChange(in.InitiateLoginURI, update.SetInitiateLoginURI,
			update.ClearInitiateLoginURI)
		if app, err = update.Save(ctx); err != nil {
			return err
		}
		what := describeChanges(old, app)
		// An update to the same values writes no event.
		if len(what) == 0 {
			return nil
		}
		return s.recordEvent(ctx, tx, by, audit.ApplicationEdited, app, what...)
	})
	return app, err
}

// RotateApplicationSecret gives a confidential application another client secret, which is returned
// this once. The former one works for formerHours more, 0 to 168, 24 when nil; one that is older
// stops working immediately. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT; CONFLICT for a public
// application.
func (s *Service) RotateApplicationSecret(ctx context.Context, by *access.Caller, id ident.ID,
	formerHours *int) (_ *ent.Application, _ secret.Token, err error) {
	defer fault.Annotate(&err, "rotate application secret")

	app, err := s.requireManagedApplication(ctx, by, id)
	if err != nil {
		return nil, "", err
	}

	hours := defaultFormerHours
	if formerHours != nil {
		hours = *formerHours
	}
	if hours < 0 || hours > maxFormerHours {
		return nil, "", fault.Input("formerSecretHours", "application.former_hours",
			i18n.Args{"Max": maxFormerHours})
	}
	if !app.Confidential {
		return nil, "", fault.New(fault.Conflict, "application.no_secret")
	}
	token, hash := secret.NewOpaque()

	ctx = store.InWorkspace(ctx, app.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		old, err := lockApplication(ctx, tx, id)
		if err != nil {
			return err
		}
		now := s.Clock()
		update := tx.Application.UpdateOne(old).SetSecretHash(hash).SetUpdatedAt(now).
			ClearFormerSecretHash().ClearFormerSecretEndsAt()
		if hours > 0 && old.SecretHash != nil {
			update = tx.Application.UpdateOne(old).SetSecretHash(hash).SetUpdatedAt(now).
				SetFormerSecretHash(*old.SecretHash).
				SetFormerSecretEndsAt(now.Add(time.Duration(hours) * time.Hour))
		}
		if app, err = update.Save(ctx); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, audit.ApplicationRotated, app)
	})
	return app, token, err
}

// DeleteApplication deletes an application with its sign-ins: its tokens stop working immediately.
// Errors: NOT_FOUND, FORBIDDEN.
func (s *Service) DeleteApplication(ctx context.Context, by *access.Caller,
	id ident.ID) (err error) {
	defer fault.Annotate(&err, "delete application")

	app, err := s.requireManagedApplication(ctx, by, id)
	if err != nil {
		return err
	}

	ctx = store.InWorkspace(ctx, app.WorkspaceID)
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		app, err := lockApplication(ctx, tx, id)
		if err != nil {
			return err
		}
		// The foreign key deletes its sign-ins too.
		if err := tx.Application.DeleteOne(app).Exec(ctx); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, audit.ApplicationRemoved, app,
			newDetail("name", app.Name, "")...)
	})
}

// requireManagedApplication loads an application for a caller who may change it.
func (s *Service) requireManagedApplication(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.Application, error) {
	app, err := store.FindVisible(ctx, by, s.Store.Application.Get, id)
	if err != nil {
		return nil, err
	}
	if !by.In(app.WorkspaceID).Throughout(access.WorkspaceManage) {
		return nil, fault.Denied()
	}
	return app, nil
}

// lockWorkspace locks the row of the workspace in scope, under whose lock all its applications
// change. Rows that refer to it can be written at the same time. SQLite has one writer.
func lockWorkspace(ctx context.Context, tx *store.Tx) (*ent.Workspace, error) {
	q := tx.Workspace.Query()
	if tx.Locks() {
		q.ForUpdate(func(o *sql.LockOptions) { o.Strength = sql.LockNoKeyUpdate })
	}
	return q.Only(ctx)
}

// lockApplication locks the workspace and reads an application behind it. NOT_FOUND if it was
// deleted meanwhile.
func lockApplication(ctx context.Context, tx *store.Tx, id ident.ID) (*ent.Application, error) {
	if _, err := lockWorkspace(ctx, tx); err != nil {
		return nil, err
	}
	app, err := tx.Application.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	return app, err
}

// recordEvent records a verb on an application in the history of its workspace.
func (s *Service) recordEvent(ctx context.Context, tx *store.Tx, by *access.Caller,
	what audit.Action, app *ent.Application, details ...schema.Detail) error {
	return audit.Record(ctx, tx, s.Clock(), audit.Event{WorkspaceID: app.WorkspaceID, Action: what,
		By: by, SubjectID: app.ID, Details: details})
}

// describeChanges returns one detail for each value that differs, by its name in the API.
func describeChanges(old, app *ent.Application) []schema.Detail {
	what := newDetail("name", old.Name, app.Name)
	what = append(what, newDetail("redirectUris", strings.Join(old.RedirectUris, ", "),
		strings.Join(app.RedirectUris, ", "))...)
	what = append(what, newDetail("postLogoutRedirectUris",
		strings.Join(old.PostLogoutRedirectUris, ", "),
		strings.Join(app.PostLogoutRedirectUris, ", "))...)
	what = append(what, newDetail("initiateLoginUri", inputs.ValueOrEmpty(old.InitiateLoginURI),
		inputs.ValueOrEmpty(app.InitiateLoginURI))...)
	return append(what, newDetail("idTokenAlgorithm", string(old.IDTokenAlgorithm),
		string(app.IDTokenAlgorithm))...)
}

// newDetail returns the detail of an event if a value changed, otherwise none.
func newDetail(name, previous, changed string) []schema.Detail {
	if previous == changed {
		return nil
	}
	return []schema.Detail{{Name: name, Before: previous, After: changed}}
}

// checkRedirectURIs validates the redirect URIs of an application, of which there is at least one.
func checkRedirectURIs(uris []string) error {
	if len(uris) == 0 {
		return fault.Input("redirectUris", "application.redirect_missing")
	}
	return checkURIs("redirectUris", uris)
}

// checkURIs validates URIs that requests name exactly. They are stored as typed, because they are
// compared character by character.
//
// Security: plain http is accepted on this machine only, and a fragment nowhere: an authorization
// response must not travel in clear, nor lose its parameters.
func checkURIs(field string, uris []string) error {
	if len(uris) > maxURIs {
		return fault.Input(field, "application.uris_many", i18n.Args{"Max": maxURIs})
	}
	var faults fault.Collector
	for i, uri := range uris {
		if _, ok := weburl.ParsePage(uri); !ok || strings.Contains(uri, "#") {
			faults.Add(fault.Input(field+"."+strconv.Itoa(i), "application.uri"))
		}
	}
	return faults.Err()
}

// checkInitiateLoginURI validates the page that begins a sign-in; nil and "" mean none.
func checkInitiateLoginURI(uri *string) error {
	if inputs.ValueOrEmpty(uri) == "" {
		return nil
	}
	if _, ok := weburl.ParsePage(*uri); !ok || strings.Contains(*uri, "#") {
		return fault.Input("initiateLoginUri", "application.uri")
	}
	return nil
}

// listOrEmpty returns a list that is stored as [] and not as null.
func listOrEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
