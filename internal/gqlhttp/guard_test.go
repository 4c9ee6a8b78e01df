package gqlhttp_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nested returns a query of n levels.
func nested(n int) string {
	return "{ member " + strings.Repeat("{ boss ", n-2) + "{ id }" + strings.Repeat("}", n-2) + " }"
}

// doubling returns n fragments of which each spreads the next one twice.
func doubling(n int) string {
	var q strings.Builder
	q.WriteString("{ ...F0 }")
	for i := range n {
		fmt.Fprintf(&q, " fragment F%d on Query { ...F%d ...F%d }", i, i+1, i+1)
	}
	fmt.Fprintf(&q, " fragment F%d on Query { ok }", n)
	return q.String()
}

// numbered repeats a piece of text with %d in it.
func numbered(n int, piece string) string {
	var q strings.Builder
	for i := range n {
		fmt.Fprintf(&q, strings.ReplaceAll(piece, "#", "%[1]d"), i)
	}
	return q.String()
}

func TestADocumentIsRefusedAboveEachLimitAndRunsAtIt(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	skips := func(n int) string { return strings.Repeat("... @include(if: true) { ok } ", n) }
	for _, c := range []struct {
		name, at, above, says string
	}{
		{"levels", nested(15), nested(16), "15"},
		{"levels of a value", "{ nodes(ids: " + strings.Repeat("[", 15) + strings.Repeat("]", 15) +
			") { id } }",
			"{ nodes(ids: " + strings.Repeat("[", 17) + strings.Repeat("]", 17) +
				") { id } }", "15"},
		{"levels that the parser takes", "{ ok }",
			"{ nodes(ids: " + strings.Repeat("[", 1500), "15"},
		{"aliases", "{" + numbered(30, "a#: ok ") + "}", "{" + numbered(31, "a#: ok ") + "}", "30"},
		{"aliases in fragments", "{ ...F } fragment F on Query {" + numbered(30, "a#: ok ") + "}",
			"{ ...F member { ...G boss { ...G } } } fragment F on Query {" +
				numbered(25, "a#: ok ") + "} fragment G on Member { a: id b: id c: id }", "30"},
		{"directives", "{" + skips(50) + "}", "{" + skips(51) + "}", "50"},
		{"fields", "{" + strings.Repeat("ok ", 500) + "}", "{" + strings.Repeat("ok ", 501) +
			"}", "500"},
		{"fields of fragments", "{ " + strings.Repeat("...F ", 100) +
			"} fragment F on Query { ok ok ok ok ok }",
			"{ " + strings.Repeat("...F ", 101) +
				"} fragment F on Query { ok ok ok ok ok }", "500"},
		{"fields of fragments that nobody uses", "{ ok }", "{ ok } fragment F on Query {" +
			strings.Repeat("ok ", 500) + "}", "500"},
		{"tokens", "{ nodes(ids: [" + strings.Repeat("1 ", 90) + "]) { id } }",
			"{ nodes(ids: [" + strings.Repeat("1 ", 2000) + "]) { id } }", "2000"},
		{"ways", "{" + numbered(20, "fail(n: #) ") + "}", "{" + numbered(21, "fail(n: #) ") +
			"}", "20"},
		{"fragments", "{" + numbered(50, "...F# ") + "}" +
			numbered(50, " fragment F# on Query { ok }"),
			"{" + numbered(51, "...F# ") + "}" +
				numbered(51, " fragment F# on Query { ok }"), "50"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if r := b.ask(c.at); strings.Contains(r.text, "COST_LIMIT") {
				t.Errorf("at the limit: %.300s", r.text)
			}
			r := b.ask(c.above)
			message, _ := r.errorAt(t, 0)
			if r.code(t) != "COST_LIMIT" || !strings.Contains(message, c.says) {
				t.Errorf("above the limit: %.300s", r.text)
			}
		})
	}
}

func TestADocumentThatCannotBeAnsweredIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for name, query := range map[string]string{
		"a cycle of fragments":         "{ ...A } fragment A on Query { ...B } fragment B on Query { ok ...A }",
		"a fragment that holds itself": "{ ok } fragment A on Query { ...A }",
		"a deferred fragment":          "{ ... @defer { ok } }",
		"a deferred spread":            "{ ...F @defer } fragment F on Query { ok }",
		"fields that cannot merge":     `{ fail(how: "a") fail(how: "b") }`,
		"two fragments of one name":    "{ ...F } fragment F on Query { ok } fragment F on Query { __typename }",
	} {
		if r := b.ask(query); r.code(t) != "BAD_USER_INPUT" || r.object["data"] != nil {
			t.Errorf("%s: %s", name, r.text)
		}
	}
}

