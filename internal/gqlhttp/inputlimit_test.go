package gqlhttp_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"usher/internal/gqlhttp"
	"usher/internal/gqllimit"
)

// limited sets the limits of the tests below.
func limited(o *gqlhttp.Options) {
	o.InputLimits = gqllimit.InputLimits{
		"*.labels": {Items: 50}, "*.search": {Text: 200}, "*.kinds": {Items: 20},
		"Query.plan.text": {Addresses: true, Text: 128 << 10},
		"Query.plan.rows": {Items: 5000, Rows: true}, "Query.plan.emails": {Items: 1000},
		"*.answers": {Items: 60},
	}
}

func list(n int, element string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + "]"
}

// cpu is the processor time of this process so far.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// alone: it measures processor time
func TestListsAndTextsAreMeasuredBeforeAnythingReadsThem(t *testing.T) {
	b := setup(t, limited)
	const create = `mutation($i: GroupInput!) { createGroup(input: $i) }`
	for name, c := range map[string]struct{ query, variables, field, code string }{
		"labels": {create, `{"i":{"name":"n","labels":` + list(90_000, `"x"`) + `}}`,
			"labels", ""},
		"one label too many": {create, `{"i":{"name":"n","labels":` + list(51, `"x"`) + `}}`,
			"labels", ""},
		"values of an enum": {create, `{"i":{"name":"n","kinds":` + list(95_000, `"OPEN"`) + `}}`,
			"kinds", ""},
		"lists in a list": {
			create, `{"i":{"name":"n","parents":[{"name":"a"},{"name":"b","labels":` +
				list(51, `""`) + `}]}}`, "parents.1.labels", "",
		},
		"keys of a map": {create, `{"i":{"name":"n","answers":{` + numberedKeys(61) + `}}}`,
			"answers", ""},
		"a list in a map": {create, `{"i":{"name":"n","answers":{"a":` + list(90_000, "0") +
			`}}}`, "answers.a", ""},
		"a text": {`query($s: String) { plan(search: $s) }`,
			`{"s":"` + strings.Repeat("x", 201) + `"}`, "search", ""},
		"a text with escapes": {`query($s: String) { plan(search: $s) }`,
			`{"s":"` + strings.Repeat(`\u00e9`, 201) + `"}`, "search", ""},
		"a text in a literal": {`{ plan(search: "` + strings.Repeat("x", 201) + `") }`, `{}`,
			"search", ""},
		"a list in a literal": {`mutation { createGroup(input: {name: "n", labels: ` +
			list(51, `"x"`) + `}) }`, `{}`, "labels", ""},
		"a default": {`query($s: String = "` + strings.Repeat("x", 201) +
			`") { plan(search: $s) }`, `{}`, "search", ""},
		"a part by a variable": {`mutation($l: [String!]) { createGroup(input: {name: "n", labels: $l}) }`, `{"l":` + list(51, `""`) + `}`, "labels", ""},
		"an unknown list": {`query($ids: [ID!]!) { nodes(ids: $ids) { id } }`,
			`{"ids":` + list(501, `"x"`) + `}`, "ids", ""},
		"an argument's list": {`query($e: [String!]) { plan(emails: $e) }`,
			`{"e":` + list(90_000, `"a@b.co"`) + `}`, "emails", ""},
		"nothing but brackets": {`query($e: [String!]) { plan(emails: $e) }`,
			`{"e":` + list(300_000, `[]`) + `}`, "emails", ""},
		"a value of some depth": {`query($e: [String!]) { plan(emails: $e) }`,
			`{"e":` + strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000) + `}`, "", ""},
	} {
		body := fmt.Sprintf(`{"query":%s,"variables":%s}`, quoted(c.query), c.variables)
		best := time.Hour
		var r reply
		for range 5 {
			before := cpu()
			r = b.post(body)
			best = min(best, cpu()-before)
		}
		if r.code(t) != "BAD_USER_INPUT" && r.code(t) != "COST_LIMIT" {
			t.Errorf("%s: %s", name, r.text)
		}
		if _, extensions := r.errorAt(t, 0); c.field != "" && extensions["field"] != c.field {
			t.Errorf("%s: at field %v: %s", name, extensions["field"], r.text)
		}
		// Client and server share this process, so that what is measured is more than what the
		// server takes.
		if best > 25*time.Millisecond*slowdown {
			t.Errorf("%s: %v of processor time", name, best)
		}
	}
	for name, variables := range map[string]string{
		"as many labels as there may be": `{"i":{"name":"n","labels":` + list(50, `"x"`) + `}}`,
		"a pair of escapes":              `{"i":{"name":"\ud83d\ude00"}}`,
	} {
		if r := b.post(fmt.Sprintf(`{"query":%s,"variables":%s}`, quoted(create),
			variables)); r.object["errors"] != nil {
			t.Errorf("%s: %s", name, r.text)
		}
	}
}

