package graph_test

import (
	"fmt"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// load asks b.N times, eight at a time, reports what it cost and returns the median in
// milliseconds. An answer that is not what was asked for fails the benchmark.
func load(b *testing.B, ask func(i int) bool) (median float64) {
	const clients = 8
	var next atomic.Int64
	var mu sync.Mutex
	var took []time.Duration
	var wait sync.WaitGroup
	debug.FreeOSMemory() // what others left behind
	most := watchMemory()
	b.ReportAllocs()
	b.ResetTimer()
	cpu, begun := processor(), time.Now()
	for range clients {
		wait.Go(func() {
			var own []time.Duration
			for i := int(next.Add(1)); i <= b.N; i = int(next.Add(1)) {
				from := time.Now()
				if !ask(i) {
					b.Errorf("request %d was not answered", i)
					break
				}
				own = append(own, time.Since(from))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	wait.Wait()
	all, used := time.Since(begun), processor()-cpu
	b.StopTimer()
	taken := most()
	if b.Failed() {
		b.FailNow()
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(float64(b.N)/all.Seconds(), "req/s")
	b.ReportMetric(at(0.50), "p50-ms")
	b.ReportMetric(at(0.95), "p95-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(float64(used.Microseconds())/1000/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(taken.held)/(1<<20), "go-MiB")
	b.ReportMetric(float64(taken.resident)/(1<<20), "resident-MiB")
	return at(0.50)
}

// processor is the processor time that this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memory is what a process takes, in bytes. The requests and answers of the benchmark itself are in
// both.
type memory struct {
	// what Go holds of the system: heap, stacks, its own books; not what SQLite takes for itself
	held uint64
	// all that lies in memory, the pages of the program's file included; 0 where the system does
	// not tell
	resident uint64
}

// watchMemory returns what tells the most memory taken since, looked at every ten milliseconds. The
// peak that the system keeps of a process would not do, for it never falls: filling the database
// would be all that it shows.
func watchMemory() func() memory {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"}}
	var most memory
	look := func() {
		metrics.Read(samples)
		most.held = max(most.held, samples[0].Value.Uint64()-samples[1].Value.Uint64())
		var pages, inMemory uint64
		if text, err := os.ReadFile("/proc/self/statm"); err == nil {
			_, _ = fmt.Sscan(string(text), &pages, &inMemory)
		}
		most.resident = max(most.resident, inMemory*uint64(os.Getpagesize()))
	}
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			look()
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return func() memory {
		close(done)
		<-over
		return most
	}
}
