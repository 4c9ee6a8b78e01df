// Package pgserver runs a throw-away PostgreSQL for tests and benchmarks.
//
// It needs no installed service, only the server's programs, and it leaves nothing behind: the
// server lives in a directory of its own under the system's temporary one, and a small shell
// (server.sh) keeps it. That shell reads from a pipe which only this process holds open. However
// the process ends, by Stop, by a panic, by kill -9, the pipe closes, and the shell stops the
// server and removes the directory. A test therefore needs no TestMain to clean up.
package pgserver

import (
	"bufio"
	"crypto/rand"
	_ "embed"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

//go:embed server.sh
var keeper string

// role is the superuser of the throw-away server.
const role = "usher"

// connections is the server's limit: every test package runs in a process of its own with pools of
// its own.
const connections = 300

// Options choose what the server is for.
type Options struct {
	// Durable keeps PostgreSQL's own defaults: commits reach the disk, autovacuum runs. Benchmarks
	// need it to be honest. Without it a commit costs no fsync, which nothing but a power cut can
	// tell apart.
	Durable bool
}

// Server is a running PostgreSQL that ends with this process at the latest. Hold it as long as the
// server is needed: the garbage collector closes the pipe of one that nobody holds.
type Server struct {
	// DSN is the URL of the maintenance database, with the password of a superuser.
	DSN      string
	dir      string
	keeper   *exec.Cmd
	lifeline io.Closer
}

// Start makes a new cluster, starts it on a free port of the loopback interface, and returns when
// it answers: after one to two seconds. It returns ErrNoPrograms when the machine has no PostgreSQL
// programs.
func Start(o Options) (*Server, error) {
	bin, err := Programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "usher-pg-")
	if err != nil {
		return nil, err
	}
	s, err := startIn(bin, dir, o)
	if err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start PostgreSQL from %s: %w", bin, err)
	}
	return s, nil
}

func startIn(bin, dir string, o Options) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	// Security: the server gives a superuser access to the account that runs the tests (COPY … TO
	// PROGRAM), so other accounts of a shared machine must not get in: TCP asks for a password made
	// for this run, the socket's directory is closed to others.
	password := rand.Text()
	files := map[string]string{"password": password + "\n", "conf": serverConfig(dir, port, o)}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}

	// Ctrl-C is for the tests; the keeper waits for its pipe
	attr := &syscall.SysProcAttr{Setsid: true}
	if os.Geteuid() == 0 {
		if bin, err = handOver(bin, dir, attr); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("sh", "-c", keeper, "usher-pg", bin, dir, role)
	cmd.Dir = dir
	// no PGPORT, no PGHOST
	cmd.Env = []string{"PATH=" + bin + ":/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = attr
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := awaitReady(out); err != nil {
		lifeline.Close()
		cmd.Wait()
		return nil, err
	}
	dsn := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(role, password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		Path:     "/postgres",
		RawQuery: "sslmode=disable",
	}
	return &Server{DSN: dsn.String(), dir: dir, keeper: cmd, lifeline: lifeline}, nil
}

// Stop ends the server immediately, even with open connections, and removes its files.
func (s *Server) Stop() {
	s.lifeline.Close()
	s.keeper.Wait()
	os.RemoveAll(s.dir) // the keeper did, unless the temporary directory is one it may not write to
}

// handOver gives the directory to the account nobody and makes the keeper run as it, because
// PostgreSQL refuses to run as root. It returns where the programs are then: those that npm brought
// may stand in a directory closed to others, so they are copied (60 MB).
func handOver(bin, dir string, attr *syscall.SysProcAttr) (string, error) {
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return "", err
	}
	uid, err := strconv.Atoi(nobody.Uid)
	if err != nil {
		return "", err
	}
	gid, err := strconv.Atoi(nobody.Gid)
	if err != nil {
		return "", err
	}
	if strings.Contains(bin, embedded) {
		native := filepath.Join(dir, "native")
		if err := os.CopyFS(native, os.DirFS(filepath.Dir(bin))); err != nil {
			return "", err
		}
		bin = filepath.Join(native, "bin")
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	// Every file, not just the directory: what is not its own the keeper could not remove.
	return bin, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, gid)
	})
}

// awaitReady reads what the keeper says until it says that the server answers. Anything else that
// it said is the reason why there is none.
func awaitReady(out io.Reader) error {
	var said strings.Builder
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "ready" {
			return nil
		}
		said.WriteString("\n\t" + lines.Text())
	}
	return fmt.Errorf("the server did not come up:%s", said.String())
}

func serverConfig(dir string, port int, o Options) string {
	lines := []string{
		"listen_addresses = '127.0.0.1'",
		"port = " + strconv.Itoa(port),
		"unix_socket_directories = '" + dir + "'",
		"max_connections = " + strconv.Itoa(connections),
		"timezone = 'UTC'",
		"log_timezone = 'UTC'",
	}
	if !o.Durable {
		lines = append(lines, "fsync = off", "synchronous_commit = off", "full_page_writes = off",
			"autovacuum = off")
	}
	return strings.Join(lines, "\n") + "\n"
}

// freePort asks the kernel for a port. It is free again when the server takes it a second later;
// should another program be quicker, the server says so and the run is to be repeated.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
