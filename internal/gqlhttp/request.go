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
	"usher/internal/gqllimit"
	"usher/internal/i18n"
	"usher/internal/jsonscan"
	"usher/internal/scalar"
)

const mebibyte = 1 << 20

// clientRequest is a client's request with its files and its variables, which are not decoded yet.
type clientRequest struct {
	graphql.RawParams
	pendingInput
	release func() // returns the slot of a large body after the response
}

// readJSON reads the request from a JSON body.
func (e *httpTransport) readJSON(w http.ResponseWriter,
	r *http.Request) (*clientRequest, *requestRejection) {
	limit := e.bodyLimit(r)
	// Refused by the announced length, before any of it is read.
	if r.ContentLength > limit {
		return nil, rejectTooLarge("gqlhttp.body_too_large", limit)
	}
	body, free, rejected := e.readBody(w, r, limit)
	if rejected != nil {
		return nil, rejected
	}
	params, rejected := parseRequest(body, r.Header)
	if rejected != nil {
		// The place is given back here, since without a request nobody calls release.
		free()
		return nil, rejected
	}
	params.release = free
	return params, nil
}

// readQuery reads the request from the query string of a GET.
func readQuery(r *http.Request) (*clientRequest, *requestRejection) {
	if isCrossSite(r) {
		// docs/api.md names 400 for a request without the header.
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
	// Left as text: the query decides which variables are decoded.
	params.variables = bytes.TrimSpace([]byte(values.Get("variables")))
	scalar.HideLoneSurrogates(params.variables)
	return params, nil
}

// parseRequest parses a request from JSON text.
//
// Security: errors never contain text of the JSON package, which quotes the body. The body may
// contain a password.
func parseRequest(body []byte, h http.Header) (*clientRequest, *requestRejection) {
	if !utf8.Valid(body) {
		// encoding/json would silently put replacement characters into names and addresses.
		return nil, rejectBadRequest("gqlhttp.not_json")
	}
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		// Security: a list of operations would multiply every limit of a request.
		return nil, rejectBadRequest("gqlhttp.batch")
	}
	scalar.HideLoneSurrogates(body)
	parts, ok := jsonscan.CutMembers(body, requestMembers)
	if !ok || !isObjectOrNull(parts["variables"]) || !isObjectOrNull(parts["extensions"]) {
		return nil, rejectBadRequest("gqlhttp.not_json")
	}
	params := &clientRequest{RawParams: graphql.RawParams{Headers: h},
		pendingInput: pendingInput{body: body, variables: parts["variables"]}}
	if query := parts["query"]; len(query) > 2*gqllimit.QueryLimit {
		// Too long even if every byte were escaped. The guard refuses it by its length without
		// reading it.
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
	// encoding/json has turned lone surrogates into U+0000. The query has escapes of its own.
	params.Query = hideLoneSurrogates(params.Query)
	return params, nil
}

// requestMembers are the known members of a request.
var requestMembers = map[string]bool{"query": true, "operationName": true, "variables": true,
	"extensions": true}

// hideLoneSurrogates hides lone surrogates in the strings of a document. Block strings have no
// escapes and comments may contain quotation marks, so both are skipped.
func hideLoneSurrogates(query string) string {
	if !strings.Contains(query, `\u`) {
		return query
	}
	text := []byte(query)
	for i := 0; i < len(text); {
		switch {
		// A comment runs to the end of its line, quotation marks included.
		case text[i] == '#':
			n := bytes.IndexAny(text[i:], "\r\n")
			if n < 0 {
				return string(text)
			}
			i += n
		// A block string knows no escape of a character, so its text stays.
		case bytes.HasPrefix(text[i:], []byte(`"""`)):
			i = findBlockEnd(text, i+3)
		case text[i] == '"':
			s := jsonscan.Scanner{Text: text, At: i}
			if !s.SkipString() {
				return string(text) // the parser refuses it
			}
			scalar.HideLoneSurrogates(text[i:s.At])
			i = s.At
		default:
			i++
		}
	}
	return string(text)
}

// findBlockEnd returns the position after a block string.
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

// isObjectOrNull reports whether JSON text is an object, null, or missing.
func isObjectOrNull(text []byte) bool {
	return len(text) == 0 || text[0] == '{' || string(text) == "null"
}

// pendingInput is the undecoded part of a request: its variables, its body unless validated, and
// its files.
type pendingInput struct {
	body, variables []byte
	files           *requestUploads
}

// pendingInputKey is the context key of input that has not been decoded yet.
type pendingInputKey struct{}

// errNotJSON means that a body turned out to be invalid JSON when its variables were needed.
var errNotJSON = fault.New(fault.BadUserInput, "gqlhttp.not_json")

// errUploadShape means that the paths of an upload's files do not exist in its variables.
var errUploadShape = fault.New(fault.BadUserInput, "gqlhttp.upload_shape")

// readVariables validates the body and decodes the variables once the query is accepted: only
// declared ones, and after they were measured. Extensions have no meaning and are not decoded.
func (g *documentGuard) readVariables(ctx context.Context, p *graphql.RawParams,
	doc *ast.QueryDocument) *gqlerror.Error {
	left, _ := ctx.Value(pendingInputKey{}).(pendingInput)
	texts, ok := jsonscan.CutMembers(left.variables, collectVariableNames(doc))
	if len(left.variables) > 0 && left.variables[0] == '{' && !ok {
		return wrapFault(errNotJSON)
	}
	values := 0
	for _, text := range texts {
		// Counted in the text, before memory is spent on the values.
		n, depth := gqllimit.CountValues(text)
		if depth > gqllimit.DepthLimit {
			return wrapFault(gqllimit.NewCostFault("gqlhttp.depth", gqllimit.DepthLimit))
		}
		values += n
	}
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			// An absent variable has its default, which stands in the document.
			if text := texts[v.Variable]; len(text) > 0 {
				if f := g.measurer.CheckVariable(doc, v, text); f != nil {
					return wrapFault(f)
				}
			}
		}
	}
	if most := g.valueLimit(ctx); values > most {
		return wrapFault(gqllimit.NewCostFault("gqlhttp.values", most))
	}
	// The members were cut out without a parser. Whether the rest is JSON is asked only for a
	// request that passed every limit.
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
	// The files come last, since they replace nulls of the decoded variables.
	if left.files != nil && !left.files.placeAll(p.Variables) {
		return wrapFault(errUploadShape)
	}
	return nil
}

// collectVariableNames returns the names of the variables of a document.
func collectVariableNames(doc *ast.QueryDocument) map[string]bool {
	names := map[string]bool{}
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			names[v.Variable] = true
		}
	}
	return names
}

// decodeValue decodes one JSON value with nothing after it. Numbers stay text, because a float
// rounds numbers above 2⁵³.
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

// rejectUnreadable returns the rejection of a body that is too long or incomplete.
func rejectUnreadable(err error, key string) *requestRejection {
	if long, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return rejectTooLarge(key, long.Limit)
	}
	return rejectBadRequest("gqlhttp.broken_off")
}

// rejectTooLarge returns 413 with the limit in MiB.
func rejectTooLarge(key string, limit int64) *requestRejection {
	return newRejection(http.StatusRequestEntityTooLarge, fault.BadUserInput, key,
		i18n.Args{"MiB": limit / mebibyte})
}
