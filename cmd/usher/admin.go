package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"usher/ent/user"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/ident"
	"usher/internal/outbox"
	"usher/internal/secret"
	"usher/internal/store"
)

// databaseFlags are the settings of commands that use only the database.
type databaseFlags struct {
	DatabaseURL secret.Redacted `env:"USHER_DATABASE_URL" default:"sqlite:var/usher.db" help:"${config_help_database_url}"`
}

// openStore opens the database without prepared statements: few statements repeat here, and a
// connection proxy may not support them.
func (d *databaseFlags) openStore() (*store.Store, error) {
	return store.Open(d.DatabaseURL.Reveal(), store.Unprepared)
}

// adminCmd holds the operator's commands. They work on the database directly, without a running
// server, and need no account.
type adminCmd struct {
	CreateOwner createOwnerCmd         `cmd:"" help:"Create an organization, a workspace and its first administrator."`
	SetPlan     setSubscriptionPlanCmd `cmd:"" help:"Change the plan of an organization: its seats and its entitlements."`

	ArchiveWorkspace   archiveWorkspaceCmd   `cmd:"" help:"Make a workspace read-only."`
	UnarchiveWorkspace unarchiveWorkspaceCmd `cmd:"" help:"Make an archived workspace usable again."`
	ExportWorkspace    exportWorkspaceCmd    `cmd:"" help:"Write all tables of a workspace to a ZIP file."`
	DeleteWorkspace    deleteWorkspaceCmd    `cmd:"" help:"Archive a workspace and erase it after the waiting time."`
	RestoreWorkspace   restoreWorkspaceCmd   `cmd:"" help:"Take back the deletion of a workspace."`
	ErasedWorkspaces   erasedWorkspacesCmd   `cmd:"" help:"List the workspaces that were erased, with the time of their erasure."`

	EndSessions endSessionsCmd `cmd:"" help:"End all sign-ins of a person."`
	DeadLetters deadLettersCmd `cmd:"" help:"List undelivered emails, failed or waiting, each with its reason and age."`
	RetryMail   retryMailCmd   `cmd:"" help:"Send undelivered emails again: one by its id, or many."`
}

// createOwnerCmd founds the first workspace of an installation, since nobody can invite its first
// administrator.
type createOwnerCmd struct {
	config.Config `group:"settings"`
	Organization  string `required:"" placeholder:"NAME" help:"Name of the organization; one of that name is used if there is one."`
	Workspace     string `required:"" placeholder:"SLUG" help:"Slug of the new workspace."`
	WorkspaceName string `placeholder:"NAME" help:"Name of the new workspace, which people read; its slug by default."`
	Email         string `required:"" placeholder:"EMAIL" help:"Address of the administrator."`
	FirstName     string `required:"" help:"First name of the administrator."`
	LastName      string `required:"" help:"Last name of the administrator."`
	Locale        string `default:"en" enum:"en,fr" help:"Language of the workspace and the administrator."`
	PasswordStdin bool   `help:"Read the password from standard input; without it a link to set one is printed once."`

	AddressVerified bool `help:"Take an account that exists with this address though nobody has verified it: you have. Its password and sessions end."`
}

// Run creates the organization, the workspace and its first administrator.
func (c *createOwnerCmd) Run(ctx context.Context) error {
	in := admission.FoundInput{
		Organization: c.Organization, Workspace: c.Workspace, Name: c.WorkspaceName, Email: c.Email,
		FirstName: c.FirstName, LastName: c.LastName, Locale: c.Locale,
		AddressVerified: c.AddressVerified,
	}
	// A password in a flag would be visible in the list of processes.
	if c.PasswordStdin {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		in.Password = strings.TrimRight(line, "\r\n")
		if in.Password == "" {
			return fmt.Errorf("no password came on standard input: %w", err)
		}
	}
	return withApp(ctx, &c.Config, func(a *app.App) error {
		f, err := a.Admission.FoundWorkspace(ctx, in)
		if err != nil {
			return err
		}
		fmt.Printf("%s is administrator of the workspace %s (%s).\n", c.Email, f.Workspace.Slug,
			f.Workspace.ID)
		// An existing account keeps its password, so there is nothing to set.
		if f.User.PasswordHash != nil {
			return nil
		}
		link, err := a.Accounts.SetPasswordLink(ctx, f.User.ID)
		if err != nil {
			return err
		}
		fmt.Printf("Set the password within 30 minutes, by this link, shown once:\n%s\n", link)
		return nil
	})
}

