package onboarding_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"usher/ent/assignmentsource"
	"usher/ent/auditevent"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	"usher/ent/mail"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/ent/seat"
	"usher/ent/seatevent"
	"usher/ent/user"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/store"
)

// benchRows is how many rows the benchmark imports: BENCH_ROWS, or 100,000.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("BENCH_ROWS")); err == nil {
		return n
	}
	return 100_000
}

// The places of the benchmark: each row names two groups and a unit.
const benchGroups, benchUnits = 50, 20

// crowdFile is a file of so many people to invite, each into one of two groups.
func crowdFile(n int) string {
	var b strings.Builder
	b.WriteString("last name,first name,email,groups,labels\n")
	for i := range n {
		fmt.Fprintf(&b, "Last%d,First%d,person%d@crowd.test,Class %d,crowd|2026\n", i, i, i, i%2)
	}
	return b.String()
}

// benchFile is a file of so many people at a domain, each in two groups and a unit.
func benchFile(n int, domain string) string {
	var b strings.Builder
	b.WriteString("external id,last name,first name,email,groups,org unit,labels\n")
	for i := range n {
		fmt.Fprintf(&b, "%s-%d,Last%d,First%d,person%d@%s,Class %d|Class %d,Unit %d,crowd|2026\n",
			domain, i, i, i, i, domain, i%benchGroups, (i+1)%benchGroups, i%benchUnits)
	}
	return b.String()
}

// BenchmarkImport imports 100,000 people in five ways and prints what quality.md promises: seconds
// for each, and the heap above idle. INVITE and CREATE are rows of new people with two groups and a
// unit each, UPDATE is the file of CREATE again, which changes nothing, SYNC is the same as a mirror
// of its source, and UNDO takes CREATE back.
// COPY writes the rows that CREATE has written into empty tables of the same form. Emails are only
// queued.
func BenchmarkImport(b *testing.B) {
	for _, kind := range []string{"postgres", "sqlite"} {
		b.Run(kind, func(b *testing.B) {
			n := benchRows()
			k := apptest.New(b, kind, apptest.WithoutMail)
			p := k.Found("Acme", "acme")
			for i := range benchGroups {
				p.Group(fmt.Sprint("Class ", i), "PRIVATE", nil)
			}
			for i := range benchUnits {
				p.Unit(fmt.Sprint("Unit ", i), nil)
			}
			for b.Loop() {
				invite := runBenchImport(b, p, "invite", importbatch.ActionInvite,
					importbatch.ExistingSkip, nil, benchFile(n, "invited.test"))
				requireCount(b, "invitations", p.CountInvitations(), n)
				requireCount(b, "invited", invite.InviteCount, n)
				create := runBenchImport(b, p, "create", importbatch.ActionCreate,
					importbatch.ExistingSkip, benchSync(false), benchFile(n, "created.test"))
				requireCount(b, "created", create.CreateCount, n)
				reportCopy(b, p, n)
				update := runBenchImport(b, p, "update", importbatch.ActionCreate,
					importbatch.ExistingUpdate, nil, benchFile(n, "created.test"))
				requireCount(b, "unchanged", update.UnchangedCount, n)
				sync := runBenchImport(b, p, "sync", importbatch.ActionCreate,
					importbatch.ExistingUpdate, benchSync(true), benchFile(n, "created.test"))
				requireCount(b, "in step", sync.UnchangedCount, n)
				begun := time.Now()
				if _, err := p.Imports.UndoImport(b.Context(), p.Caller(p.Admin),
					create.ID); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(begun).Seconds(), "undo-s")
				requireCount(b, "members", p.Store.Member.Query().CountX(p.In()), 1)
			}
		})
	}
}

// benchSync is the sync of the benchmark's people.
func benchSync(mirror bool) *imports.SyncInput {
	return &imports.SyncInput{Source: new("bench"), Mirror: &mirror,
		Replace: []imports.SyncColumn{imports.SyncGroups}}
}

