package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// results are the measurements of all rounds, by request and server.
type results map[string][]*measurement

func resultKey(s *scenario) string { return s.name + "\x00" + s.server.name }

// add adds a measurement of a request.
func (r results) add(s *scenario, m *measurement) {
	r[resultKey(s)] = append(r[resultKey(s)], m)
}

// aims are the ratios that Usher is to reach, by request and peer.
var aims = map[string]map[string]string{
	"page of 50 members":             {"PostGraphile": "4", "plain handler": "1"},
	"page of 50 members, totalCount": {"PostGraphile": "4"},
	"search by beginning of address": {"PostGraphile": "4"},
	oneName:                          {"PostGraphile": "2"},
	"page of 50 invitations":         {"PostGraphile": "4"},
	"one invitation, email queued":   {"better-auth": "9", "plain handler": "0.45"},
}

// median returns the middle one of a figure of several measurements, the lowest and the highest.
func median(all []*measurement, of func(*measurement) float64) (middle, low, high float64) {
	values := make([]float64, len(all))
	for i, m := range all {
		values[i] = of(m)
	}
	slices.SortFunc(values, cmp.Compare[float64])
	return values[len(values)/2], values[0], values[len(values)-1]
}

func rateOf(m *measurement) float64 { return m.rate }

func processorOf(m *measurement) float64 { return m.serverCPU + m.postgresCPU }

// report writes all figures as Markdown: the ratios first, because only they can be compared with
// another run.
func (r results) report(w io.Writer, o *options, chosen [][]*scenario) {
	r.reportRatios(w, o, chosen)
	fmt.Fprint(w, "\n## All figures\n\n| request | server | answers/s [lowest–highest] | p50 / p95 / p99 ms |"+
		" CPU ms an answer, server / PostgreSQL | memory MiB |\n|---|---|---|---|---|---|\n")
	var others, wrong []string
	for _, request := range chosen {
		for _, s := range request {
			all := r[resultKey(s)]
			rate, low, high := median(all, rateOf)
			figure := func(of func(*measurement) float64) float64 {
				middle, _, _ := median(all, of)
				return middle
			}
			fmt.Fprintf(w, "| %s | %s | %.0f [%.0f–%.0f] | %.1f / %.1f / %.1f | %.2f / %.2f | %.0f |\n",
				s.name, s.server.name, rate, low, high,
				figure(func(m *measurement) float64 { return m.p50 }),
				figure(func(m *measurement) float64 { return m.p95 }),
				figure(func(m *measurement) float64 { return m.p99 }),
				figure(func(m *measurement) float64 { return m.serverCPU }),
				figure(func(m *measurement) float64 { return m.postgresCPU }),
				figure(func(m *measurement) float64 { return m.memory }))
			_, least, most := median(all, func(m *measurement) float64 { return 100 * m.others })
			others = append(others, fmt.Sprintf("%.0f", least), fmt.Sprintf("%.0f", most))
			for _, m := range all {
				if m.wrong > 0 {
					wrong = append(wrong, fmt.Sprintf("%s, %s: %d answers were wrong: %s", s.name,
						s.server.name, m.wrong, m.sample))
				}
			}
		}
	}
	// Whole numbers as texts: the shorter one is the smaller one.
	slices.SortFunc(others, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	fmt.Fprintf(w, "\nOther processes used %s to %s %% of the machine's busy processor time during a measurement.\n",
		others[0], others[len(others)-1])
	if o.hashCPU > 0 {
		fmt.Fprintf(w, "\nOne password hash of Usher takes %.1f ms of processor time.\n", o.hashCPU)
	}
	for _, text := range wrong {
		fmt.Fprintf(w, "\n- %s\n", text)
	}
}

// reportRatios writes how often Usher answers beside each peer.
func (r results) reportRatios(w io.Writer, o *options, chosen [][]*scenario) {
	fmt.Fprintf(w, `# Usher beside its peers

The last output of `+"`make bench-peers`"+`, over HTTP on one machine: %s.
%s. %d members, %d groups, %d org units, %d pending invitations; PostgreSQL with durable commits.
%d connections, each with one request in flight; median of %d alternated rounds of %s.

Compare ratios, not rates: servers, PostgreSQL and the load share the processors, and other
processes may use them too. The requests are in [scenario.go](../internal/testkit/peers/scenario.go).
The peers do less: PostGraphile and the plain handler ask for no sign-in and no permission, and
better-auth's invitation has no group and queues no email. The plain handler uses no GraphQL.

The last column is the processor time that the peer and its PostgreSQL need for an answer, divided by
Usher's. On a busy machine it says more than the rates, which then favour servers of several threads.

| request | Usher answers/s | peer | peer answers/s | ratio | aim | ratio of processor time |
|---|---|---|---|---|---|---|
`, describeMachine(), time.Now().UTC().Format("2 January 2006"), o.members, groupCount, unitCount,
		o.invitations(), o.clients, o.rounds, o.length)
	for _, request := range chosen {
		ours, _, _ := median(r[resultKey(request[0])], rateOf)
		oursCPU, _, _ := median(r[resultKey(request[0])], processorOf)
		for _, s := range request[1:] {
			theirs, _, _ := median(r[resultKey(s)], rateOf)
			theirsCPU, _, _ := median(r[resultKey(s)], processorOf)
			aim := aims[s.name][s.server.name]
			if aim != "" {
				aim = "≥ " + aim
			}
			fmt.Fprintf(w, "| %s | %.0f | %s | %.0f | **%.2f** | %s | %.2f |\n", s.name, ours,
				s.server.name, theirs, ours/theirs, aim, theirsCPU/oursCPU)
		}
	}
}

// describeMachine names the processors and the memory.
func describeMachine() string {
	model, memory := runtime.GOARCH, ""
	text, _ := os.ReadFile("/proc/cpuinfo")
	if _, rest, found := strings.Cut(string(text), "model name"); found {
		line, _, _ := strings.Cut(rest, "\n")
		model = strings.Trim(line, "\t :")
	}
	text, _ = os.ReadFile("/proc/meminfo")
	var kib float64
	if _, err := fmt.Sscanf(string(text), "MemTotal: %f kB", &kib); err == nil {
		memory = fmt.Sprintf(", %.0f GiB", kib/(1<<20))
	}
	return fmt.Sprintf("%d processors (%s)%s, %s", runtime.NumCPU(), model, memory, runtime.GOOS)
}