// endSessionsCmd ends all sign-ins of a person, for an operator who is told that an account is in
// other hands.
type endSessionsCmd struct {
	config.Config `group:"settings"`
	Email         string `required:"" help:"Address of the person."`
}

// Run ends all sign-ins of a person.
func (c *endSessionsCmd) Run(ctx context.Context) error {
	to, err := address.Parse(c.Email)
	if err != nil {
		return err
	}
	return withApp(ctx, &c.Config, func(a *app.App) error {
		system := store.AsSystem(ctx, "the operator ends a person's sign-ins from the command line")
		// By the key, so that the spelling of the operator does not matter.
		id, err := a.Store.User.Query().Where(user.EmailKey(to.Key)).OnlyID(system)
		if err != nil {
			return fmt.Errorf("no account has the address %s", to.Display)
		}
		if err := a.Accounts.EndAllSignIns(ctx, id); err != nil {
			return err
		}
		fmt.Println("all sign-ins of", to.Display, "have ended")
		return nil
	})
}

// mailSelection selects queued emails by kind, domain and age.
type mailSelection struct {
	Kind   string        `help:"Only emails of this kind, as dead-letters lists it."`
	Domain string        `help:"Only emails to this domain."`
	Since  time.Duration `help:"Only emails created within this time, as 6h."`
}

// resolveSelection turns the age of --since into a moment.
func (s mailSelection) resolveSelection() outbox.Selection {
	chosen := outbox.Selection{Kind: s.Kind, Domain: s.Domain}
	if s.Since > 0 {
		chosen.Since = time.Now().Add(-s.Since)
	}
	return chosen
}

// deadLettersCmd lists emails that did not arrive. It changes nothing.
type deadLettersCmd struct {
	config.Config `group:"settings"`
	mailSelection
	Limit int `default:"100" help:"Maximum number of emails, newest first."`
}

// Run lists the undelivered emails.
func (c *deadLettersCmd) Run(ctx context.Context) error {
	return withApp(ctx, &c.Config, func(a *app.App) error {
		mails, err := a.Outbox.Undelivered(ctx, c.resolveSelection(), c.Limit)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tSTATUS\tKIND\tTO\tATTEMPTS\tAGE\tREASON")
		for _, m := range mails {
			reason := ""
			if m.Error != nil {
				reason = *m.Error
			}
			age := time.Since(m.DueAt).Round(time.Second) // since it was due
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", m.ID, m.Status, m.Kind, m.To, m.Attempts,
				age, reason)
		}
		return w.Flush()
	})
}

// retryMailCmd makes undelivered emails due again, once their cause is removed.
type retryMailCmd struct {
	config.Config `group:"settings"`
	mailSelection
	ID  string `arg:"" optional:"" help:"Id of the email, as dead-letters lists it."`
	All bool   `help:"All undelivered emails, including those that wait for their next attempt."`
}

// Run queues one email again, or many.
func (c *retryMailCmd) Run(ctx context.Context) error {
	// Naming an email and a selection at the same time is ambiguous.
	chosen := c.Kind != "" || c.Domain != "" || c.Since > 0
	if many := c.All || chosen; many == (c.ID != "") {
		return errors.New("name one email by its id, or many by --all, --kind, --domain or --since")
	}
	if c.ID == "" {
		return withApp(ctx, &c.Config, func(a *app.App) error {
			n, err := a.Outbox.RetryAll(ctx, c.resolveSelection())
			fmt.Printf("%d emails are queued again\n", n)
			return err
		})
	}
	id, err := ident.Parse(c.ID)
	if err != nil {
		return fmt.Errorf("%q is not the id of an email: usher admin dead-letters lists them", c.ID)
	}
	return withApp(ctx, &c.Config, func(a *app.App) error { return a.Outbox.Retry(ctx, id) })
}

// withApp calls act with an app on a migrated database and closes the app afterwards.
func withApp(ctx context.Context, settings *config.Config, act func(*app.App) error) (err error) {
	a, err := buildApp(settings, false, app.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	// A command never migrates: another version may be running on the database.
	if err := a.Ready(ctx, false); err != nil {
		return err
	}
	return act(a)
}
