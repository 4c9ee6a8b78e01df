package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/internal/testkit/pgserver"
)

func TestTheCommandsExitCodeIsPassedOn(t *testing.T) {
	t.Setenv(variable, "postgres://somebody@elsewhere/postgres")
	for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -9 $$": 1} {
		if got, err := runCommand(pgserver.Options{}, []string{"sh", "-c", script}); got != want ||
			err != nil {
			t.Errorf("%s: %d, %v; want %d", script, got, err, want)
		}
	}
	if got, err := runCommand(pgserver.Options{}, []string{"no-such-command-here"}); got != 1 ||
		err == nil {
		t.Errorf("a command that does not exist: %d, %v", got, err)
	}
	if got, err := runCommand(pgserver.Options{}, nil); got != 2 || err == nil {
		t.Errorf("no command: %d, %v", got, err)
	}
}

func TestTheCommandIsToldOfAServerUnlessItHasOne(t *testing.T) {
	told := func() string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "told")
		script := `printf %s "$` + variable + `" >"` + file + `"`
		if code, err := runCommand(pgserver.Options{}, []string{"sh", "-c", script}); code != 0 ||
			err != nil {
			t.Fatalf("%d, %v", code, err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const own = "postgres://somebody@elsewhere/postgres"
	t.Setenv(variable, own)
	if got := told(); got != own {
		t.Errorf("a server of one's own was replaced by %s", got)
	}
	t.Setenv(variable, "")
	if got := told(); !strings.HasPrefix(got, "postgres://usher:") {
		t.Errorf("no server was started: %q", got)
	}
}
