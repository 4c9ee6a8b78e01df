package onboarding_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"usher/ent/importbatch"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/imports"
)

// crowdFile is a file of so many people to invite, each into one of two groups.
func crowdFile(n int) string {
	var b strings.Builder
	b.WriteString("last name,first name,email,groups,labels\n")
	for i := range n {
		fmt.Fprintf(&b, "Last%d,First%d,person%d@crowd.test,Class %d,crowd|2026\n", i, i, i, i%2)
	}
	return b.String()
}

// BenchmarkImport previews and imports 100,000 people as invitations, and prints what quality.md
// promises: seconds for each, and the heap above idle. The mails are only queued.
func BenchmarkImport(b *testing.B) {
	for _, kind := range []string{"postgres", "sqlite"} {
		b.Run(kind, func(b *testing.B) {
			const people = 100_000
			k := apptest.New(b, kind, apptest.WithoutMail)
			p := k.Found("Acme", "acme")
			p.Group("Class 0", "PRIVATE", nil)
			p.Group("Class 1", "PRIVATE", nil)
			text := crowdFile(people)
			for b.Loop() {
				peak := watchHeap(b)
				begun := time.Now()
				batch, err := p.Imports.CreateImport(b.Context(), p.Caller(p.Admin),
					imports.ImportInput{
						WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText,
						Content: strings.NewReader(text), Size: int64(len(text)),
						Action: importbatch.ActionInvite, Existing: importbatch.ExistingSkip,
					})
				if err != nil {
					b.Fatal(err)
				}
				await(b, p, batch.ID, importbatch.StatusPreviewed)
				b.ReportMetric(time.Since(begun).Seconds(), "preview-s")
				begun = time.Now()
				if _, err := p.Imports.StartImport(b.Context(), p.Caller(p.Admin),
					imports.StartInput{ID: batch.ID}); err != nil {
					b.Fatal(err)
				}
				await(b, p, batch.ID, importbatch.StatusCompleted)
				took := time.Since(begun)
				b.ReportMetric(took.Seconds(), "import-s")
				b.ReportMetric(people/took.Seconds(), "rows/s")
				b.ReportMetric(float64(peak())/(1<<20), "heap-MiB")
				if got := p.CountInvitations(); got != people {
					b.Fatalf("%d invitations", got)
				}
			}
		})
	}
}

func await(b *testing.B, p *apptest.Place, i ident.ID, want importbatch.Status) {
	b.Helper()
	for until := time.Now().Add(3 * time.Minute); time.Now().
		Before(until); time.Sleep(20 * time.Millisecond) {
		got, err := p.Store.ImportBatch.Get(p.In(), i)
		if err != nil {
			b.Fatal(err)
		}
		if got.Status == want {
			return
		}
	}
	b.Fatalf("not %s after three minutes", want)
}

// watchHeap returns what tells the most that the heap held since, above what it holds now.
func watchHeap(b *testing.B) func() uint64 {
	b.Helper()
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	idle, most, done, over := m.HeapAlloc, uint64(0), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for {
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond):
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc)
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-over
		return most - min(idle, most)
	}
}
