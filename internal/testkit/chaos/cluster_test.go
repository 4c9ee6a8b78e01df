package chaos

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/testkit"
	"usher/internal/testkit/pgserver"
)

// adminEmail and adminPassword sign in the administrator of both workspaces.
const (
	adminEmail    = "admin@acme.test"
	adminPassword = "correct horse battery"
)

// cluster is two server processes of the real binary on one PostgreSQL database, and a mail server.
type cluster struct {
	t          *testing.T
	binary     string
	env        []string
	database   string
	wire       *faultyWire // between the servers and the database
	mail       *mailServer
	servers    []*serverProcess
	workers    []*serverProcess // that serve nothing
	workspaces []string         // ids of academy and hq, of one organization
	seed       uint64
	dice       *rand.Rand
	diceLock   sync.Mutex
}

// buildBinary compiles cmd/usher once for all tests of the process.
var buildBinary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "usher-chaos-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "usher")
	out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, "usher/cmd/usher").
		CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build cmd/usher: %w\n%s", err, out)
	}
	return path, nil
})

// TestMain gives the package a PostgreSQL of its own whose commits reach the disk: a fault crashes
// it, and it must lose nothing.
func TestMain(m *testing.M) {
	server, err := pgserver.Start(pgserver.Options{Durable: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := os.Setenv("USHER_TEST_POSTGRES", server.DSN); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	server.Stop()
	if path, err := buildBinary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// readNumber returns a number of the environment, or the one of the short form.
func readNumber(t *testing.T, name string, short int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return short
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// startCluster migrates a fresh database, makes two workspaces of one organization and starts two
// servers, which work on jobs too.
func startCluster(t *testing.T) *cluster {
	t.Helper()
	return startClusterOf(t, 0, "serve")
}

// startClusterOf is startCluster with two servers that are started by a command line, and a number of
// processes that only work on jobs.
func startClusterOf(t *testing.T, workers int, serve ...string) *cluster {
	t.Helper()
	binary, err := buildBinary()
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(readNumber(t, "USHER_CHAOS_SEED", int(time.Now().UnixNano()&0xFFFFFF)))
	t.Logf("USHER_CHAOS_SEED=%d", seed)
	c := &cluster{t: t, seed: seed, binary: binary, database: testkit.Postgres(t), mail: startMailServer(t)}
	c.dice = rand.New(rand.NewPCG(seed, 0))
	c.wire = startFaultyWire(t, c.database)
	c.env = append(os.Environ(),
		"USHER_DATABASE_URL="+c.wire.redirect(c.database),
		"USHER_SECRET="+strings.Repeat("AQID", 16),
		"USHER_SMTP_URL=smtp://"+c.mail.address,
		"USHER_MAIL_FROM=Usher <no-reply@usher.test>",
		"USHER_TRUSTED_PROXIES=127.0.0.0/8",
		"USHER_LOG=json",
		"USHER_PUBLIC_URL=https://usher.test",
		"USHER_WEBHOOK_ALLOW_PRIVATE=true",
	)
	c.run("", "migrate", "up")
	for _, slug := range []string{"academy", "hq"} {
		out := c.run(adminPassword+"\n", "admin", "create-owner", "--organization", "Acme",
			"--workspace", slug,
			"--email", adminEmail, "--first-name", "Ada", "--last-name", "Admin",
			"--password-stdin")
		id := regexp.MustCompile(`\(([a-z]+_\w+)\)`).FindStringSubmatch(out)
		if id == nil {
			t.Fatalf("create-owner names no workspace: %s", out)
		}
		c.workspaces = append(c.workspaces, id[1])
	}
	for range 2 {
		c.servers = append(c.servers, &serverProcess{cluster: c, port: freePort(t), command: serve})
	}
	for range workers {
		c.workers = append(c.workers, &serverProcess{cluster: c, command: []string{"worker"}})
	}
	for _, s := range slices.Concat(c.servers, c.workers) {
		s.start()
		t.Cleanup(s.stopForGood)
	}
	for _, s := range c.servers {
		s.awaitReady()
	}
	return c
}

// run executes one command of the binary and returns what it printed.
func (c *cluster) run(input string, args ...string) string {
	c.t.Helper()
	cmd := exec.Command(c.binary, args...)
	cmd.Env = append(c.env, "USHER_ADDR=127.0.0.1:0")
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("usher %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// roll returns a random number below n; safe for concurrent use.
func (c *cluster) roll(n int) int {
	c.diceLock.Lock()
	defer c.diceLock.Unlock()
	return c.dice.IntN(n)
}

// serverProcess is one `usher serve` or `usher worker`, restarted on the same port after it was killed.
type serverProcess struct {
	cluster *cluster
	port    int      // 0 for a worker
	command []string // of the binary
	lock    sync.Mutex
	process *exec.Cmd
	log     safeBuffer
}

// safeBuffer is a log that a process writes while a test reads.
type safeBuffer struct {
	sync.Mutex
	bytes.Buffer
}

// Write implements io.Writer.
func (b *safeBuffer) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(p)
}

// text returns what was written so far.
func (b *safeBuffer) text() string {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.String()
}

func (s *serverProcess) url() string { return "http://127.0.0.1:" + strconv.Itoa(s.port) }

func (s *serverProcess) start() {
	s.lock.Lock()
	defer s.lock.Unlock()
	cmd := exec.Command(s.cluster.binary, s.command...)
	cmd.Env = append(s.cluster.env, "USHER_ADDR=127.0.0.1:"+strconv.Itoa(s.port))
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	if err := cmd.Start(); err != nil {
		s.cluster.t.Fatal(err)
	}
	s.process = cmd
}

// kill ends the process with SIGKILL, which no process can catch.
func (s *serverProcess) kill() {
	s.lock.Lock()
	defer s.lock.Unlock()
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
}

// awaitReady returns when /readyz answers 200, and fails the test after 30 seconds.
func (s *serverProcess) awaitReady() {
	s.cluster.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().
		Before(deadline); time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get(s.url() + "/readyz")
		if err != nil {
			continue
		}
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
	s.cluster.t.Fatalf("no server on port %d after 30 s; its log:\n%s", s.port, s.log.text())
}

func (s *serverProcess) stopForGood() {
	s.kill()
	if s.cluster.t.Failed() {
		var errors []string
		for line := range strings.Lines(s.log.text()) {
			if !strings.Contains(line, `"level":"INFO"`) {
				errors = append(errors, line)
			}
		}
		s.cluster.t.Logf("last warnings and errors of the server on port %d:\n%s", s.port,
			strings.Join(errors[max(0, len(errors)-20):], ""))
	}
}

// freePort asks the kernel for a port that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// redirect returns a database URL that leads through the wire.
func (w *faultyWire) redirect(database string) string {
	u, err := url.Parse(database)
	if err != nil {
		w.t.Fatal(err)
	}
	u.Host = w.address
	return u.String()
}
