package gqlhttp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"usher/internal/gqlhttp"
)

const (
	asJSON     = "application/json"
	asResponse = "application/graphql-response+json"
)

// TestEveryStatusOfTheSpecification is the public audit in our own words, without Node.
func TestEveryStatusOfTheSpecification(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, c := range []struct {
		name, body         string
		inJSON, inResponse int
	}{
		{"a query", `{"query":"{ __typename }"}`, 200, 200},
		{"a query in UTF-8", `{"query":"{ __type(name: \"Run🏃\") { name } }"}`, 200, 200},
		{"variables",
			`{"query":"query($name:String!){__type(name:$name){name}}","variables":{"name":"sometype"}}`, 200, 200},
		{"an operation name", `{"query":"query Q { __typename }","operationName":"Q"}`, 200, 200},
		{"extensions", `{"query":"{ __typename }","extensions":{"some":"value"}}`, 200, 200},
		{"nulls", `{"query":"{ __typename }","variables":null,"operationName":null,"extensions":null}`, 200, 200},
		{"no body", ``, 400, 400},
		{"broken JSON", `{ "not a JSON`, 400, 400},
		{"broken JSON in the variables", `{"query":"{ok}","variables":{x}}`, 400, 400},
		{"broken JSON in what is not read", `{"query":"{ok}","more":[}`, 400, 400},
		{"broken JSON in the extensions", `{"query":"{ok}","extensions":{"a":01}}`, 400, 400},
		{"two JSON values", `{"query":"{ok}"} {}`, 400, 400},
		{"a list of operations", ` [{"query":"{ok}"}]`, 400, 400},
		{"no query", `{"qeury":"{ok}"}`, 400, 400},
		{"an empty query", `{"query":" "}`, 400, 400},
		{"a query that is an object", `{"query":{"a":1}}`, 400, 400},
		{"a query that is a number", `{"query":0}`, 400, 400},
		{"an operation name that is a list", `{"query":"{ok}","operationName":["a"]}`, 400, 400},
		{"variables that are text", `{"query":"{ok}","variables":"a"}`, 400, 400},
		{"variables that are a list", `{"query":"{ok}","variables":["a"]}`, 400, 400},
		{"extensions that are a number", `{"query":"{ok}","extensions":0}`, 400, 400},
		{"bytes that are no UTF-8", "{\"query\":\"{ok}\xff\"}", 400, 400},
		{"a document that does not parse", `{"query":"{"}`, 200, 400},
		{"a document without operation", `{"query":"fragment F on Query { ok }"}`, 200, 400},
		{"a document that is not valid", `{"query":"{ unheard }"}`, 200, 400},
		{"a variable that is missing", `{"query":"query($id:ID!){ node(id:$id) { id } }"}`,
			200, 400},
		{"an operation that is not there", `{"query":"query A {ok}","operationName":"B"}`,
			200, 400},
		{"a limit", `{"query":"{ members(first: 101) { totalCount } }"}`, 200, 400},
		{"a subscription", `{"query":"subscription { tick }"}`, 400, 400},
		{"an error in one field", `{"query":"{ ok fail(how: \"secret\") }"}`, 200, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for media, want := range map[string]int{asJSON: c.inJSON, asResponse: c.inResponse} {
				r := b.post(c.body, "Accept", media)
				if r.status != want {
					t.Errorf("%s: status %d, want %d: %s", media, r.status, want, r.text)
				}
				if got := r.header.Get("Content-Type"); got != media+"; charset=utf-8" {
					t.Errorf("%s: content type %q", media, got)
				}
				_, failed := r.object["errors"]
				if _, data := r.object["data"]; failed && data &&
					!strings.Contains(c.name, "one field") {
					t.Errorf("%s: a request that did not run has data: %s", media, r.text)
				}
				if c.inResponse == 200 && !strings.Contains(c.name, "one field") && failed {
					t.Errorf("%s: errors: %s", media, r.text)
				}
			}
		})
	}
}

func TestTheAcceptHeaderChoosesTheMediaType(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for accept, want := range map[string]string{
		"": asJSON, "*/*": asJSON, "application/*": asJSON, "text/html": asJSON, "nonsense": asJSON,
		asResponse:                          asResponse,
		asResponse + ", " + asJSON:          asResponse,
		asJSON + ", " + asResponse:          asJSON,
		asJSON + ";q=0.4, " + asResponse:    asResponse,
		asResponse + ";q=0.4, " + asJSON:    asJSON,
		asResponse + "; charset=utf-8, */*": asResponse,
		asResponse + ";q=x":                 asJSON,
	} {
		r := b.post(`{"query":"{ok}"}`, "Accept", accept)
		if got := r.header.Get("Content-Type"); got != want+"; charset=utf-8" {
			t.Errorf("Accept %q: content type %q, want %q", accept, got, want)
		}
	}
}

func TestOtherMediaTypesAndMethodsAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded",
		"application/json; charset=latin1", "application/graphql"} {
		if r := b.send(http.MethodPost, "/", `{"query":"{ok}"}`, "Content-Type",
			media); r.status != http.StatusUnsupportedMediaType {
			t.Errorf("%q: status %d, want 415", media, r.status)
		}
	}
	r := b.send(http.MethodPut, "/", "{}", "Content-Type", asJSON)
	if r.status != http.StatusMethodNotAllowed || r.header.Get("Allow") != "GET, POST" {
		t.Errorf("PUT: status %d, Allow %q", r.status, r.header.Get("Allow"))
	}
}

func TestAGetQueriesAndNeverMutates(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	get := func(values string, headers ...string) reply {
		return b.send(http.MethodGet, "/graphql?"+values, "", headers...)
	}

	if r := get("query=" + url.QueryEscape(`query($n:String!){__type(name:$n){name}}`) +
		`&variables={"n":"x"}`); r.status != 200 || r.object["errors"] != nil {
		t.Errorf("query: %d %s", r.status, r.text)
	}
	for values, want := range map[string]int{
		"": 400, "query=": 400, "query={ok}&variables=[1]": 400, "query={ok}&extensions=x": 400,
		"query=%zz": 400, "query=%ff": 400,
	} {
		if r := get(strings.ReplaceAll(values, " ", "+")); r.status != want {
			t.Errorf("%q: status %d, want %d", values, r.status, want)
		}
	}
	mutation := "query=" + url.QueryEscape(`mutation { signIn(login: "a", password: "b") }`)
	for _, accept := range []string{asJSON, asResponse} {
		r := get(mutation, "Accept", accept)
		if r.status != http.StatusMethodNotAllowed || r.header.Get("Allow") != "POST" ||
			r.code(t) != "BAD_USER_INPUT" {
			t.Errorf("mutation: %d, Allow %q: %s", r.status, r.header.Get("Allow"), r.text)
		}
	}
}

func TestAGetFromAnotherSiteNeedsTheHeader(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, c := range []struct {
		name    string
		want    int
		headers []string
	}{
		{"a program", 200, nil},
		{"the same origin", 200, []string{"Sec-Fetch-Site", "same-origin", "Cookie", "a=b"}},
		{"typed by hand", 200, []string{"Sec-Fetch-Site", "none"}},
		{"another site", 400, []string{"Sec-Fetch-Site", "cross-site"}},
		{"a sister site", 400, []string{"Sec-Fetch-Site", "same-site"}},
		{"an old browser with a cookie", 400, []string{"Cookie", "a=b"}},
		{"an old browser's script", 400, []string{"Origin", "https://evil.example"}},
		{"another site with the header", 200, []string{"Sec-Fetch-Site", "cross-site",
			"GraphQL-Require-Preflight", "1"}},
		{"another site with a token", 200, []string{"Sec-Fetch-Site", "cross-site", "Authorization",
			"Bearer x"}},
	} {
		if r := b.send(http.MethodGet, "/?query={ok}", "", c.headers...); r.status != c.want {
			t.Errorf("%s: status %d, want %d", c.name, r.status, c.want)
		}
	}
}

func TestABodyHasALimitThatTheOptionsMayRaise(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *gqlhttp.Options) {
		o.BodyLimit = func(r *http.Request) int64 {
			if r.Header.Get("Authorization") != "" {
				return 8 << 20
			}
			return gqlhttp.BodyLimit
		}
	})
	long := `{"query":"{ok}","variables":{"a":"` + strings.Repeat("x", 1<<20) + `"}}`

	r := b.post(long)
	if r.status != http.StatusRequestEntityTooLarge || !strings.Contains(r.text, "1 MiB") {
		t.Errorf("status %d: %.200s", r.status, r.text)
	}
	if r := b.post(long, "Authorization", "Bearer key"); r.status != 200 {
		t.Errorf("with a key: status %d", r.status)
	}
}

func TestAnAnswerIsNeitherKeptNorSniffed(t *testing.T) {
	t.Parallel()
	r := setup(t, nil).ask("{ok}")
	if r.header.Get("Cache-Control") != "no-store" ||
		r.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", r.header)
	}
	if r.text != `{"data":{"ok":true}}` {
		t.Errorf("answer %s", r.text)
	}
}

func TestAStreamSendsEventsAndNeverQuotesTheBody(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	r := b.post(`{"query":"subscription { tick }"}`, "Accept", "text/event-stream")
	if !strings.Contains(r.text, "event: next\ndata: {\"data\":{\"tick\":1}}") ||
		!strings.Contains(r.text, "event: complete") {
		t.Errorf("events: %s", r.text)
	}
	if r := b.post(`{"query":"{ok}"}`, "Accept", asResponse+", text/event-stream"); r.header.Get(
		"Content-Type") != asResponse+"; charset=utf-8" {
		t.Errorf("a client that can also take events gets %q", r.header.Get("Content-Type"))
	}
	for _, body := range []string{`{"query": hunter2`, `{"query":"{ok}","variables":{hunter2}}`,
		`{"query":"{ok}","operationName":{"hunter2":1}}`} {
		r = b.post(body, "Accept", "text/event-stream")
		if r.status != 400 || strings.Contains(r.text+b.log.String(), "hunter2") {
			t.Errorf("%s: status %d: %s", body, r.status, r.text)
		}
	}
}
