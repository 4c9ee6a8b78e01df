package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"usher/ent/group"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/dryrun"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
)

// inviteCmd invites people in a member's name, as inviteUsers does in the API.
type inviteCmd struct {
	config.Config `group:"settings"`
	actor
	People  []string `arg:"" help:"Addresses, as jane@example.org or 'Jane Doe <jane@example.org>'; - reads them from standard input."`
	Role    []string `placeholder:"KEY" help:"Role that they get, such as learner, coach or admin; learner by default. Repeatable."`
	Group   []string `sep:"none" placeholder:"NAME" help:"Group that they join: its name, id or external id. Repeatable."`
	Label   []string `placeholder:"LABEL" help:"Label that they get. Repeatable."`
	Locale  string   `enum:"en,fr," default:"" help:"Language of the invitation; that of the workspace by default."`
	Message string   `placeholder:"TEXT" help:"Personal message in the emails."`
	NoEmail bool     `help:"Send no email, and print the links instead."`
	DryRun  bool     `help:"Only say what would happen, and do nothing."`
}

// Help describes the exit codes.
func (c *inviteCmd) Help() string {
	return "Exit codes: 0 all of them are invited; 1 it failed; 2 the command line is wrong; 3 it is done, " +
		"and some were refused."
}

// Run invites people and prints the outcome of each address.
func (c *inviteCmd) Run(ctx context.Context) error {
	return withApp(ctx, &c.Config, func(a *app.App) error {
		return (&inviteRun{inviteCmd: c, App: a, in: os.Stdin, out: os.Stdout}).invitePeople(ctx)
	})
}

// inviteRun is one run of the command.
type inviteRun struct {
	*inviteCmd
	*app.App
	by  *access.Caller
	in  io.Reader
	out io.Writer
}

// invitePeople invites the people of the command line, or says what that would do. Refused addresses
// are an error with an exit code of its own.
func (r *inviteRun) invitePeople(ctx context.Context) error {
	in, err := r.buildInput(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	// Both branches print the same table, so that a dry run reads like what follows it.
	refused := 0
	line := func(address, status string, message i18n.Message, isRefused bool, link string) {
		if isRefused {
			refused++
		}
		fmt.Fprintf(w, "%s\t%s\t%s %s\n", sanitizeForTerminal(address), strings.ToLower(status),
			sanitizeForTerminal(message.In(i18n.English)), link)
	}
	if r.DryRun {
		plan, err := r.DryRuns.Run(ctx, r.by, dryrun.Input{Invite: &in})
		if err != nil {
			return err
		}
		for _, p := range plan.People {
			line(p.Input, string(p.Status), p.Message(), p.Fault != nil, "")
		}
		fmt.Fprintf(w, "nothing was done; %s would be sent\n", countEmails(plan.EmailCount))
	} else {
		outcomes, err := r.Invitations.Invite(ctx, r.by, in)
		if err != nil {
			return err
		}
		for _, o := range outcomes {
			link, err := r.linkOf(ctx, o)
			if err != nil {
				return err
			}
			line(o.Input, string(o.Status), o.Sentence, o.Fault != nil, link)
		}
	}
	if err := w.Flush(); err != nil || refused == 0 {
		return err
	}
	return &exitError{exitRejected, fmt.Sprintf("%d were refused", refused)}
}

// buildInput resolves the names of the command line.
func (r *inviteRun) buildInput(ctx context.Context) (invitation.InviteInput, error) {
	by, workspace, err := r.resolveActor(ctx, r.App)
	if err != nil {
		return invitation.InviteInput{}, err
	}
	r.by = by
	text, err := r.readPeople()
	if err != nil {
		return invitation.InviteInput{}, err
	}
	groups, err := r.findGroups(ctx, workspace)
	sendsEmail := !r.NoEmail
	return invitation.InviteInput{WorkspaceID: workspace, Text: &text, SendEmail: &sendsEmail,
		Message: inputs.NilIfEmpty(r.Message),
		Grant: &admission.GrantInput{Roles: r.Role, GroupIDs: groups, Labels: r.Label,
			Locale: inputs.NilIfEmpty(r.Locale)}}, err
}

// readPeople returns the addresses as a text of one line for each argument.
func (r *inviteRun) readPeople() (string, error) {
	// "-" is what other programs read standard input for. It cannot be an address.
	if len(r.People) != 1 || r.People[0] != "-" {
		return strings.Join(r.People, "\n"), nil
	}
	text, err := io.ReadAll(io.LimitReader(r.in, maxPeopleText))
	return string(text), err
}

// maxPeopleText bounds the addresses of standard input, in bytes. inviteUsers takes 500 addresses.
const maxPeopleText = 1 << 20

// findGroups returns the ids of the groups of --group, as far as the caller sees them.
func (r *inviteRun) findGroups(ctx context.Context, workspace ident.ID) ([]ident.ID, error) {
	var found []ident.ID
	for _, name := range r.Group {
		match := group.Or(group.Name(name), group.ExternalID(name))
		if id, err := ident.Parse(name); err == nil {
			match = group.ID(id)
		}
		ids, err := r.Store.Group.Query().Where(match, group.WorkspaceID(workspace)).
			IDs(store.AsCaller(ctx, r.by))
		// Names repeat in a tree of groups, and a guess could give more than was meant.
		switch {
		case err != nil:
			return nil, err
		case len(ids) == 0:
			return nil, &exitError{exitUsage, fmt.Sprintf("there is no group %q", name)}
		case len(ids) > 1:
			return nil, &exitError{exitUsage, fmt.Sprintf(
				"%d groups are called %q: name one by its id", len(ids), name)}
		}
		found = append(found, ids[0])
	}
	return found, nil
}

// linkOf returns the link to hand over where no email is sent; empty where there is none.
func (r *inviteRun) linkOf(ctx context.Context, o *invitation.Outcome) (string, error) {
	// An emailed link is for its mailbox alone.
	if o.Invitation == nil || !r.NoEmail {
		return "", nil
	}
	return r.Invitations.CopyLink(ctx, r.by, o.Invitation)
}
