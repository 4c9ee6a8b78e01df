package onboarding_test

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"usher/ent/importbatch"
	"usher/internal/apptest"
	"usher/internal/imports"
)

// live is what the last garbage collection left of the heap, in bytes: unlike what is allocated it
// does not depend on when the collector last ran.
func live() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// peaks previews and imports so many people and returns how much, above idle, was alive at most,
// and allocated at most.
func peaks(t *testing.T, kind string, people int) (alive, allocated uint64) {
	t.Helper()
	p := apptest.New(t, kind, apptest.WithoutMail).Found("Acme", "acme")
	p.Group("Class 0", "PRIVATE", nil)
	p.Group("Class 1", "PRIVATE", nil)
	text := crowdFile(people)
	// The collector runs often, so that a short import shows its peak as well as a long one.
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	runtime.GC()
	var idle runtime.MemStats
	runtime.ReadMemStats(&idle)
	before, over, watched := live(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			alive, allocated = max(alive, live()), max(allocated, now.HeapAlloc)
			select {
			case <-over:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	b, err := p.Imports.CreateImport(t.Context(), p.Caller(p.Admin), imports.ImportInput{
		WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText,
		Content: strings.NewReader(text), Size: int64(len(text)),
		Action: importbatch.ActionInvite, Existing: importbatch.ExistingSkip,
	})
	if err != nil {
		t.Fatal(err)
	}
	done := run(p, previewed(p, b))
	close(over)
	<-watched
	same(t, "invited", done.InviteCount, people)
	return alive - min(before, alive), allocated - min(idle.HeapAlloc, allocated)
}

// It is not parallel: the heap is the whole process's. The numbers of quality.md ("Files") are for
// the largest import; the benchmark prints what that one takes.
func TestAnImportsMemoryDoesNotGrowWithItsRows(t *testing.T) {
	const mebi = 1 << 20
	for _, kind := range []string{"postgres", "sqlite"} {
		t.Run(kind, func(t *testing.T) {
			few, _ := peaks(t, kind, 5_000)
			many, allocated := peaks(t, kind, 40_000)
			t.Logf("alive: %.1f MiB of 5,000 rows, %.1f MiB of 40,000; allocated at most: %.1f MiB",
				float64(few)/mebi, float64(many)/mebi, float64(allocated)/mebi)
			// What may grow is who was in the file already: a hash and a number for each row, in
			// each hand it goes through.
			if many > few+8*mebi {
				t.Errorf("of 40,000 rows %d MiB are alive, of 5,000 %d MiB", many/mebi, few/mebi)
			}
			if allocated > 80*mebi {
				t.Errorf("%d MiB above idle", allocated/mebi)
			}
		})
	}
}
