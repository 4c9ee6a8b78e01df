package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/internal/apptest"
)

// syncFile runs the command on a workspace and returns what it prints and its exit code.
func syncFile(p *apptest.Place, text string, flags ...string) (string, int) {
	p.T.Helper()
	file := filepath.Join(p.T.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		p.T.Fatal(err)
	}
	line := parsed(p.T, append([]string{"sync", file, "--workspace", "acme", "--as",
		"admin@acme.test"}, flags...)...)
	var out bytes.Buffer
	r := &importRun{importCmd: line.Sync.toImport(), App: p.App, out: &out,
		bar: progressBar{to: &bytes.Buffer{}}}
	err := r.runSync(p.T.Context(), &line.Sync)
	var exit *exitError
	switch {
	case err == nil:
		return out.String(), 0
	case errors.As(err, &exit):
		return out.String() + exit.text, exit.code
	}
	return err.Error(), 1
}

// BAT-2: a scheduler runs the sync, reads one line and acts on the exit code.
func TestASchedulerSyncsAFile(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		const header = "Matricule,email,last name,first name,password\n"
		people := func(names string) string {
			text := header
			for name := range strings.FieldsSeq(names) {
				text += "m" + name + "," + name + "@acme.test,Lee," + name + ",correct horse battery\n"
			}
			return text
		}
		flags := []string{"--source", "hr", "--action", "create", "--mirror", "--no-email", "--map",
			"Matricule=externalId"}
		expect := func(what, text string, code int, line string, more ...string) {
			t.Helper()
			out, got := syncFile(p, text, append(more, flags...)...)
			if got != code || !strings.Contains(out, line) {
				t.Errorf("%s: exit code %d: %s", what, got, out)
			}
		}
		expect("a dry run", people("ann ben cleo dan eva"), 0, "dry run, nothing was done: 5 rows: "+
			"0 invited, 5 created", "--dry-run")
		expect("the first night", people("ann ben cleo dan eva"), 0, "completed: 5 rows: 0 invited, "+
			"5 created, 0 updated, 0 deactivated, 0 reactivated, 0 unchanged, 0 rejected\n")
		expect("the second", people("ann ben cleo dan eva"), 0, " 5 unchanged, 0 rejected\n")
		report := filepath.Join(t.TempDir(), "report.csv")
		expect("a wrong row", people("ann ben cleo dan eva")+"mx,nonsense,,,\n", 3, "1 rejected",
			"--report", report)
		if text, err := os.ReadFile(report); err != nil || !strings.Contains(string(text), "nonsense") {
			t.Errorf("the report: %v %s", err, text)
		}
		expect("half a file", people("ann"), 4, "4 people would be deactivated, more than 3")
		expect("fewer than allowed", people("ann ben cleo dan"), 4, "more than 0", "--max-leavers", "0")
		expect("as many as allowed", people("ann"), 0, " 4 deactivated", "--max-leavers", "4")
		expect("an empty file", header, 1, "nobody")
		if n := len(p.Holds(p.Member("ann@acme.test").ID)); n != 1 {
			t.Errorf("ann holds %d roles", n)
		}
	})
}
