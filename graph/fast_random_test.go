package graph_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/store"
)

// writer writes random queries over the whole schema.
type writer struct {
	*rand.Rand
	strings.Builder
	schema  *ast.Schema
	aliases int
	ids     []string
}

// selection writes what is asked of a type.
func (w *writer) selection(def *ast.Definition, depth int) {
	w.WriteString("{ __typename ")
	if def.IsAbstractType() {
		for _, of := range w.schema.GetPossibleTypes(def) {
			if w.IntN(3) == 0 {
				fmt.Fprintf(w, "... on %s ", of.Name)
				w.selection(of, depth-1)
			}
		}
	}
	page := strings.HasSuffix(def.Name, "Connection") || strings.HasSuffix(def.Name, "Edge")
	for n := range 2 + w.IntN(5) {
		if w.Len() > 2500 && n > 0 { // the limits of the API are near
			break
		}
		f := def.Fields[w.IntN(len(def.Fields))]
		if n == 0 && page {
			f = def.Fields[0] // edges, node
		}
		below := w.schema.Types[f.Type.Name()]
		if strings.HasPrefix(f.Name, "__") || below.IsCompositeType() && depth <= 0 ||
			strings.HasSuffix(below.Name, "Connection") && w.IntN(3) > 0 ||
			below.Name == "DeletionPage" { // its cursor moves with the time
			continue
		}
		open := []string{"... on " + def.Name + " { ", "... @include(if: $yes) { ",
			"... @skip(if: $yes) { "}[w.IntN(3)]
		if w.IntN(6) > 0 || def.IsAbstractType() || w.Len() > 2000 {
			open = ""
		}
		w.WriteString(open)
		w.field(f, depth)
		if open != "" {
			w.WriteString("} ")
		}
	}
	w.WriteString("} ")
}

func (w *writer) field(f *ast.FieldDefinition, depth int) {
	below := w.schema.Types[f.Type.Name()]
	if len(f.Arguments) > 0 || w.IntN(4) == 0 && w.aliases < 25 {
		w.aliases++
		fmt.Fprintf(w, "a%d: ", w.aliases)
	}
	w.WriteString(f.Name)
	var args []string
	for _, a := range f.Arguments {
		switch {
		case a.Name == "first":
			args = append(args, []string{"first: ", "first: ", "last: "}[w.IntN(3)]+
				strconv.Itoa(1+w.IntN(3)))
		case a.Type.NonNull && a.Type.Name() == "ID":
			args = append(args, a.Name+": \""+w.id()+"\"")
		}
	}
	if len(args) > 0 {
		fmt.Fprintf(w, "(%s)", strings.Join(args, ", "))
	}
	directive := []string{" @skip(if: $no) ", " @include(if: $no) ",
		" @include(if: $yes) "}[w.IntN(3)]
	if w.IntN(8) > 0 || w.Len() > 2000 {
		directive = " "
	}
	w.WriteString(directive)
	if below.IsCompositeType() {
		w.selection(below, depth-1)
	}
}

func (w *writer) id() string { return w.ids[w.IntN(len(w.ids))] }

// query writes one query from one of the roots that read.
func (w *writer) query() string {
	root := []string{`workspace(slug: "acme")`, `workspace(slug: "acme")`, `node(id: "` + w.id() +
		`")`, `nodes(ids: ["` + w.id() + `", "` + w.id() + `"])`, `viewer`}[w.IntN(5)]
	name, _, _ := strings.Cut(root, "(")
	def := w.schema.Types[w.schema.Query.Fields.ForName(name).Type.Name()]
	fmt.Fprintf(w, "query($yes: Boolean! = true, $no: Boolean! = false) { __typename @include(if: $yes) @skip(if: $no) %s ", root)
	w.selection(def, 6)
	w.WriteString("}")
	return w.String()
}

// broken makes rows of a kind that the schema does not allow, so that there are errors at every
// depth, and texts that need care in JSON.
func broken(t *testing.T, k *apptest.Kit) {
	t.Helper()
	for _, sql := range []string{
		`UPDATE groups SET created_at = '0001-01-01 00:00:00+00:00' WHERE name = 'row 02'`,
		`UPDATE users SET updated_at = '0001-01-01 00:00:00+00:00' WHERE email LIKE 'member3%'`,
		`UPDATE roles SET created_at = '0001-01-01 00:00:00+00:00' WHERE key = 'manager'`,
		`UPDATE members SET created_at = '0001-01-01 00:00:00+00:00' WHERE email_key LIKE 'member2%'`,
		`UPDATE invitations SET created_at = '0001-01-01 00:00:00+00:00' WHERE email LIKE 'pending1%'`,
		`UPDATE audit_events SET at = '0001-01-01 00:00:00+00:00' WHERE action LIKE 'invitation.%' AND member_id IS NOT NULL`,
		`UPDATE join_links SET whitelist = '["@@"]' WHERE join_count = 1`,
		`UPDATE users SET first_name = char(34, 92, 9, 10, 13, 1, 127, 8232, 60, 38, 233, 128512) || CAST(x'c3' AS TEXT), last_name = ''`,
	} {
		if _, err := k.Store.DB().Exec(sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// seeds is how many random queries are asked; USHER_FAST_QUERIES asks for more.
func seeds(t *testing.T) int {
	t.Helper()
	if s := os.Getenv("USHER_FAST_QUERIES"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 400
}

func TestARandomQueryIsAnsweredAsGqlgenAnswersIt(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "sqlite", apptest.WithoutWorker)
	c, variables := furnished(t, k)
	learner := c.Join("lea@example.org", nil)
	broken(t, k)
	var ids []string
	for _, id := range []any{variables["import"], c.Admin.ID, c.Workspace.ID, learner.ID,
		"nothing"} {
		ids = append(ids, fmt.Sprint(id))
	}
	system := store.AsSystem(t.Context(), "a test looks")
	for _, g := range c.Store.Group.Query().AllX(system) {
		ids = append(ids, g.ID.String())
	}
	for _, i := range c.Store.Invitation.Query().AllX(system) {
		ids = append(ids, i.ID.String())
	}
	by := []*comparing{}
	for _, caller := range []*access.Caller{k.Caller(c.Admin), k.Caller(learner)} {
		by = append(by, newComparing(k, resolver(k), caller))
	}
	var refused, failed, appended int
	n := seeds(t)
	for seed := range n {
		w := &writer{Rand: rand.New(rand.NewPCG(uint64(seed), 6)), schema: served(), ids: ids}
		query := w.query()
		// Three of four times by who sees all.
		answer, tally := by[seed%4/3].same(t, query)
		switch {
		case strings.HasSuffix(answer, "] "): // no data
			refused++
		case strings.HasPrefix(answer, "["), strings.HasPrefix(answer, "10"):
			failed++
		}
		if len(tally.Appended) > 0 {
			appended++
		}
	}
	t.Logf("%d queries: %d refused, %d with errors, %d with something appended", n, refused, failed,
		appended)
	if refused > n/4 || failed < n/50 || appended < n/2 {
		t.Errorf("of %d queries %d were refused, %d met errors and %d used the fast path", n,
			refused, failed, appended)
	}
}
