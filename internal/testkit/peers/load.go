package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// request is one HTTP request.
type request struct {
	method, path string
	headers      []string
	body         string
}

// client is one connection of the load and what its next request needs. Only one goroutine uses it.
type client struct {
	index  int
	number int // of its requests
	run    string
	dice   *rand.Rand
	token  string // of its sign-in, where each client has its own
}

// scenario is one kind of request to one server.
type scenario struct {
	name   string
	server *serverProcess
	next   func(c *client) request
	want   string // text of each answer that is what was asked for
	// learn, if set, reads from an answer what the next request needs.
	learn func(c *client, answer []byte) error
	// prepare, if set, makes each client ready.
	prepare func(c *client) error
}

// measurement is what one run of a scenario came to. Processor times come from /proc, in steps of
// ten milliseconds: over seconds, an error of less than a hundredth.
type measurement struct {
	rate                   float64 // answers a second
	p50, p95, p99          float64 // milliseconds
	serverCPU, postgresCPU float64 // milliseconds for each answer
	memory                 float64 // MiB, the most of the run
	others                 float64 // of the machine's processor time, the share of other processes
	wrong                  int     // answers that were not what was asked for
	sample                 string  // of these
}

// loadOptions say how a scenario is measured.
type loadOptions struct {
	clients      int
	warm, length time.Duration
	postgres     int // process id
}

// measure sends requests for a while, each client one after the other: a closed loop. A slow server
// gets fewer requests, so rates and latencies say the same, and no queue grows without end.
func measure(s *scenario, o loadOptions) (*measurement, error) {
	var measuring, over atomic.Bool
	var mu sync.Mutex
	m := &measurement{}
	var took []time.Duration
	errs := make(chan error, o.clients)
	run := strconv.FormatInt(time.Now().UnixMilli(), 36)
	for i := range o.clients {
		c := &client{index: i, run: run, dice: rand.New(rand.NewPCG(uint64(i), 1))}
		go func() {
			own, wrong, sample, err := ask(s, c, &measuring, &over)
			mu.Lock()
			defer mu.Unlock()
			took, m.wrong = append(took, own...), m.wrong+wrong
			if sample != "" {
				m.sample = sample
			}
			errs <- err
		}()
	}

	// The first answers prepare statements, compile JavaScript and fill caches.
	time.Sleep(o.warm)
	processes := []int{s.server.pid, o.postgres, os.Getpid()}
	before := make([]time.Duration, len(processes))
	for i, pid := range processes {
		before[i] = processorTime(pid)
	}
	busy, begun := machineBusy(), time.Now()
	measuring.Store(true)
	for time.Since(begun) < o.length {
		time.Sleep(min(200*time.Millisecond, o.length))
		m.memory = max(m.memory, residentMiB(s.server.pid))
	}
	over.Store(true)
	length, busy := time.Since(begun), machineBusy()-busy
	used := make([]time.Duration, len(processes))
	for i, pid := range processes {
		used[i] = processorTime(pid) - before[i]
	}

	// A client ends with the answer that is under way. It no longer counts.
	var failed error
	for range o.clients {
		failed = errors.Join(failed, <-errs)
	}
	if failed != nil {
		return nil, fmt.Errorf("%s, %s: %w", s.name, s.server.name, failed)
	}
	if len(took) == 0 { // a very busy machine, or all answers were wrong
		return m, nil
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
	}
	answers := float64(len(took))
	m.rate, m.p50, m.p95, m.p99 = answers/length.Seconds(), at(0.50), at(0.95), at(0.99)
	m.serverCPU = used[0].Seconds() * 1000 / answers
	m.postgresCPU = used[1].Seconds() * 1000 / answers
	// The servers and PostgreSQL are descendants of this process.
	m.others = max(0, 1-used[2].Seconds()/max(busy.Seconds(), 0.01))
	return m, nil
}

