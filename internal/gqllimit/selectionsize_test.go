package gqllimit

import (
	"fmt"
	"strings"
	"testing"
)

func TestADocumentIsRefusedByTheLimitThatItExceeds(t *testing.T) {
	t.Parallel()
	var doubling, ways strings.Builder
	for i := range 40 {
		fmt.Fprintf(&doubling, " fragment F%d on Query { ...F%d ...F%d }", i, i+1, i+1)
		fmt.Fprintf(&ways, "node(id: %d) { id } ", i)
	}
	for name, c := range map[string]struct{ query, key string }{
		"levels": {"{ member " + strings.Repeat("{ boss ", 14) + "{ id }" +
			strings.Repeat("}", 14) + " }", "depth"},
		"fields": {"{" + strings.Repeat("ok ", 501) + "}", "selections"},
		"fragments that double one another": {"{ ...F0 }" + doubling.String() +
			" fragment F40 on Query { ok }", "selections"},
		"a cycle": {"{ ...A } fragment A on Query { ok ...A }", "fragment_cycle"},
		"two credentials": {"mutation { a: signIn b: signIn(password: \"x\") }",
			"one_credential"},
		"a deferred fragment": {"{ ... @defer { ok } }", "defer"},
		"ways":                {"{" + ways.String() + "}", "repeated"},
	} {
		f := check(t, c.query, nil)
		if f == nil || f.Message.Key != "gqlhttp."+c.key {
			t.Errorf("%s: %v, want %s", name, f, c.key)
		}
	}
	// Equal fields are one, and two operations share no credentials.
	for _, query := range []string{"{" + strings.Repeat("ok ", 500) + "}",
		"mutation A { signIn } mutation B { signIn }"} {
		if f := check(t, query, nil); f != nil {
			t.Errorf("%.40s: %v", query, f)
		}
	}
}

func TestEqualSelectionsAreDropped(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{ member { id id } member { id } member { name } a: member { id } }`)
	if f := CheckRepetition(doc); f != nil {
		t.Fatal(f)
	}
	// The second repeats the first. The others select something else, or under another name.
	if set := doc.Operations[0].SelectionSet; len(set) != 3 {
		t.Errorf("%d selections", len(set))
	}
}
