// Package pgserver runs a throw-away PostgreSQL for tests and benchmarks.
//
// It needs no installed service, only the server's programs, and leaves nothing behind. The server
// has its own directory under the system's temporary one, and is watched by a small shell script
// (server.sh) that reads from a pipe of this process. However the process ends (Stop, a panic, kill
// -9), the pipe closes, and the script stops the server and removes the directory. Tests therefore
// need no TestMain to clean up.
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

// connections is the server's limit: every test package runs in its own process with its own pools.
const connections = 300

// Options choose what the server is for.
type Options struct {
	// Durable keeps PostgreSQL's defaults: commits reach the disk and autovacuum runs, which
	// benchmarks need. Without it a commit costs no fsync, which matters only after a power cut.
	Durable bool
}

// Server is a running PostgreSQL that ends with this process at the latest. Keep a reference as
// long as the server is needed: the garbage collector closes the pipe of an unreferenced one.
type Server struct {
	// DSN is the URL of the maintenance database, with the password of a superuser.
	DSN      string
	dir      string
	keeper   *exec.Cmd
	lifeline io.Closer
}

// Start creates a cluster, starts it on a free port of the loopback interface, and returns when it
// responds, after one to two seconds. ErrNoPrograms if the machine has no PostgreSQL.
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
		// Nobody stops a server that did not start, so its directory is removed here.
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start PostgreSQL from %s: %w", bin, err)
	}
	return s, nil
}

// startIn starts a server whose data is in a directory.
func startIn(bin, dir string, o Options) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	// Security: a superuser can run programs as the account that runs the tests (COPY … TO
	// PROGRAM). Other accounts of a shared machine must not get in, so TCP requires a password of
	// this run, and the socket's directory is closed to others.
	password := rand.Text()
	files := map[string]string{"password": password + "\n", "conf": serverConfig(dir, port, o)}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}

	// Ctrl-C is for the tests. The keeper waits for its pipe.
	attr := &syscall.SysProcAttr{Setsid: true}
	if os.Geteuid() == 0 {
		if bin, err = giveToNobody(bin, dir, attr); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("sh", "-c", keeper, "usher-pg", bin, dir, role)
	cmd.Dir = dir
	// PGPORT and PGHOST must not reach the server.
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
	// The keeper has removed the files, unless it may not write to the temporary directory.
	os.RemoveAll(s.dir)
}

// giveToNobody gives the directory to the account nobody and makes the keeper run as it, because
// PostgreSQL refuses to run as root. It returns the directory of the programs: those of npm are
// copied (60 MB), since their directory may be closed to other accounts.
func giveToNobody(bin, dir string, attr *syscall.SysProcAttr) (string, error) {
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
	// Every file, because the keeper cannot remove files of another owner.
	return bin, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, gid)
	})
}

// awaitReady reads the keeper's output until it says that the server responds. Other output is the
// reason why it does not start.
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

// serverConfig returns the lines of postgresql.conf. A server that is not durable does not wait for
// the disk, which makes tests fast.
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
