package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/internal/apptest"
)

// A search of places splits its text into words. Each must begin a word of the name, in any order;
// accents and case are folded alike on both databases.
func TestASearchFindsPlacesByWords(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		p.Group("Évening class", "PRIVATE", nil)
		p.Group("Morning class", "PRIVATE", nil)
		p.Unit("Zürich North", nil)
		p.Session(p.Program("Deep diving"), "Übung 1", apptest.Always, apptest.Always)
		l := listReader{t, k, k.SignIn("admin@acme.test", apptest.Password)}
		for _, c := range []struct{ list, search, want string }{
			{"groups", "CLASS EVE", "Évening class"}, {"groups", "class", "Évening class Morning class"},
			{"groups", "vening", ""}, {"groups", "  ", "Évening class Morning class"},
			{"groups", "%", ""},
			{"orgUnits", "north zurich", "Zürich North"}, {"programs", "diving", "Deep diving"},
			{"sessions", "ubung", "Übung 1"},
		} {
			got := l.read(c.list, fmt.Sprintf(", filter: {search: %q}, orderBy: {field: CREATED_AT}",
				c.search), "name")
			if strings.Join(got, " ") != c.want {
				t.Errorf("%s %q: %q, want %q", c.list, c.search, got, c.want)
			}
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
