package gqlhttp_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"usher/internal/gqlhttp"
)

func TestAFaultIsShownByItsCodeAndItsExtensions(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for how, want := range map[string]object{
		"secret":  {"code": "INTERNAL", "requestId": "req-7"},
		"panic":   {"code": "INTERNAL", "requestId": "req-7"},
		"domains": {"code": "EMAIL_NOT_ALLOWED", "allowedDomains": []any{"example.org"}},
		"limited": {"code": "RATE_LIMITED", "retryAfterSeconds": 2.0},
		"input": {"code": "BAD_USER_INPUT", "field": "grant.groupIds", "violations": []any{
			object{"field": "grant.groupIds", "code": "BAD_USER_INPUT",
				"message": "There is no such item, or you may not see it."}}},
	} {
		r := b.ask("query($how: String) { ok fail(how: $how) }", object{"how": how})
		message, got := r.errorAt(t, 0)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: extensions %v, want %v", how, got, want)
		}
		if strings.Contains(r.text, "SELECT") || strings.Contains(r.text, "sky") || message == "" {
			t.Errorf("%s: %s", how, r.text)
		}
		if !strings.Contains(r.text, `"path":["fail"]`) ||
			!strings.Contains(r.text, `"data":{"fail":null,"ok":true}`) {
			t.Errorf("%s: %s", how, r.text)
		}
	}
	log := b.log.String()
	if strings.Count(log, "SELECT password") != 1 || strings.Count(log, "the sky falls") != 1 ||
		strings.Count(log, "level=ERROR") != 2 {
		t.Errorf("log: %s", log)
	}
	if !strings.Contains(log, "request_id=req-7") || !strings.Contains(log, "stack=") ||
		!strings.Contains(log, "setup_test.go") {
		t.Errorf("log says neither who nor where: %s", log)
	}
}

func TestASentenceIsInTheLanguageOfTheRequest(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for body, want := range map[string]string{
		`{"query":"{ members(first: 500) { totalCount } }"}`: "Une page contient de 1 à 100 lignes.",
		`{"query":"{ strict }"}`:                             "de notre côté",
		`[]`:                                                 "Envoyez une seule opération par requête",
		`{"query":"mutation($i: GroupInput!) { createGroup(input: $i) }","variables":{"i":{}}}`: "name est obligatoire.",
	} {
		if r := b.post(body, "Accept-Language", "fr-CH, en;q=0.5"); !strings.Contains(
			r.text, want) {
			t.Errorf("%s: %s", body, r.text)
		}
	}
}

func TestAnInputAtFaultIsNamedAndNeverQuoted(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	create := "mutation($i: GroupInput!) { createGroup(input: $i) }"
	for _, c := range []struct {
		name, query string
		variables   object
		field       string
	}{
		{"a field that is missing", create, object{"i": object{}}, "name"},
		{"a null", create, object{"i": object{"name": nil}}, "name"},
		{"a field nobody knows", create, object{"i": object{"name": "a", "nome": "hunter2"}},
			"nome"},
		{"an enum's value", create, object{"i": object{"name": "a", "kind": "hunter2"}}, "kind"},
		{"a number", create, object{"i": object{"name": "a", "size": "hunter2"}}, "size"},
		{"a field in a list", create,
			object{"i": object{"name": "a", "parents": []any{object{"name": "b"},
				object{"name": "b", "size": "hunter2"}}}}, "parents.1.size"},
		{"a variable", "query($n: Int) { fail(n: $n) }", object{"n": "hunter2"}, "n"},
		{"an item of a variable", "query($i: [ID!]!) { nodes(ids: $i) { id } }",
			object{"i": []any{"a", nil}}, "ids.1"},
		{"a scalar of an argument", `{ fail(at: "hunter2") }`, nil, "at"},
		{"a scalar of an input", `mutation { createGroup(input: {name: "a", opensAt: "hunter2"}) }`,
			nil, "opensAt"},
		{"a literal", `{ fail(how: 2432902) }`, nil, "how"},
		{"a literal of an enum", `mutation { createGroup(input: {name: "a", kind: hunter2}) }`,
			nil, "kind"},
		{"a text for an enum", `mutation { createGroup(input: {name: "a", kind: "hunter2"}) }`,
			nil, "kind"},
		{"a list for a number", `{ fail(n: ["hunter2"]) }`, nil, "n"},
		{"a text where a name belongs", `{ fail("hunter2") }`, nil, ""},
		{"a text after the end", `{ ok } "hunter2"`, nil, ""},
		{"a broken escape", `{ fail(how: "\q hunter2") }`, nil, ""},
		{"a broken code point", `{ fail(how: "\uZZ hunter2") }`, nil, ""},
		{"a text that does not end", `{ fail(how: "hunter2`, nil, ""},
		{"a block text in a wrong place", `{ fail """hunter2""" }`, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := b.ask(c.query, c.variables)
			message, extensions := r.errorAt(t, 0)
			if r.code(t) != "BAD_USER_INPUT" || len(message) < 8 {
				t.Errorf("answer %s", r.text)
			}
			if got, _ := extensions["field"].(string); got != c.field {
				t.Errorf("field %q, want %q: %s", got, c.field, r.text)
			}
			if strings.Contains(r.text+b.log.String(), "hunter2") ||
				strings.Contains(r.text, "2432902") {
				t.Errorf("quoted: %s", r.text)
			}
			if c.field == "" && !strings.Contains(r.text, `"locations"`) {
				t.Errorf("no position: %s", r.text)
			}
		})
	}
}