func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

func numberedKeys(n int) string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf(`"k%d":"v"`, i)
	}
	return strings.Join(keys, ",")
}

func TestInputsCountIntoTheCost(t *testing.T) {
	t.Parallel()
	b := setup(t, limited)
	aliases := func(n int, field string) string {
		var all strings.Builder
		for i := range n {
			fmt.Fprintf(&all, "a%d: %s ", i, field)
		}
		return all.String()
	}
	for name, c := range map[string]struct {
		query, variables string
		refused          bool
	}{
		"one list": {`query($e: [String!]) { plan(emails: $e) }`,
			`{"e":` + list(500, `"a@b.co"`) + `}`, false},
		"two lists": {`query($e: [String!]) { ` + aliases(2, `plan(emails: $e)`) + `}`,
			`{"e":` + list(500, `"a@b.co"`) + `}`, false},
		"thirty of one variable": {`query($e: [String!]) { ` + aliases(30, `plan(emails: $e)`) +
			`}`, `{"e":` + list(500, `"a@b.co"`) + `}`, true},
		"thirty by a fragment": {
			`query($e: [String!]) { ...all } fragment all on Query { ` +
				aliases(30, `plan(emails: $e)`) + `}`, `{"e":` + list(500, `""`) + `}`, true,
		},
		"all the rows": {`query($r: [RowInput!]) { plan(rows: $r) }`,
			`{"r":` + list(5000, `{"email":"a","labels":["x"]}`) + `}`, false},
		"the rows twice": {`query($r: [RowInput!]) { ` + aliases(2, `plan(rows: $r)`) + `}`,
			`{"r":` + list(5000, `{}`) + `}`, true},
		"a pasted text": {`query($t: String) { plan(text: $t) }`,
			`{"t":"` + strings.Repeat("somebody@example.org, ", 500) + `"}`, false},
		"thirty texts": {
			`query($t: String) { ` + aliases(30, `plan(text: $t)`) + `}`,
			`{"t":"` + strings.Repeat("a@example.org ", 500) + `"}`, true,
		},
	} {
		r := b.post(fmt.Sprintf(`{"query":%s,"variables":%s}`, quoted(c.query), c.variables))
		if c.refused && r.code(t) != "COST_LIMIT" || !c.refused && r.object["errors"] != nil {
			t.Errorf("%s: %s", name, r.text[:min(len(r.text), 300)])
		}
	}
}

func TestVariablesThatNobodyDeclaresAreNotRead(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for name, body := range map[string]string{
		"a list": `{"query":"{ ok }","variables":{"a":` + list(450_000, "0") + `}}`,
		"an extension": `{"query":"{ ok }","extensions":{"persistedQuery":` +
			list(300_000, "[]") + `}}`,
		"other members":  `{"query":"{ ok }",` + numberedKeys(50_000) + `}`,
		"beside another": `{"query":"query($n: Int!) { many(size: $n) { __typename } }","variables":{"a":{},"n":1}}`,
	} {
		if r := b.post(body); r.status != http.StatusOK || r.object["errors"] != nil {
			t.Errorf("%s: %d %s", name, r.status, r.text[:min(len(r.text), 300)])
		}
	}
	// What nobody declares has to be JSON all the same.
	if r := b.post(`{"query":"{ ok }","variables":{"a":[1,}}`); r.status != http.StatusBadRequest {
		t.Errorf("broken: %d %s", r.status, r.text)
	}
	many := fmt.Sprintf(`{"query":%s,"variables":{"r":%s}}`,
		quoted(`query($r: [RowInput!]) { plan(rows: $r) }`),
		list(300, `{"email":"a","labels":["b","c"]}`))
	if r := b.post(many, "X-Anonymous", "1"); r.code(t) != "COST_LIMIT" {
		t.Errorf("an anonymous request of many values: %s", r.text)
	}
	if r := b.post(many); r.object["errors"] != nil {
		t.Errorf("the same of somebody known: %s", r.text)
	}
}
