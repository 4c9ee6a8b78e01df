package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/apptest"
)

// crowdLimit is what a crowd of large requests may take above idle, in KiB.
const crowdLimit = 150 << 10

// Forty anonymous requests of a mebibyte at the same time stay within a bound, whatever they are
// made of, and an ordinary request beside them is answered. Measured is the resident memory of the
// real binary.
func TestACrowdOfLargeRequestsTakesLittleMemory(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := listener.Addr().String()
	_ = listener.Close()
	proc := exec.Command(os.Args[0], "serve")
	var log bytes.Buffer
	proc.Stdout, proc.Stderr = &log, &log
	proc.Env = append(os.Environ(), asCommand+"=1", "USHER_DATABASE_URL="+apptest.Database(
		t, "sqlite"), "USHER_SECRET="+strings.Repeat("AQID", 16),
		"USHER_ADDR="+at, "USHER_PUBLIC_URL=http://127.0.0.1:8080")
	if err := proc.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = proc.Process.Kill()
		_ = proc.Wait()
		if t.Failed() {
			t.Logf("the process said:\n%.3000s", log.String())
		}
	})
	url := "http://" + at
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		if resp, err := http.Get(url + "/readyz"); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(begun) > time.Minute {
			t.Fatal("the server is not ready")
		}
	}

	fill := func(piece string) string {
		return strings.Repeat(piece+",", (990<<10)/(len(piece)+1)) + piece
	}
	query := func(variables string) string {
		return `{"query":"{__typename}","variables":` + variables + `}`
	}
	declared := func(variables string) string {
		return `{"query":"query($f: MemberFilter) { workspace(slug: \"a\") { members(filter: $f) { totalCount } } }","variables":{"f":` + variables + `}}`
	}
	deep := func(open, end string) string {
		return strings.Repeat(open, 480<<10) + strings.Repeat(end, 480<<10)
	}
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	_ = parts.WriteField("operations", query(`{"a":[`+fill("[]")+`]}`))
	_ = parts.WriteField("map", `{"0":[`+fill(`"variables.a.0"`)+`]}`)
	_ = parts.Close()
	const asJSON = "application/json"
	for name, c := range map[string]struct{ kind, body string }{
		"numbers":       {asJSON, query(`{"a":[` + fill("0") + `]}`)},
		"empty lists":   {asJSON, query(`{"a":[` + fill("[]") + `]}`)},
		"empty objects": {asJSON, query(`{"a":[` + fill("{}") + `]}`)},
		"nested lists":  {asJSON, query(`{"a":` + deep("[", "]") + `}`)},
		"a long key":    {asJSON, query(`{"` + strings.Repeat("k", 990<<10) + `":1}`)},
		"many keys":     {asJSON, query(`{` + fill(`"k":1`) + `}`)},
		"an extension": {asJSON,
			`{"query":"{__typename}","extensions":{"persistedQuery":[` + fill("[]") + `]}}`},
		"other members":            {asJSON, `{"query":"{__typename}",` + fill(`"k":[]`) + `}`},
		"a declared list":          {asJSON, declared(`{"status":[` + fill(`"ACTIVE"`) + `]}`)},
		"a declared list of lists": {asJSON, declared(`{"status":[` + fill(`[]`) + `]}`)},
		"a declared object":        {asJSON, declared(`{` + fill(`"a":{}`) + `}`)},
		"a declared text": {asJSON,
			declared(`{"search":"` + strings.Repeat(`\u0041`, 160<<10) + `"}`)},
		"a query of nothing": {asJSON, `{"query":"` + strings.Repeat(" ", 990<<10) + `"}`},
		"a query of escapes": {asJSON,
			`{"query":"` + strings.Repeat(`\u007b`, 160<<10) + `"}`},
		"a form":                    {parts.FormDataContentType(), form.String()},
		"a list of operations":      {asJSON, `[` + fill(`{"query":"{__typename}"}`) + `]`},
		"the same member, repeated": {asJSON, `{` + fill(`"query":"{__typename}"`) + `}`},
	} {
		idle := memory(t, proc.Process.Pid, "VmRSS")
		// Resets the peak, VmHWM, to what there is now.
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", proc.Process.Pid), []byte("5"),
			0o600); err != nil {
			t.Fatal("the peak cannot be reset:", err)
		}
		var all sync.WaitGroup
		codes := make([]int, 40)
		for i := range codes {
			all.Go(func() { codes[i] = postTo(url, c.kind, c.body) })
		}
		if got := postTo(url, asJSON, `{"query":"{__typename}"}`); got != http.StatusOK {
			t.Errorf("%s: a small request beside them: %d", name, got)
		}
		all.Wait()
		peak := memory(t, proc.Process.Pid, "VmHWM")
		for _, code := range codes {
			// A connection that is closed while its body still comes shows as 0.
			if code >= 500 && code != http.StatusServiceUnavailable {
				t.Errorf("%s: %d", name, code)
			}
		}
		t.Logf("%s: %d MiB above %d MiB", name, (peak-idle)>>10, idle>>10)
		if peak-idle > crowdLimit {
			t.Errorf("%s: %d MiB above idle", name, (peak-idle)>>10)
		}
	}
}

func postTo(url, kind, body string) int {
	r, err := http.NewRequest(http.MethodPost, url+"/graphql", strings.NewReader(body))
	if err != nil {
		return 0
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("GraphQL-Require-Preflight", "1")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// memory is what the kernel says of a process, in KiB.
func memory(t *testing.T, pid int, what string) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal("no memory to be read:", err)
	}
	_, rest, _ := strings.Cut(string(text), what+":")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
