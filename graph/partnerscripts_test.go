package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"usher/ent/enrollment"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/store"
)

// partner runs the scripts of docs/partners against a workspace, in a directory of its own.
type partner struct {
	*apptest.Place
	t   *testing.T
	dir string
	env []string
}

// newPartner gives a partner a key with the permissions.
func newPartner(t *testing.T, p *apptest.Place, permissions ...string) *partner {
	t.Helper()
	var made struct{ CreateApiKey struct{ Secret string } }
	p.Must(p.SignIn("admin@acme.test", apptest.Password), `mutation($input: CreateApiKeyInput!) {
		createApiKey(input: $input) { secret }
	}`, map[string]any{"input": map[string]any{"workspaceId": p.Workspace.ID,
		"name": "Partner", "permissions": permissions}}, &made)
	return &partner{Place: p, t: t, dir: t.TempDir(), env: append(os.Environ(),
		"USHER_URL="+p.URL, "USHER_KEY="+made.CreateApiKey.Secret,
		"USHER_WORKSPACE="+p.Workspace.ID.String())}
}

// run runs an interpreter on a script with what is typed into it, and returns what it prints and its
// exit code.
func (r *partner) run(typed, interpreter, script string, args ...string) (string, int) {
	r.t.Helper()
	path, err := filepath.Abs(filepath.Join("../docs/partners", script))
	if err != nil {
		r.t.Fatal(err)
	}
	c := exec.CommandContext(r.t.Context(), interpreter, append([]string{path}, args...)...)
	c.Dir, c.Env, c.Stdin = r.dir, r.env, strings.NewReader(typed)
	out, err := c.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		r.t.Fatalf("%s: %v", script, err)
	}
	return string(out), c.ProcessState.ExitCode()
}

// write writes a file of the partner.
func (r *partner) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// expect checks the exit code and a part of the output.
func (r *partner) expect(code int, part string) func(string, int) {
	return func(out string, got int) {
		r.t.Helper()
		if got != code || !strings.Contains(out, part) {
			r.t.Errorf("exit code %d, want %d with %q: %s", got, code, part, out)
		}
	}
}

// has tells whether this machine has an interpreter. Go and Node are all that the tests may demand.
func has(t *testing.T, interpreter string) bool {
	t.Helper()
	_, err := exec.LookPath(interpreter)
	if err != nil {
		t.Logf("%s is not installed: its script is not run", interpreter)
	}
	return err == nil
}

// The scripts of the page for partners do what they say, run as the page says.
func TestTheScriptsForPartnersRun(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		if has(t, "curl") {
			t.Run("nightly sync", func(t *testing.T) { syncNightly(t, p) })
		}
		t.Run("progress", func(t *testing.T) { reportProgress(t, p) })
		if has(t, "python3") {
			t.Run("joiners", func(t *testing.T) { inviteJoiners(t, p) })
		}
	})
}

