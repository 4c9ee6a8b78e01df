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
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/scalar"
)

const mebibyte = 1 << 20

// clientRequest is what a client asks for, with the files it brought and the variables that nobody
// has looked at yet.
type clientRequest struct {
	graphql.RawParams
	pendingInput
	release func() // gives back what was taken for a large body, once the request is answered
}

// readJSON reads the request out of a JSON body.
func (e *httpTransport) readJSON(w http.ResponseWriter,
	r *http.Request) (*clientRequest, *requestRejection) {
	limit := e.bodyLimit(r)
	if r.ContentLength > limit {
		return nil, rejectTooLarge("gqlhttp.body_too_large", limit)
	}
	body, free, rejected := e.readBody(w, r, limit)
	if rejected != nil {
		return nil, rejected
	}
	params, rejected := parseRequest(body, r.Header)
	if rejected != nil {
		free()
		return nil, rejected
	}
	params.release = free
	return params, nil
}

// readQuery reads the request out of the query string of a GET.
func readQuery(r *http.Request) (*clientRequest, *requestRejection) {
	if isCrossSite(r) {
		// The contract knows 400 for what is no request; it is not one until it shows the header.
		return nil, newRejection(http.StatusBadRequest, fault.Forbidden, "gqlhttp.preflight")
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, rejectBadRequest("gqlhttp.not_json")
	}
	for _, name := range []string{"query", "operationName", "variables"} {
		if !utf8.ValidString(values.Get(name)) {
			return nil, rejectBadRequest("gqlhttp.not_json")
		}
	}
	params := &clientRequest{RawParams: graphql.RawParams{
		Query: hideLoneSurrogates(values.Get("query")), OperationName: values.Get("operationName"),
		Headers: r.Header,
	}}
	if params.Query == "" {
		return nil, rejectBadRequest("gqlhttp.query_missing")
	}
	for _, name := range []string{"variables", "extensions"} {
		text := []byte(values.Get(name))
		if len(text) > 0 && (!json.Valid(text) || !isObjectOrNull(bytes.TrimSpace(text))) {
			return nil, rejectBadRequest("gqlhttp.not_json")
		}
	}
	params.variables = bytes.TrimSpace([]byte(values.Get("variables")))
	scalar.HideLoneSurrogates(params.variables)
	return params, nil
}

// parseRequest makes a request of JSON text.
//
// Security: what is wrong with a body is never said in its own words: an error text of the JSON
// package would quote from it, and what is quoted may be a password.
func parseRequest(body []byte, h http.Header) (*clientRequest, *requestRejection) {
	if !utf8.Valid(body) {
		// encoding/json would put replacement characters into names and addresses without a word.
		return nil, rejectBadRequest("gqlhttp.not_json")
	}
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		// Security: a list of operations would multiply every limit that is meant for one request.
		return nil, rejectBadRequest("gqlhttp.batch")
	}
	scalar.HideLoneSurrogates(body)
	parts, ok := cutMembers(body, requestMembers)
	if !ok || !isObjectOrNull(parts["variables"]) || !isObjectOrNull(parts["extensions"]) {
		return nil, rejectBadRequest("gqlhttp.not_json")
	}
	params := &clientRequest{RawParams: graphql.RawParams{Headers: h},
		pendingInput: pendingInput{body: body, variables: parts["variables"]}}
	if query := parts["query"]; len(query) > 2*queryLimit {
		// Too long even if every byte of it were escaped by another: the guard refuses it by its
		// length, unread.
		params.Query = string(query)
		return params, nil
	}
	for name, into := range map[string]*string{"query": &params.Query,
		"operationName": &params.OperationName} {
		if text := parts[name]; len(text) > 0 && json.Unmarshal(text, into) != nil {
			return nil, rejectBadRequest("gqlhttp.not_json")
		}
	}
	if strings.TrimSpace(params.Query) == "" {
		return nil, rejectBadRequest("gqlhttp.query_missing")
	}
	// By JSON a lone half has become U+0000 already. The query has escapes of its own.
	params.Query = hideLoneSurrogates(params.Query)
	return params, nil
}

// requestMembers are the members of a request that mean something.
var requestMembers = map[string]bool{"query": true, "operationName": true, "variables": true,
	"extensions": true}

