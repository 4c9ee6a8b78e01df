package gqlhttp_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzNoQueryBreaksTheServer sends whatever parses and whatever does not; the server answers, and
// blames nobody but the sender.
func FuzzNoQueryBreaksTheServer(f *testing.F) {
	for _, query := range expensive() {
		if len(query) < 6000 {
			f.Add(query, "{}")
		}
	}
	f.Add("query($n: Int, $i: [ID!]!, $c: String = \"good\") { members(first: $n, after: $c) { ...P } nodes(ids: $i) { __typename } } fragment P on MemberConnection { edges { node { boss { id } } } }", `{"n":3,"i":["a"]}`)
	f.Add("mutation($i: GroupInput!) { createGroup(input: $i) }",
		`{"i":{"name":"a","parents":{"name":"b"}}}`)
	f.Add("{ many(size: 1) { broken @skip(if: true) } __type(name: \"A\") { name } }", "null")

	log := &lockedBuffer{}
	h := newHandler(log, &seen{}, nil)
	f.Fuzz(func(t *testing.T, query, variables string) {
		name, err := json.Marshal(query)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/graphql",
			strings.NewReader(`{"query":`+string(name)+`,"variables":`+variables+`}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest ||
			!json.Valid(w.Body.Bytes()) {
			t.Fatalf("%q %s: %d %s\n%s", query, variables, w.Code, w.Body, log)
		}
		if strings.Contains(log.String(), "panic") && !strings.Contains(query+variables, "panic") {
			t.Fatalf("%q %s: %s", query, variables, log)
		}
	})
}