func TestARequestHoldsOneCredentialField(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	sign := `signIn(login: "a", password: "b") `
	for query, want := range map[string]bool{
		"mutation { " + sign +
			"}": true,
		"mutation { " + sign +
			"changed { signIn } }": true,
		"mutation { changed { signIn a: signIn } }": true,
		"mutation { " + sign +
			` createGroup(input: {name: "g"}) }`: true,
		"mutation A { " + sign +
			"} mutation B { resetPassword(token: \"t\") }": true,
		"mutation { " + sign +
			` resetPassword(token: "t") }`: false,
		"mutation { " + sign + "b: " + sign +
			"}": false,
		"mutation { " + sign + sign +
			"}": false,
		"mutation { " + sign + "...F } fragment F on Mutation { ... { b: " + sign +
			"} }": false,
		"mutation { ...F x: __typename ...F } fragment F on Mutation { " + sign +
			"}": false,
		"mutation { " + sign +
			"b: signIn(login: \"a\", password: \"b\") @include(if: false) }": false,
		"mutation($y: Boolean = false) { " + sign + "... @include(if: $y) { b: " + sign +
			"} }": false,
		"mutation { createGroup(input: {name: \"signIn\"}) b: createGroup(input: {name: \"g\"}) }": true,
	} {
		text, _ := json.Marshal(object{"query": query, "operationName": map[bool]any{true: "A",
			false: nil}[strings.Contains(query, " A ")]})
		r := b.post(string(text))
		if ran := r.object["errors"] == nil; ran != want {
			t.Errorf("%s: %s", query, r.text)
		}
	}
}

// expensive are documents made to cost the server much more than their sender.
func expensive() map[string]string {
	return map[string]string{
		"variables of a megabyte, a query that is wrong": "{ no }",
		"28 doubling fragments":                          doubling(28),
		"28 doubling fragments that nobody uses": strings.Replace(doubling(28), "{ ...F0 }",
			"{ ok }", 1),
		"90 doubling fragments":            doubling(90),
		"20,000 equal fields":              "{" + strings.Repeat("ok ", 20000) + "}",
		"a million equal fields":           "{" + strings.Repeat("o ", 500_000) + "}",
		"500 equal fields and a wrong one": "{" + strings.Repeat("ok ", 499) + "no }",
		"498 equal fields and two that conflict": "{" + strings.Repeat("ok ", 498) +
			clash + "}",
		"500 wrong fields": "{" + numbered(500, "n# ") + "}",
		"20 ways through 10 levels": "{" +
			numbered(20, "member { "+strings.Repeat("boss { ", 8)+
				"friends(first: #) { totalCount } "+strings.Repeat("} ", 9)) + "}",
		"20 fields that conflict": "{" +
			numbered(20, "fail(how: \"#\") ") + "}",
		"members in 20 ways that conflict": "{ members(first: 1) {" +
			numbered(20, "edges { node { friends(first: #) { totalCount } } } ") + "} }",
		"49 fragments that overlap": "{" + numbered(49, "...F# ") + "no }" +
			numbered(49, " fragment F# on Query { ok member { id } }"),
		"49 fragments in a chain, wrong at the end": "{ ...F0 }" + chain(48),
		"1,900 unknown arguments":                   "{ ok(" + numbered(600, "a#: 1 ") + ") }",
		"a long list of wrong values": "{ nodes(ids: [" + strings.Repeat("true ",
			1900) + "]) { id } }",
		"a deep list": "{ nodes(ids: " +
			strings.Repeat("[", 900) + strings.Repeat("]", 900) + ") { id } }",
		"a list too deep for the parser": "{ nodes(ids: " +
			strings.Repeat("[", 100_000) + " }",
		"a wide object": "mutation { createGroup(input: {parents: [" +
			strings.Repeat("{name: 1, kind: NO, size: X} ", 150) + "]}) }",
		"a deep object": "mutation { createGroup(input: " +
			strings.Repeat("{parents: ", 450) + "1" + strings.Repeat("}", 450) + ") }",
		"1,000 levels": nested(990),
		"a long string that does not end": "{ fail(how: \"" +
			strings.Repeat("a", 900_000),
		"a long string in a wrong place": "{ ok(how: \"" +
			strings.Repeat("a", 900_000) + "\") }",
		"a megabyte of commas": "{ no" +
			strings.Repeat(",", 900_000) + "}",
		"a megabyte of comment": "{ no }#" + strings.Repeat("x", 900_000),
		"300,000 comments":      "{ no }" + strings.Repeat("#\n", 300_000),
		"650 directives": "{ ok " + strings.Repeat("@a ",
			650) + "}",
		"300 variables that nobody uses": "query(" + numbered(300, "$v#: Int ") +
			") { ok }",
		"300 operations":             numbered(300, "query Q# { ok } "),
		"300 operations of one name": strings.Repeat("query Q { ok } ", 300),
		"400 inline fragments, wrong in the last": "{ " + strings.Repeat("... { ", 400) +
			"no" + strings.Repeat("}", 400) + " }",
		"50 fragments that say the same": "{ " + clash + numbered(50, "...F# ") +
			"}" + numbered(
			50, " fragment F# on Query { member { boss { boss { boss { boss { boss { id name } } } } } } }"),
		"50 fragments that say nearly the same": "{ " + clash + numbered(50, "...F# ") +
			"}" + numbered(
			50, " fragment F# on Query { member { boss { ... { id } } } node(id: 1) { id name } }"),
		"two ways to each of nine levels": "{ " + clash + tree(7) + "}",
		"255 kB of commas": "{ no" +
			strings.Repeat(",", 255_000) + "}",
		"500 types that do not exist": "{ " +
			numbered(280, "... on T# { ok } ") + "}",
		"30 pages in pages": "{ members(first: 100) { edges { node { friends(first: 100) { edges { node { friends(first: 100) { totalCount } } } } } } } }",
		"a hundred ids too many": "{ nodes(ids: [" +
			numbered(200, "\"#\" ") + "]) { id } }",
	}
}

