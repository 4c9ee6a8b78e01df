package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A process that is asked to stop cuts no request: under load on kept and on new connections,
// whatever is sent before the listener closes is answered, each answer asks to come back on another
// connection, and /readyz says 503 first.
func TestAProcessThatStopsCutsNoRequest(t *testing.T) {
	t.Parallel()
	var answered atomic.Int64
	for range 3 {
		stopUnderLoad(t, &answered)
	}
	if answered.Load() < 200 {
		t.Errorf("only %d requests were answered after the signals", answered.Load())
	}
}

var listeningAt = regexp.MustCompile(`msg=listening address=(\S+) admin_address=(\S+)`)

// startBinary runs the binary on a new SQLite file and returns where it listens.
func startBinary(t *testing.T, command string,
	env ...string) (proc *exec.Cmd, address, admin string) {
	t.Helper()
	proc = exec.Command(os.Args[0], command)
	proc.Env = append(append(os.Environ(), asCommand+"=1", "USHER_DATABASE_URL=sqlite:"+
		filepath.Join(t.TempDir(), "usher.db"),
		"USHER_SECRET="+strings.Repeat("AQID", 16), "USHER_ADDR=127.0.0.1:0",
		"USHER_ADMIN_ADDR=127.0.0.1:0",
		"USHER_PUBLIC_URL=http://127.0.0.1:8080"), env...)
	said, err := proc.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := proc.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proc.Process.Kill() })
	lines := bufio.NewReader(said)
	for {
		line, err := lines.ReadString('\n')
		if m := listeningAt.FindStringSubmatch(line); m != nil {
			go func() { _, _ = io.Copy(io.Discard, lines) }()
			return proc, "http://" + m[1], "http://" + m[2]
		}
		if err != nil {
			t.Fatalf("it does not listen: %s %v", line, err)
		}
	}
}

// refusesConnections tells whether nobody listens at an address any more.
func refusesConnections(address string) bool {
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err == nil {
		_ = conn.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

func stopUnderLoad(t *testing.T, answered *atomic.Int64) {
	t.Helper()
	proc, address, _ := startBinary(t, "serve")
	var signalled, over atomic.Bool
	var closed, notReady atomic.Int64
	var load sync.WaitGroup
	for n := range 8 {
		load.Go(func() {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: n%2 == 0},
				Timeout: 10 * time.Second}
			for !over.Load() {
				after := signalled.Load()
				resp, err := client.Post(address+"/graphql", "application/json",
					strings.NewReader(`{"query":"{ __typename }"}`))
				switch {
				case errors.Is(err, syscall.ECONNREFUSED):
					return // the listener is closed
				case errors.Is(err, syscall.ECONNRESET) && refusesConnections(address):
					// it closed at this very moment: the kernel resets what it has accepted and
					// Usher has not
					return
				case err != nil:
					t.Errorf("a request was cut: %v", err)
					return
				}
				_, err = io.Copy(io.Discard, resp.Body)
				if err != nil || resp.StatusCode != http.StatusOK {
					t.Errorf("%d, %v", resp.StatusCode, err)
				}
				_ = resp.Body.Close()
				if after {
					answered.Add(1)
				}
				if resp.Close {
					closed.Add(1)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	load.Go(func() {
		for !over.Load() {
			resp, err := http.Get(address + "/readyz")
			if err != nil {
				return
			}
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusServiceUnavailable {
				notReady.Add(1)
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	time.Sleep(300 * time.Millisecond)
	signalled.Store(true)
	if err := proc.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := proc.Wait()
	over.Store(true)
	load.Wait()
	if err != nil {
		t.Errorf("the process ends with %v", err)
	}
	if closed.Load() == 0 || notReady.Load() == 0 {
		t.Errorf("%d answers closed their connection, %d probes were told", closed.Load(),
			notReady.Load())
	}
}

// Metrics, probes and the outcome of GraphQL answers are served on the admin address, of serve and
// of worker.
func TestTheAdminAddressServesMetricsAndProbes(t *testing.T) {
	t.Parallel()
	_, address, admin := startBinary(t, "serve")
	resp, err := http.Post(address+"/graphql", "application/json",
		strings.NewReader(`{"query":"{ viewer { user { email } } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	for path, wants := range map[string][]string{
		"/healthz": {"alive"}, "/readyz": {"ready"},
		"/metrics": {"usher_graphql_answers_total{code=", `operation="viewer"`,
			"go_sql_max_open_connections{", "usher_mails_waiting 0", "usher_http_request_seconds"},
	} {
		resp, err := http.Get(admin + path)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		for _, want := range wants {
			if resp.StatusCode != http.StatusOK || !strings.Contains(string(text), want) {
				t.Errorf("%s: %d, lacks %s", path, resp.StatusCode, want)
			}
		}
	}
}