func syncNightly(t *testing.T, p *apptest.Place) {
	r := newPartner(t, p, "MEMBERS_VIEW", "MEMBERS_INVITE", "MEMBERS_IMPORT", "MEMBERS_UPDATE",
		"MEMBERS_DEACTIVATE")
	const header = "external id,email,first name,last name\n"
	sync := func(code int, part, rows string) {
		t.Helper()
		r.write("people.csv", header+rows)
		r.expect(code, part)(r.run("", "sh", "nightly-sync.sh", "people.csv"))
	}
	sync(0, "", "1,ann@acme.test,Ann,Lee\n2,ben@acme.test,Ben,Lee\n")
	sync(0, "", "1,ann@acme.test,Ann,Lee\n2,ben@acme.test,Ben,Lee\n")
	if n := len(p.Mails("ann@acme.test")); n != 1 {
		t.Errorf("ann got %d emails", n)
	}
	sync(3, "rejected.csv holds", "1,ann@acme.test,Ann,Lee\n2,ben@acme.test,Ben,Lee\n3,nonsense,,\n")
	if text, err := os.ReadFile(filepath.Join(r.dir, "rejected.csv")); err != nil ||
		!bytes.Contains(text, []byte("nonsense")) {
		t.Errorf("the rejected rows: %v %s", err, text)
	}
	// Everybody but one would leave.
	all := ""
	for i, name := range []string{"eva", "fay", "gil", "hal", "ida"} {
		all += fmt.Sprintf("%d,%s@acme.test,%s,Lee\n", 10+i, name, name)
	}
	sync(0, "", all)
	for _, inv := range p.Store.Invitation.Query().Where(entinvitation.ExternalIDGTE("10"),
		entinvitation.ExternalIDLTE("14")).AllX(p.In()) {
		if _, err := p.Acceptances.Accept(t.Context(), nil, p.Mailed(inv),
			account.Origin{}); err != nil {
			t.Fatal(err)
		}
	}
	sync(4, "4 people would be deactivated", "10,eva@acme.test,eva,Lee\n")
	r.env = append(r.env, "USHER_KEY=ush_live_wrong")
	sync(1, "", "1,ann@acme.test,Ann,Lee\n")
}

func reportProgress(t *testing.T, p *apptest.Place) {
	r := newPartner(t, p, "MEMBERS_VIEW", "ENROLLMENTS_MANAGE")
	p.Session(p.Program("Sales"), "First", apptest.Always, apptest.Always)
	p.Join("mia@acme.test", nil)
	p.Join("max@acme.test", nil)
	// The ids by which the learning system knows them.
	p.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Session.Update().SetExternalID("s1").Exec(ctx); err != nil {
			return err
		}
		for email, external := range map[string]string{"mia@acme.test": "m1",
			"max@acme.test": "m2"} {
			if err := tx.Member.UpdateOneID(p.Member(email).ID).SetExternalID(external).
				Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	const rows = `[{"person": "m1", "session": "s1", "percent": 40},
		{"person": "m2", "session": "s1", "percent": 100}, {"person": "m9", "session": "s1", "percent": 1}]`
	r.expect(3, "m9 in s1: no such person")(r.run(rows, "node", "report-progress.mjs"))
	for external, want := range map[string]enrollment.Status{"m1": enrollment.StatusEnrolled,
		"m2": enrollment.StatusCompleted} {
		e := p.Store.Enrollment.Query().Where(enrollment.HasMemberWith(member.ExternalID(external))).
			OnlyX(p.In())
		if e.Status != want {
			t.Errorf("%s is %s", external, e.Status)
		}
	}
}

func inviteJoiners(t *testing.T, p *apptest.Place) {
	r := newPartner(t, p, "MEMBERS_VIEW", "MEMBERS_INVITE", "AUDIT_VIEW")
	r.write("joiners.csv", "id,email,first_name,last_name\nj1,dan@acme.test,Dan,Lee\nj2,nonsense,Eva,Lee\n")
	run := func() (string, int) {
		return r.run("", "python3", "joiners.py", "joiners.csv", "state.json")
	}
	r.expect(3, "dan@acme.test: INVITED")(run())
	// Again, as after a crash: nobody is emailed twice, and who has accepted is told once.
	inv := p.Store.Invitation.Query().Where(entinvitation.EmailKey("dan@acme.test")).OnlyX(p.In())
	if _, err := p.Acceptances.Accept(t.Context(), nil, p.Mailed(inv), account.Origin{}); err != nil {
		t.Fatal(err)
	}
	r.expect(3, "j1 accepted at ")(run())
	out, code := run()
	if code != 3 || strings.Contains(out, "accepted at") {
		t.Errorf("exit code %d: %s", code, out)
	}
	var state map[string]string
	text, err := os.ReadFile(filepath.Join(r.dir, "state.json"))
	if err = errors.Join(err, json.Unmarshal(text, &state)); err != nil || state["cursor"] == "" {
		t.Errorf("the state: %v %s", err, text)
	}
}