// clash is valid until fields are compared with each other.
const clash = "fail(n: 1) fail(n: 2) "

// tree returns a binary tree of one field, n levels deep.
func tree(n int) string {
	if n == 0 {
		return "member { id } "
	}
	below := strings.ReplaceAll(tree(n-1), "member", "boss")
	return fmt.Sprintf("member { %s } member { name %s } ", below, below)
}

func chain(n int) string {
	var q strings.Builder
	for i := range n {
		fmt.Fprintf(&q, " fragment F%d on Query { ok ...F%d }", i, i+1)
	}
	fmt.Fprintf(&q, " fragment F%d on Query { no }", n)
	return q.String()
}

// processorTime is what the process has used so far, which other work on the machine does not
// change.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// TestARefusalCostsLittle takes the cheapest of several tries: the collector's work for the one
// before is not this one's. It does not run in parallel, since it measures the process.
func TestARefusalCostsLittle(t *testing.T) {
	h := newHandler(io.Discard, &seen{}, nil)
	for name, query := range expensive() {
		text, err := json.Marshal(object{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "variables") {
			text = []byte(strings.Replace(string(text), "{", `{"variables":{"a":[`+
				strings.Repeat("1,", 500_000)+`1]},`, 1))
		}
		best := time.Hour
		for range 8 {
			r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(text)))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			start := processorTime(t)
			h.ServeHTTP(w, r)
			best = min(best, processorTime(t)-start)
			if !strings.Contains(w.Body.String(), `"errors"`) {
				t.Fatalf("%s: runs: %.300s", name, w.Body)
			}
			if w.Body.Len() > 20_000 {
				t.Errorf("%s: answer of %d bytes", name, w.Body.Len())
			}
		}
		t.Logf("%8.2f ms  %7d bytes  %s", best.Seconds()*1000, len(query), name)
		if best > 10*time.Millisecond*slowdown {
			t.Errorf("%s: %v, want less than 10 ms", name, best)
		}
	}
}

func TestFieldsThatOnlyLookAlikeAreKept(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for query, want := range map[string]string{
		"{ ok @skip(if: true) ok }":                                   `{"data":{"ok":true}}`,
		"{ ... @skip(if: true) { ok } ... { ok } }":                   `{"data":{"ok":true}}`,
		"{ ...F @skip(if: true) ...F } fragment F on Query { ok }":    `{"data":{"ok":true}}`,
		"{ member { id } member { id name } }":                        `{"data":{"member":{"id":"mem_1","name":"Ada"}}}`,
		"{ ok a: ok ok }":                                             `{"data":{"a":true,"ok":true}}`,
		"{ member { ... on Member { id } ... on Node { id } name } }": `{"data":{"member":{"id":"mem_1","name":"Ada"}}}`,
	} {
		if r := b.ask(query); r.text != want {
			t.Errorf("%s: %s", query, r.text)
		}
	}
}

func TestEqualDocumentsAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	long := "{ ok #" + strings.Repeat("x", 10_000) + "\n}"
	for _, query := range []string{"{ ok }", long, "{ no }", "{ members { totalCount } }"} {
		if first, second := b.ask(query), b.ask(query); first.text != second.text {
			t.Errorf("%.80s: first %s, then %s", query, first.text, second.text)
		}
	}

}
