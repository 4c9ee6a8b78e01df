package onboarding_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/importfile"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/imports"
)

// manyRows is a file that takes a moment to preview, and that a request previews itself.
func manyRows() string {
	var b strings.Builder
	b.WriteString("email,firstName,lastName,password\n")
	for n := range 2_500 {
		fmt.Fprintf(&b, "person%d@school.test,Ada,Lovelace,correct horse %d\n", n, n)
	}
	return b.String()
}

// hangUp uploads a file and hangs up as soon as the import is there, and returns it if that cut its
// preview off.
func hangUp(p *apptest.Place, text string) (cut ident.ID, ok bool) {
	p.T.Helper()
	ctx, cancel := context.WithCancel(p.T.Context())
	defer cancel()
	before, err := p.Store.ImportBatch.Query().Count(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	go func() {
		for ctx.Err() == nil {
			if n, _ := p.Store.ImportBatch.Query().Count(p.In()); n > before {
				cancel()
			}
		}
	}()
	_, err = p.Imports.CreateImport(ctx, p.Caller(p.Admin), imports.ImportInput{
		WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText,
		Content: strings.NewReader(text), Size: int64(len(text)),
		Action: importbatch.ActionCreate, Existing: importbatch.ExistingSkip,
	})
	if err == nil {
		return ident.ID{}, false
	}
	cut, err = p.Store.ImportBatch.Query().
		Where(importbatch.StatusEQ(importbatch.StatusPreviewing)).
		Order(ent.Desc(importbatch.FieldID)).FirstID(p.In())
	return cut, err == nil
}

// cutOff is an import whose client hung up during its preview.
func cutOff(p *apptest.Place) ident.ID {
	p.T.Helper()
	for range 20 {
		if cut, ok := hangUp(p, manyRows()); ok {
			return cut
		}
	}
	p.T.Fatal("no client hung up in time")
	return ident.ID{}
}

func TestAClientThatHangsUpLeavesItsPreviewToAJob(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		p.Clock.Add(-10 * time.Second) // the job is due after 15 s by this clock, so after 5 s
		cut := cutOff(p)
		var jobs int
		query := `SELECT count(*) FROM river_job WHERE kind = 'import' AND CAST(args AS text) LIKE '%` + cut.String() + `%'`
		if err := p.Store.DB().QueryRowContext(t.Context(), query).Scan(&jobs); err != nil {
			t.Fatal(err)
		}
		if jobs == 0 {
			t.Fatal("no job will preview the import")
		}
		p.Eventually("the import is previewed", func() bool {
			return imported(p, cut).Status == importbatch.StatusPreviewed
		})
		if b := imported(p, cut); b.TotalRows != 2_500 {
			t.Errorf("%d rows", b.TotalRows)
		}
		noFile(p, cut)
	})
}

func TestTheSweepEndsImportsThatNoJobKnows(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		old := cutOff(p)
		p.Clock.Add(24 * time.Hour)
		stuck := cutOff(p)
		if stuck == old {
			t.Fatal("the second import was not found")
		}
		if _, err := p.Store.DB().
			ExecContext(t.Context(), `DELETE FROM river_job WHERE kind = 'import'`); err != nil {
			t.Fatal(err)
		}
		p.Clock.Add(11 * time.Minute)
		if err := p.Imports.SweepImports(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.Eventually("the stuck import is previewed", func() bool {
			return imported(p, stuck).Status == importbatch.StatusPreviewed
		})
		if b := imported(p, old); b.Status != importbatch.StatusFailed || b.Failure == nil ||
			*b.Failure != "import.not_read" {
			t.Errorf("an import that was not read in a day is %s", b.Status)
		}
		noFile(p, stuck)
		noFile(p, old)
	})
}

// noFile fails the test when the sealed file of an import is still kept.
func noFile(p *apptest.Place, id ident.ID) {
	p.T.Helper()
	n, err := p.Store.ImportFile.Query().Where(importfile.ImportID(id)).Count(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	if n > 0 {
		p.T.Errorf("%d pieces of the file are kept", n)
	}
}