// ask sends the requests of one client until the load is over. It returns how long the measured
// ones took, and how many answers were wrong.
func ask(s *scenario, c *client, measuring, over *atomic.Bool) (took []time.Duration, wrong int,
	sample string, err error) {
	if s.prepare != nil {
		if err := s.prepare(c); err != nil {
			return nil, 0, "", err
		}
	}
	conn, err := net.Dial("tcp", s.server.address)
	if err != nil {
		return nil, 0, "", err
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 64<<10)
	var out bytes.Buffer
	var answer []byte
	for !over.Load() {
		c.number++
		writeRequest(&out, s.server.address, s.next(c))
		// An answer counts by when its request was sent, so that the warm-up leaves none behind.
		counts, begun := measuring.Load(), time.Now()
		if err := conn.SetDeadline(begun.Add(30 * time.Second)); err != nil {
			return took, wrong, sample, err
		}
		if _, err := conn.Write(out.Bytes()); err != nil {
			return took, wrong, sample, err
		}
		var status int
		if status, answer, err = readAnswer(in, answer[:0]); err != nil {
			return took, wrong, sample, err
		}
		length := time.Since(begun)
		// A fast error must not look like a fast answer.
		if status >= 300 || !bytes.Contains(answer, []byte(s.want)) ||
			bytes.Contains(answer, []byte(`"errors":[{`)) {
			wrong++
			sample = fmt.Sprintf("%d %.300s", status, answer)
			continue
		}
		if s.learn != nil {
			if err := s.learn(c, answer); err != nil {
				return took, wrong, sample, err
			}
		}
		if counts {
			took = append(took, length)
		}
	}
	return took, wrong, sample, nil
}

// sendOnce sends one request on a connection of its own.
func sendOnce(s *scenario, c *client) (status int, answer []byte, err error) {
	conn, err := net.Dial("tcp", s.server.address)
	if err != nil {
		return 0, nil, err
	}
	defer conn.Close()
	var out bytes.Buffer
	writeRequest(&out, s.server.address, s.next(c))
	if _, err := conn.Write(out.Bytes()); err != nil {
		return 0, nil, err
	}
	return readAnswer(bufio.NewReader(conn), nil)
}

// writeRequest writes a request as HTTP/1.1. net/http's client would take as much processor time as
// some of the servers.
func writeRequest(out *bytes.Buffer, host string, r request) {
	out.Reset()
	fmt.Fprintf(out, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.method, r.path, host)
	for _, header := range r.headers {
		out.WriteString(header + "\r\n")
	}
	if r.body != "" {
		fmt.Fprintf(out, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(r.body))
	}
	out.WriteString("\r\n" + r.body)
}

// readAnswer reads an answer of HTTP/1.1 and appends its body.
func readAnswer(in *bufio.Reader, body []byte) (status int, _ []byte, err error) {
	length, chunked := -1, false
	// The status line, then headers up to an empty line. Only the two that give the length matter.
	for first := true; ; first = false {
		line, err := in.ReadString('\n')
		if err != nil {
			return 0, body, err
		}
		line = strings.TrimRight(line, "\r\n")
		if first {
			if len(line) < 12 {
				return 0, body, fmt.Errorf("an answer begins with %q", line)
			}
			status, _ = strconv.Atoi(line[9:12])
			continue
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); {
		case strings.EqualFold(name, "Content-Length"):
			length, _ = strconv.Atoi(value)
		case strings.EqualFold(name, "Transfer-Encoding"):
			chunked = true
		}
	}
	if !chunked {
		if length < 0 {
			return status, body, errors.New("an answer has no length")
		}
		body, err = appendBytes(in, body, length)
		return status, body, err
	}
	// Chunks, each behind a line with its size in hexadecimal digits; the last has the size 0.
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return status, body, err
		}
		size, err := strconv.ParseInt(strings.TrimSpace(line), 16, 32)
		if err != nil {
			return status, body, err
		}
		if body, err = appendBytes(in, body, int(size)); err != nil {
			return status, body, err
		}
		if _, err := in.Discard(2); err != nil || size == 0 {
			return status, body, err
		}
	}
}

// appendBytes reads so many bytes behind those that are there.
func appendBytes(in io.Reader, body []byte, n int) ([]byte, error) {
	from := len(body)
	body = slices.Grow(body, n)[:from+n]
	_, err := io.ReadFull(in, body[from:])
	return body, err
}