func TestNothingIsSuggested(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, query := range []string{
		"{ membres { totalCount } }", "{ fail(hou: 1) }", "{ ... on Membre { id } }", "{ member }",
		"mutation { createGroup(input: {nam: 1}) }",
		"mutation { createGroup(input: {name: \"a\", kind: OPN}) }", "{ node(id: 1) { name } }",
		"query($a: GroupInpt) { ok }",
	} {
		if r := b.ask(query); r.code(t) != "BAD_USER_INPUT" ||
			strings.Contains(strings.ToLower(r.text), "did you mean") {
			t.Errorf("%s: %s", query, r.text)
		}
	}
}

func TestAnAnswerHoldsTenErrors(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, query := range []string{"{ many(size: 30) { broken } }",
		"{" + numbered(40, "n# ") + "}"} {
		list, _ := b.ask(query).object["errors"].([]any)
		if len(list) != 10 {
			t.Errorf("%.40s: %d errors, want 10", query, len(list))
		}
	}
}

func TestOverloadAndAReusedKeyHaveAStatus(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	strict := func(how string) reply {
		return b.ask(`query($how: String) { fail(how: $how) }`, object{"how": how})
	}
	// The field is nullable, so there is data, and with data the status stays 200.
	if r := strict("overload"); r.status != 200 || r.code(t) != "UNAVAILABLE" {
		t.Errorf("with data: %d %s", r.status, r.text)
	}
	whole := setup(t, func(o *gqlhttp.Options) { o.Extensions = append(o.Extensions, refuser{}) })
	r := whole.ask(`{ fail(how: "overload") }`)
	if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") != "3" ||
		r.code(t) != "UNAVAILABLE" {
		t.Errorf("overload: %d, Retry-After %q: %s", r.status, r.header.Get("Retry-After"), r.text)
	}
	if _, extensions := r.errorAt(t, 0); extensions["retryAfterSeconds"] != 3.0 ||
		r.object["data"] != nil {
		t.Errorf("overload: %s", r.text)
	}
	if r := whole.ask(`{ fail(how: "conflict") }`); r.status != http.StatusConflict ||
		r.code(t) != "CONFLICT" {
		t.Errorf("conflict: %d %s", r.status, r.text)
	}
	if r := whole.ask(`{ fail(how: "input") }`); r.status != 200 {
		t.Errorf("input: %d %s", r.status, r.text)
	}
}

func TestAnOperationEndsInTime(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *gqlhttp.Options) { gqlhttp.SetTimeLimit(o, 30*time.Millisecond) })
	start := time.Now()
	r := b.ask(`{ ok fail(how: "slow") }`)
	if waited := time.Since(start); waited > 5*time.Second {
		t.Errorf("waited %v", waited)
	}
	if r.code(t) != "UNAVAILABLE" || !strings.Contains(r.text, `"ok":true`) {
		t.Errorf("answer %s", r.text)
	}
	if log := b.log.String(); strings.Count(log, "level=WARN") != 1 {
		t.Errorf("log: %s", log)
	}
}

func TestAnErrorAboutTheQueryKeepsItsNames(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for query, want := range map[string]string{
		"{ unheard }":                         `Cannot query field "unheard" on type "Query".`,
		"{ fail(n: 1.5) }":                    "Int cannot represent non-integer value.",
		"{ fail(how: 1":                       "Expected Name, found <EOF>",
		"{ ok } x":                            "Unexpected Name",
		`mutation { createGroup(input: {}) }`: `Field "GroupInput.name" of required type "String!" was not provided.`,
		`mutation { createGroup(input: {name: "a", kind: X}) }`: `The value does not exist in "Kind" enum.`,
	} {
		if message, _ := b.ask(query).errorAt(t, 0); message != want {
			t.Errorf("%s: %q, want %q", query, message, want)
		}
	}
}
