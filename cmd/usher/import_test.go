package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"usher/internal/apptest"
)

// parsed returns the commands that the arguments have filled in.
func parsed(t testing.TB, args ...string) *commandLine {
	t.Helper()
	var line commandLine
	parser, err := newParser(&line, io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return &line
}

// importFile runs the command on a workspace, with what is typed into it, and returns what it
// prints.
func importFile(p *apptest.Place, typed, text string, flags ...string) (string, error) {
	p.T.Helper()
	file := filepath.Join(p.T.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		p.T.Fatal(err)
	}
	line := parsed(p.T, append([]string{"import", file, "--workspace", "acme"}, flags...)...)
	var out, bar bytes.Buffer
	r := &importRun{importCmd: &line.Import, App: p.App, in: strings.NewReader(typed), out: &out,
		bar: progressBar{to: &bar, isTerminal: true}}
	err := r.runImport(p.T.Context())
	if err == nil && !strings.Contains(bar.String(), "] ") {
		p.T.Errorf("there was no bar: %q", bar.String())
	}
	return out.String(), err
}

var spaces = regexp.MustCompile(` +`)

func has(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(spaces.ReplaceAllString(text, " "), part) {
		t.Errorf("%q is not in:\n%s", part, text)
	}
}

func TestAFileIsImportedFromTheShell(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		dir := t.TempDir()
		report, rejected := filepath.Join(dir, "report.csv"), filepath.Join(dir, "rejected.csv")
		out, err := importFile(p, "",
			"E-mail;Groups\nann@acme.test;\nwrong;\nben@acme.test;No\x1b[2Jwhere\n", "--as",
			"admin@acme.test", "--yes",
			"--report", report, "--rejected", rejected)
		if err != nil {
			t.Fatal(err)
		}
		has(t, out, "ROWS INVITE CREATE UPDATE UNCHANGED ERROR EMAILS\n3 1 0 0 0 2 1\n")
		has(t, out, "\n2 invite email=ann@acme.test\n")
		has(t, out, "\n3 email ")
		has(t, out, "completed: 3 of 3 rows done: 1 invited, 0 created, 0 updated, 0 unchanged, 2 rejected")
		if strings.Contains(out, "\x1b") {
			t.Error("a cell steers the terminal")
		}
		p.Received("ann@acme.test", 1)
		for path, lines := range map[string]int{report: 4, rejected: 3} {
			text, err := os.ReadFile(path)
			if err != nil || strings.Count(string(text), "\r\n") != lines {
				t.Errorf("%s: %v %s", path, err, text)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("others may read the list of people: %v %v", info, err)
			}
		}
	})
}

func TestNothingIsImportedUnlessTheAnswerIsYes(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		for _, typed := range []string{"\n", "no\n", "maybe\n"} {
			out, err := importFile(p, typed, "ann@acme.test\n", "--as", "admin@acme.test")
			if err != nil {
				t.Fatal(err)
			}
			has(t, out, "1 email will be sent now. Start? [y/N]")
			has(t, out, "nothing was done")
		}
		// A scheduler has nobody who answers.
		out, err := importFile(p, "", "ann@acme.test\n", "--as", "admin@acme.test")
		has(t, out, "nothing was done")
		if exit := (*exitError)(nil); !errors.As(err, &exit) || exit.code != exitUsage {
			t.Errorf("without an answer: %v", err)
		}
		out, err = importFile(p, "", "ann@acme.test\n", "--as", "admin@acme.test", "--dry-run",
			"--yes")
		if err != nil || strings.Contains(out, "Start?") {
			t.Errorf("a dry run: %v %s", err, out)
		}
		if n := p.CountInvitations(); n != 0 {
			t.Fatalf("%d were invited", n)
		}
		if _, err := importFile(p, "YES\n", "ann@acme.test\n", "--as",
			"admin@acme.test"); err != nil || p.CountInvitations() != 1 {
			t.Fatalf("%d were invited, %v", p.CountInvitations(), err)
		}
	})
}

func TestTheShellImportsByTheRightsOfAMember(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		k.Found("Other", "other")
		p.Join("learner@acme.test", nil)
		for who, why := range map[string]string{
			"learner@acme.test": "You may not do this here",
			"admin@other.test":  "is a member of no workspace \"acme\"",
			"ghost@acme.test":   "no account has the address",
		} {
			if _, err := importFile(p, "", "ann@acme.test\n", "--as", who, "--yes"); err == nil ||
				!strings.Contains(err.Error(), why) {
				t.Errorf("as %s: %v", who, err)
			}
		}
		if n := p.CountInvitations(); n != 1 { // the learner's own
			t.Errorf("%d invitations", n)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func TestColumnsAreChosenInTheShell(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		const text = "Pochta;Ismi;Izoh\nann@acme.test;Ann Lee;x\n"
		if _, err := importFile(p, "", text, "--as", "admin@acme.test", "--yes"); err == nil {
			t.Error("a file of unknown columns was read")
		}
		out, err := importFile(p, "", text, "--as", "admin@acme.test", "--yes", "--ignore-unknown",
			"--map", "Pochta=email", "--map", "b=fullName", "--no-email")
		if err != nil {
			t.Fatal(err)
		}
		has(t, out, "columns: A email, B fullName")
		has(t, out, "C (Izoh)")
		has(t, out, "1 1 0 0 0 0 0\n")
		if _, err := importFile(p, "", text, "--as", "admin@acme.test", "--yes", "--map",
			"Pochta=mail"); err == nil {
			t.Error("a column that does not exist was chosen")
		}
	})
}
