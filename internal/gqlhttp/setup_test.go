package gqlhttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
)

// bundle is a server over the small schema, what its resolvers saw, and its log.
type bundle struct {
	*httptest.Server
	t    *testing.T
	seen *seen
	log  *lockedBuffer
}

// seen keeps what resolvers were called with.
type seen struct {
	sync.Mutex
	args []object
}

type lockedBuffer struct {
	sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.String()
}

var errSecret = errors.New("pq: SELECT password FROM users: connection refused")

func newHandler(log io.Writer, saw *seen, change func(*gqlhttp.Options)) http.Handler {
	page := func(_ context.Context, args object) (any, error) {
		saw.Lock()
		defer saw.Unlock()
		saw.args = append(saw.args, args)
		return object{"edges": []any{}, "pageInfo": object{"hasNextPage": false},
			"totalCount": 0}, nil
	}
	yes := func(context.Context, object) (any, error) { return true, nil }
	resolvers := map[string]resolver{
		"Query.ok":       yes,
		"Query.members":  page,
		"Member.friends": page,
		"Query.fail":     fail,
		"Query.strict": func(ctx context.Context, _ object) (any, error) {
			return nil, errSecret
		},
		"Query.member": func(context.Context, object) (any, error) {
			return object{"id": "mem_1", "name": "Ada"}, nil
		},
		"Query.nodes": func(context.Context, object) (any, error) {
			return []any{}, nil
		},
		"Mutation.signIn":        yes,
		"Mutation.resetPassword": yes,
		"Mutation.createGroup":   yes,
		"Mutation.upload": func(_ context.Context, args object) (any, error) {
			text, err := io.ReadAll(args["input"].(object)["file"].(graphql.Upload).File)
			return string(text), err
		},
		"Query.many": func(_ context.Context, args object) (any, error) {
			list := make([]any, 30)
			for i := range list {
				list[i] = object{}
			}
			return list, nil
		},
		"Cell.broken": func(context.Context, object) (any, error) {
			return nil, fault.Missing()
		},
		"Subscription.tick": func(context.Context, object) (any, error) { return 1, nil },
	}
	o := gqlhttp.Options{
		Log:       slog.New(slog.NewTextHandler(log, nil)),
		RequestID: func(context.Context) string { return "req-7" },
		Status: func(f *fault.Error) int {
			if f.Code == fault.Conflict {
				return http.StatusConflict
			}
			return 0
		},
		Person: func(ctx context.Context) string {
			person, _ := ctx.Value(personKey{}).(string)
			return person
		},
		CheckCursor: func(c string) error {
			if c != "good" {
				return errors.New("bad cursor")
			}
			return nil
		},
	}
	if change != nil {
		change(&o)
	}
	h := gqlhttp.NewServer(executable{newSchema(resolvers)}, o)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		locale, _ := i18n.Match(r.Header.Get("Accept-Language"))
		ctx := gqlhttp.WithLocale(r.Context(), locale)
		if r.Header.Get("X-Anonymous") == "" {
			ctx = context.WithValue(ctx, personKey{}, "ada"+r.Header.Get("X-Person"))
		}
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}

// personKey is where a request's caller stands: Ada, unless a header says otherwise.
type personKey struct{}

// fail is a resolver for every way to fail.
func fail(ctx context.Context, args object) (any, error) {
	switch args["how"] {
	case "secret":
		return nil, errSecret
	case "panic":
		panic("the sky falls")
	case "domains":
		f := fault.New(fault.EmailNotAllowed, "fault.forbidden")
		f.AllowedDomains = []string{"example.org"}
		return nil, f
	case "limited":
		return nil, fault.Limited(1500*1e6, "fault.forbidden")
	case "input":
		return nil, fault.Input("grant.groupIds", "fault.not_found")
	case "conflict":
		return nil, fault.New(fault.Conflict, "fault.forbidden")
	case "overload":
		f := fault.New(fault.Unavailable, "gqlhttp.too_slow")
		f.RetryAfter = 3e9
		return nil, f
	case "slow":
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return "fine", nil
}

func setup(t *testing.T, change func(*gqlhttp.Options)) *bundle {
	t.Helper()
	b := &bundle{t: t, seen: &seen{}, log: &lockedBuffer{}}
	b.Server = httptest.NewServer(newHandler(b.log, b.seen, change))
	t.Cleanup(b.Close)
	return b
}

// reply is an answer, decoded.
type reply struct {
	status int
	header http.Header
	text   string
	object
}

// errorAt returns an error of the answer.
func (r reply) errorAt(t *testing.T, i int) (message string, extensions object) {
	t.Helper()
	list, _ := r.object["errors"].([]any)
	if i >= len(list) {
		t.Fatalf("answer has %d errors, want more than %d: %s", len(list), i, r.text)
	}
	one := list[i].(object)
	extensions, _ = one["extensions"].(object)
	return one["message"].(string), extensions
}

func (r reply) code(t *testing.T) string {
	t.Helper()
	_, extensions := r.errorAt(t, 0)
	code, _ := extensions["code"].(string)
	return code
}

func (b *bundle) send(method, path, body string, headers ...string) reply {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.URL+path,
		strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := b.Client().Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	r := reply{status: resp.StatusCode, header: resp.Header, text: string(text)}
	_ = json.Unmarshal(text, &r.object)
	return r
}

// post sends a request as JSON.
func (b *bundle) post(body string, headers ...string) reply {
	b.t.Helper()
	return b.send(http.MethodPost, "/graphql", body,
		append([]string{"Content-Type", "application/json"}, headers...)...)
}

// ask sends a query with variables.
func (b *bundle) ask(query string, variables ...object) reply {
	b.t.Helper()
	body := object{"query": query}
	if len(variables) > 0 {
		body["variables"] = variables[0]
	}
	text, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.post(string(text))
}

// refuser fails whole operations, as the guard of Idempotency-Key does.
type refuser struct{}

func (refuser) ExtensionName() string                   { return "Refuser" }
func (refuser) Validate(graphql.ExecutableSchema) error { return nil }

func (refuser) InterceptOperation(ctx context.Context,
	_ graphql.OperationHandler) graphql.ResponseHandler {
	field := graphql.GetOperationContext(ctx).Operation.SelectionSet[0].(*ast.Field)
	_, err := fail(ctx, field.ArgumentMap(nil))
	return gqlhttp.Refuse(err)
}
