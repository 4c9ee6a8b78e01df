package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"usher/internal/apptest"
)

// invite runs the command on a workspace and returns what it prints and its exit code.
func invite(p *apptest.Place, typed string, args ...string) (string, int) {
	p.T.Helper()
	line := parsed(p.T, append([]string{"invite", "--workspace", "acme", "--as",
		"admin@acme.test"}, args...)...)
	var out bytes.Buffer
	err := (&inviteRun{inviteCmd: &line.Invite, App: p.App, in: strings.NewReader(typed),
		out: &out}).invitePeople(p.T.Context())
	exit := (*exitError)(nil)
	switch {
	case errors.As(err, &exit):
		return out.String() + exit.text, exit.code
	case err != nil:
		return out.String() + err.Error(), 1
	}
	return out.String(), 0
}

func TestPeopleAreInvitedFromTheShell(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		p.Group("North", "PRIVATE", nil)
		p.Group("South", "PRIVATE", nil)
		p.Group("South", "PRIVATE", nil)
		expect := func(code int, part, typed string, args ...string) {
			t.Helper()
			out, got := invite(p, typed, args...)
			if got != code {
				t.Errorf("%v: exit code %d: %s", args, got, out)
			}
			has(t, out, part)
		}
		expect(0, "nothing was done; 1 email would be sent", "", "ann@acme.test", "--dry-run")
		if n := p.CountInvitations(); n != 0 {
			t.Errorf("a dry run invited %d", n)
		}
		expect(3, "\nno address invalid_address ", "", "Ann Lee <ann@acme.test>", "no address",
			"--group", "North", "--role", "coach", "--locale", "fr")
		if to := p.Received("ann@acme.test", 1); !strings.Contains(to.Subject, "invite") {
			t.Errorf("subject %q", to.Subject)
		}
		inv := p.Store.Invitation.Query().OnlyX(p.In())
		if len(inv.Grant.GroupIDs) != 1 || len(inv.Grant.Roles) == 0 || inv.Grant.Locale != "fr" {
			t.Errorf("the grant: %+v", inv.Grant)
		}
		expect(0, "/invitations/", "ben@acme.test, cleo@acme.test", "-", "--no-email")
		expect(2, `there is no group "East"`, "", "dan@acme.test", "--group", "East")
		expect(2, `2 groups are called "South"`, "", "dan@acme.test", "--group", "South")
		if n := p.CountInvitations(); n != 3 {
			t.Errorf("%d invitations", n)
		}
	})
}

// A slip is told on one line, and help is short.
func TestACommandLineIsHelpful(t *testing.T) {
	for _, of := range []struct {
		args string
		code int
		says string
	}{
		{"sevre", 2, `usher: unexpected argument sevre, did you mean "serve"?; see usher --help`},
		{"import", 2, "see usher import --help"},
		{"admin end-sessions --emial a@acme.test", 2, `did you mean "--email"?; see usher admin end-sessions --help`},
		{"", 0, "Commands:"},
		{"help import", 0, "--rejected"},
		{"import --help", 0, "usher serve --help lists them"},
		{"--version", 0, "usher "},
		{"serve --help", 0, "$USHER_SMTP_URL"},
	} {
		var out, problems bytes.Buffer
		code := runCommand(t.Context(), strings.Fields(of.args), &out, &problems)
		if code != of.code || !strings.Contains(out.String()+problems.String(), of.says) {
			t.Errorf("usher %s: exit code %d: %s%s", of.args, code, &out, &problems)
		}
		if code == 2 && strings.Count(problems.String(), "\n") != 1 || code == 2 && out.Len() > 0 {
			t.Errorf("usher %s says more than one line: %s%s", of.args, &out, &problems)
		}
		if strings.HasPrefix(of.args, "import") && strings.Contains(out.String(), "smtp") {
			t.Errorf("usher %s lists settings: %s", of.args, &out)
		}
	}
}