// runBenchImport previews and runs an import, and reports the seconds of both and the heap.
func runBenchImport(b *testing.B, p *apptest.Place, name string, action importbatch.Action,
	existing importbatch.Existing, sync *imports.SyncInput, text string) (done importCounts) {
	b.Helper()
	peak := watchHeap(b)
	begun := time.Now()
	batch, err := p.Imports.CreateImport(b.Context(), p.Caller(p.Admin), imports.ImportInput{
		WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText,
		Content: strings.NewReader(text), Size: int64(len(text)), Action: action,
		Existing: existing, Options: imports.OptionsInput{Sync: sync},
	})
	if err != nil {
		b.Fatal(err)
	}
	await(b, p, batch.ID, importbatch.StatusPreviewed)
	b.ReportMetric(time.Since(begun).Seconds(), name+"-preview-s")
	begun = time.Now()
	if _, err := p.Imports.StartImport(b.Context(), p.Caller(p.Admin),
		imports.StartInput{ID: batch.ID}); err != nil {
		b.Fatal(err)
	}
	await(b, p, batch.ID, importbatch.StatusCompleted)
	b.ReportMetric(time.Since(begun).Seconds(), name+"-s")
	b.ReportMetric(float64(peak())/(1<<20), name+"-heap-MiB")
	i := p.Store.ImportBatch.GetX(p.In(), batch.ID)
	return importCounts{i.ID, i.InviteCount, i.CreateCount, i.UnchangedCount}
}

// importCounts is an import and what became of its rows.
type importCounts struct {
	ID                                       ident.ID
	InviteCount, CreateCount, UnchangedCount int
}

func requireCount(b *testing.B, what string, got, want int) {
	b.Helper()
	if got != want {
		b.Fatalf("%d %s, not %d", got, what, want)
	}
}

// reportCopy writes the rows of the tables that an import with CREATE fills into empty tables with
// the same columns and indexes, and reports the seconds of the writing alone.
func reportCopy(b *testing.B, p *apptest.Place, n int) {
	b.Helper()
	system := store.AsSystem(b.Context(), "a benchmark copies rows")
	var took time.Duration
	for table, columns := range map[string][]string{
		user.Table: user.Columns, member.Table: member.Columns,
		roleassignment.Table: roleassignment.Columns, mail.Table: mail.Columns,
		assignmentsource.Table: assignmentsource.Columns, seat.Table: seat.Columns,
		seatevent.Table: seatevent.Columns, auditevent.Table: auditevent.Columns,
		importchange.Table: importchange.Columns,
	} {
		createEmptyCopy(b, p, table)
		rows := store.Bulk{Table: "copied_" + table, Columns: columns}
		found, err := p.Store.DB().QueryContext(system, `SELECT "`+
			strings.Join(columns, `", "`)+`" FROM "`+table+`"`)
		if err != nil {
			b.Fatal(err)
		}
		for found.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := found.Scan(into...); err != nil {
				b.Fatal(err)
			}
			for i, v := range values {
				if text, is := v.([]byte); is {
					values[i] = string(text)
				}
			}
			rows.Add(values...)
		}
		_ = found.Close()
		if rows.Len() < n {
			b.Fatalf("%s has %d rows", table, rows.Len())
		}
		begun := time.Now()
		err = p.Store.WithTx(system, func(tx *store.Tx) error { return tx.Insert(system, &rows) })
		if err != nil {
			b.Fatal(err)
		}
		took += time.Since(begun)
		execute(b, p, `DROP TABLE "copied_`+table+`"`)
	}
	b.ReportMetric(took.Seconds(), "copy-s")
}

// createEmptyCopy creates an empty table with the columns and indexes of another.
func createEmptyCopy(b *testing.B, p *apptest.Place, table string) {
	b.Helper()
	if p.Store.Dialect() == "postgres" {
		execute(b, p, `CREATE TABLE "copied_`+table+`" (LIKE "`+table+`" INCLUDING ALL)`)
		return
	}
	name := regexp.MustCompile("(TABLE|INDEX|ON) [`\"]")
	for _, row := range p.Texts(`SELECT sql, name FROM sqlite_master WHERE tbl_name = '`+table+
		`' AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC`, 2) {
		execute(b, p, name.ReplaceAllStringFunc(row[0], func(s string) string {
			return s + "copied_"
		}))
	}
}

func execute(b *testing.B, p *apptest.Place, statement string) {
	b.Helper()
	err := p.Store.WithTx(store.AsSystem(context.Background(), "a benchmark makes a table"),
		func(tx *store.Tx) error {
			_, err := tx.SQL.ExecContext(b.Context(), statement)
			return err
		})
	if err != nil {
		b.Fatal(err)
	}
}

func await(b *testing.B, p *apptest.Place, i ident.ID, want importbatch.Status) {
	b.Helper()
	for until := time.Now().Add(15 * time.Minute); time.Now().
		Before(until); time.Sleep(20 * time.Millisecond) {
		got, err := p.Store.ImportBatch.Get(p.In(), i)
		if err != nil {
			b.Fatal(err)
		}
		if got.Status == want {
			return
		}
	}
	b.Fatalf("not %s after fifteen minutes", want)
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
