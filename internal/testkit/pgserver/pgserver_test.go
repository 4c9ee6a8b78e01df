package pgserver

import (
	"bufio"
	"database/sql"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"
)

// victim is set in the copy of this test binary that is killed while its server runs.
const victim = "USHER_TEST_VICTIM"

func TestMain(m *testing.M) {
	if os.Getenv(victim) == "" {
		os.Exit(m.Run())
	}
	s, err := Start(Options{})
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(s.DSN + " " + s.dir + "\n")
	time.Sleep(time.Minute) // to be killed long before
}

func TestAServerAnswersAndLeavesNothingBehindWhenStopped(t *testing.T) {
	t.Parallel()
	s, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := show(t, s.DSN, "fsync") + " " + show(t, s.DSN, "max_connections"); got != "off 300" {
		t.Errorf("fsync and max_connections are %s", got)
	}
	s.Stop()
	if !gone(t, s.DSN, s.dir) {
		t.Error("the server or its directory is still there")
	}
}

func TestADurableServerWaitsForTheDisk(t *testing.T) {
	t.Parallel()
	s, err := Start(Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes",
		"autovacuum"} {
		if got := show(t, s.DSN, setting); got != "on" {
			t.Errorf("%s is %s", setting, got)
		}
	}
}

func TestAStrangerOnTheMachineGetsNoConnection(t *testing.T) {
	t.Parallel()
	s, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	_, rest, _ := strings.Cut(s.DSN, "@")
	for _, user := range []string{role, role + ":guess"} {
		if err := ping("postgres://" + user + "@" + rest); err == nil {
			t.Errorf("%s came in", user)
		}
	}
	info, err := os.Stat(s.dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's directory is %v (%v)", info.Mode(), err)
	}
}

func TestAServerDoesNotSurviveAKilledTest(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victim+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	dsn, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
	if err := ping(dsn); err != nil {
		t.Fatalf("before the kill: %v", err)
	}

	cmd.Process.Kill()
	cmd.Wait()

	for deadline := time.Now().Add(20 * time.Second); !gone(t, dsn, dir); time.Sleep(
		20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server or its directory is still there")
		}
	}
}

func TestAServerThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	script := []byte("#!/bin/sh\necho no room for a cluster\nexit 1\n")
	if err := os.WriteFile(filepath.Join(bin, "initdb"), script, 0o755); err != nil {
		t.Fatal(err)
	}
	for dir := bin; dir != os.TempDir(); dir = filepath.Dir(dir) {
		os.Chmod(dir, 0o755) // the keeper may run as another account
	}
	dir, err := os.MkdirTemp("", "usher-pg-")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = startIn(bin, dir, Options{}); err == nil ||
		!strings.Contains(err.Error(), "no room for a cluster") {
		t.Errorf("the reason is missing: %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the directory is still there")
	}
}

func TestTheNewestProgramsAreTaken(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dirs := make([]string, 0, 4)
	for _, version := range []string{"9", "16", "15", "client"} {
		dir := filepath.Join(base, version, "bin")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, program := range []string{"initdb", "postgres"} {
			if err := os.WriteFile(filepath.Join(dir, program), nil, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		dirs = append(dirs, dir)
	}
	if got := newestDir(dirs); got != dirs[1] {
		t.Errorf("got %s", got)
	}
	if err := os.Remove(filepath.Join(dirs[1], "postgres")); err != nil {
		t.Fatal(err)
	}
	if got := newestDir(dirs); got != dirs[2] {
		t.Errorf("without a server in 16: got %s", got)
	}
	if got := newestDir(nil); got != "" {
		t.Errorf("from nothing: got %s", got)
	}
}

// show reads one of the server's settings.
func show(t *testing.T, dsn, setting string) string {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var value string
	if err := db.QueryRow("SHOW " + setting).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func ping(dsn string) error {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Ping()
}

// gone tells whether nothing listens any more and the files are removed. A server whose files were
// taken from under it still listens for a while, so that a failing ping would say too little.
func gone(t *testing.T, dsn, dir string) bool {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := net.Dial("tcp", u.Host); err == nil {
		c.Close()
		return false
	}
	_, err = os.Stat(dir)
	return os.IsNotExist(err)
}
