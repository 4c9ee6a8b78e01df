package store

import (
	"slices"
	"strings"
	"testing"

	entsql "entgo.io/ent/dialect/sql"

	"usher/ent"
)

func TestAFilterHasACustomPlan(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := things(t, url)
		c := session(t, s)
		of := entsql.Dialect(s.dialect).Select("text").From(entsql.Table("thing")).
			Where(entsql.EQ("id", 7))
		ent.Filtered(of)
		text, args := of.Query()
		for range 3 {
			if got := read(t, c, text, args...); !slices.Equal(got, []string{"text 7"}) {
				t.Errorf("%s: %v", text, got)
			}
		}
		wantKept(t, c, 0)
	})
}

func TestManyRowsArePlannedForWhatTheyFind(t *testing.T) {
	t.Parallel()
	s := things(t, empties["postgres"](t))
	s.writer.SetMaxOpenConns(1)
	text := "SELECT id FROM thing WHERE id = $1"
	for range 10 {
		read(t, s.writer, text, 1)
	}
	generic := func(on querier) string {
		return read(t, on, "SELECT generic_plans > 0, generic_plans FROM pg_prepared_statements")[0]
	}
	before := generic(s.writer)
	if !strings.HasPrefix(before, "true") {
		t.Fatalf("no plan is kept: %s", before)
	}
	err := s.WithTx(t.Context(), func(tx *Tx) error {
		if err := tx.ManyRows(t.Context()); err != nil {
			return err
		}
		for range 3 {
			read(t, tx.SQL, text, 1)
		}
		if got := generic(tx.SQL); got != before {
			t.Errorf("a former plan was used: %s, then %s", before, got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	read(t, s.writer, text, 1)
	if got := generic(s.writer); got == before {
		t.Error("afterwards too it is planned each time")
	}
}
