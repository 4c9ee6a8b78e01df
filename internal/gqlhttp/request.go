package gqlhttp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fault"
	"usher/internal/i18n"
)

const mebibyte = 1 << 20

// request is what a client asks for, with the files it brought and the variables that nobody has looked at yet.
type request struct {
	graphql.RawParams
	rest
	files []io.Closer
}

// readJSON reads the request out of a JSON body.
func (e *edge) readJSON(w http.ResponseWriter, r *http.Request) (*request, *rejection) {
	limit := e.bodyLimit(r)
	if r.ContentLength > limit {
		return nil, tooLarge("gqlhttp.body_too_large", limit)
	}
	// Not read ahead by what Content-Length claims: a claim is free, a megabyte for each connection is not.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return nil, unreadable(err, "gqlhttp.body_too_large")
	}
	return parse(body, r.Header)
}

// readQuery reads the request out of the query string of a GET.
func readQuery(r *http.Request) (*request, *rejection) {
	if crossSite(r) {
		// The contract knows 400 for what is no request; it is not one until it shows the header.
		return nil, reject(http.StatusBadRequest, fault.Forbidden, "gqlhttp.preflight")
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || !utf8.ValidString(values.Get("query")) {
		return nil, badRequest("gqlhttp.not_json")
	}
	params := &request{RawParams: graphql.RawParams{
		Query: values.Get("query"), OperationName: values.Get("operationName"), Headers: r.Header,
	}}
	if params.Query == "" {
		return nil, badRequest("gqlhttp.query_missing")
	}
	for _, name := range []string{"variables", "extensions"} {
		text := []byte(values.Get(name))
		if len(text) > 0 && (!json.Valid(text) || !optional(bytes.TrimSpace(text))) {
			return nil, badRequest("gqlhttp.not_json")
		}
	}
	params.variables = []byte(values.Get("variables"))
	return params, nil
}

// parse makes a request of JSON text.
//
// Security: what is wrong with a body is never said in its own words: an error text of the JSON package would quote
// from it, and what is quoted may be a password.
func parse(body []byte, h http.Header) (*request, *rejection) {
	if !utf8.Valid(body) {
		// encoding/json would put replacement characters into names and addresses without a word.
		return nil, badRequest("gqlhttp.not_json")
	}
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		// Security: a list of operations would multiply every limit that is meant for one request.
		return nil, badRequest("gqlhttp.batch")
	}
	parts, ok := members(body)
	if !ok || !optional(parts["variables"]) || !optional(parts["extensions"]) {
		return nil, badRequest("gqlhttp.not_json")
	}
	params := &request{RawParams: graphql.RawParams{Headers: h}, rest: rest{body: body, variables: parts["variables"]}}
	if query := parts["query"]; len(query) > 2*queryLimit {
		// Too long even if every byte of it were escaped by another: the guard refuses it by its length, unread.
		params.Query = string(query)
		return params, nil
	}
	for name, into := range map[string]*string{"query": &params.Query, "operationName": &params.OperationName} {
		if text := parts[name]; len(text) > 0 && json.Unmarshal(text, into) != nil {
			return nil, badRequest("gqlhttp.not_json")
		}
	}
	if strings.TrimSpace(params.Query) == "" {
		return nil, badRequest("gqlhttp.query_missing")
	}
	return params, nil
}

// optional tells whether JSON text is an object, null, or not there at all.
func optional(text []byte) bool {
	return len(text) == 0 || text[0] == '{' || string(text) == "null"
}

// rest is what of a request nobody has looked at yet: the variables, and the whole body where it has not been checked.
type rest struct{ body, variables []byte }

type restKey struct{}

// errNotJSON is a body that turned out to be no JSON only when its variables were needed.
var errNotJSON = fault.New(fault.BadUserInput, "gqlhttp.not_json")

// later checks the body and makes values of the variables, now that their query is worth it. Extensions mean nothing to
// Usher and are not read.
func later(ctx context.Context, p *graphql.RawParams) *gqlerror.Error {
	left, _ := ctx.Value(restKey{}).(rest)
	if len(left.body) > 0 && !json.Valid(left.body) || len(left.variables) > 0 && decode(left.variables, &p.Variables) != nil {
		return refused(errNotJSON)
	}
	return nil
}

// decode reads one JSON value and nothing after it. Numbers stay text: a float would round what is larger than 2⁵³.
func decode(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}

// unreadable tells a body that is too long from one that broke off.
func unreadable(err error, key string) *rejection {
	if long, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(key, long.Limit)
	}
	return badRequest("gqlhttp.broken_off")
}

func tooLarge(key string, limit int64) *rejection {
	return reject(http.StatusRequestEntityTooLarge, fault.BadUserInput, key, i18n.Args{"MiB": limit / mebibyte})
}