// hideLoneSurrogates hides lone halves of UTF-16 in the strings of a document. Block strings have
// no escapes, so they are passed over, and comments too, which may hold quotation marks.
func hideLoneSurrogates(query string) string {
	if !strings.Contains(query, `\u`) {
		return query
	}
	text := []byte(query)
	for i := 0; i < len(text); {
		switch {
		case text[i] == '#':
			n := bytes.IndexAny(text[i:], "\r\n")
			if n < 0 {
				return string(text)
			}
			i += n
		case bytes.HasPrefix(text[i:], []byte(`"""`)):
			i = findBlockEnd(text, i+3)
		case text[i] == '"':
			c := jsonCutter{text: text, at: i}
			if !c.skipString() {
				return string(text) // the parser refuses it
			}
			scalar.HideLoneSurrogates(text[i:c.at])
			i = c.at
		default:
			i++
		}
	}
	return string(text)
}

// findBlockEnd finds what follows a block string.
func findBlockEnd(text []byte, i int) int {
	for {
		n := bytes.Index(text[i:], []byte(`"""`))
		switch {
		case n < 0:
			return len(text)
		case n > 0 && text[i+n-1] == '\\':
			i += n + 3
		default:
			return i + n + 3
		}
	}
}

// isObjectOrNull tells whether JSON text is an object, null, or not there at all.
func isObjectOrNull(text []byte) bool {
	return len(text) == 0 || text[0] == '{' || string(text) == "null"
}

// pendingInput is what of a request nobody has looked at yet: the variables, the whole body where
// it has not been checked, and the files that stand in variables.
type pendingInput struct {
	body, variables []byte
	files           *requestUploads
}

type pendingInputKey struct{}

// errNotJSON is a body that turned out to be no JSON only when its variables were needed.
var errNotJSON = fault.New(fault.BadUserInput, "gqlhttp.not_json")

// errUploadShape is an upload whose files do not stand where its variables have room for them.
var errUploadShape = fault.New(fault.BadUserInput, "gqlhttp.upload_shape")

// readVariables checks the body and makes values of the variables, now that their query is worth
// it: of those alone that the document declares, and only after they have been measured. Extensions
// mean nothing to Usher and are not read.
func (g *documentGuard) readVariables(ctx context.Context, p *graphql.RawParams,
	doc *ast.QueryDocument) *gqlerror.Error {
	left, _ := ctx.Value(pendingInputKey{}).(pendingInput)
	texts, ok := cutMembers(left.variables, collectVariableNames(doc))
	if len(left.variables) > 0 && left.variables[0] == '{' && !ok {
		return wrapFault(errNotJSON)
	}
	values := 0
	for _, text := range texts {
		n, depth := countValues(text)
		if depth > DepthLimit {
			return wrapFault(newCostFault("gqlhttp.depth", DepthLimit))
		}
		values += n
	}
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			if text := texts[v.Variable]; len(text) > 0 {
				u := findFirstUse(doc, v.Variable)
				if f := g.measurer.checkRawValue(text, v.Type, g.measurer.variableLimit(u, v),
					u.pathOr(v.Variable)); f != nil {
					return wrapFault(f)
				}
			}
		}
	}
	if most := g.valueLimit(ctx); values > most {
		return wrapFault(newCostFault("gqlhttp.values", most))
	}
	if len(left.body) > 0 && !json.Valid(left.body) {
		return wrapFault(errNotJSON)
	}
	for name, text := range texts {
		var value any
		if decodeValue(text, &value) != nil {
			return wrapFault(errNotJSON)
		}
		if p.Variables == nil {
			p.Variables = map[string]any{}
		}
		p.Variables[name] = value
	}
	if left.files != nil && !left.files.placeAll(p.Variables) {
		return wrapFault(errUploadShape)
	}
	return nil
}

// collectVariableNames are the names of the variables of a document.
func collectVariableNames(doc *ast.QueryDocument) map[string]bool {
	names := map[string]bool{}
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			names[v.Variable] = true
		}
	}
	return names
}

// decodeValue reads one JSON value and nothing after it. Numbers stay text: a float would round
// what is larger than 2⁵³.
func decodeValue(text []byte, into any) error {
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

// rejectUnreadable tells a body that is too long from one that broke off.
func rejectUnreadable(err error, key string) *requestRejection {
	if long, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return rejectTooLarge(key, long.Limit)
	}
	return rejectBadRequest("gqlhttp.broken_off")
}

func rejectTooLarge(key string, limit int64) *requestRejection {
	return newRejection(http.StatusRequestEntityTooLarge, fault.BadUserInput, key,
		i18n.Args{"MiB": limit / mebibyte})
}
