package gqlhttp

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"usher/internal/fault"
	"usher/internal/gqllimit"
	"usher/internal/i18n"
)

// documentKey is the extension of the request's statistics in which the guard stores the document.
const documentKey = "UsherDocument"

// documentGuard parses, measures and validates a document and passes it to gqlgen.
//
// Security: a refusal costs less than 10 ms of CPU. Everything before the measuring is at most
// linear in 2,000 tokens, and everything after it handles at most 500 fields.
type documentGuard struct {
	schema      *ast.Schema
	credentials map[string]bool
	measurer    gqllimit.InputMeasurer
	person      func(context.Context) string
	cache       *lru.LRU[*ast.QueryDocument]
}

// newDocumentGuard prepares the guard of a server. Its cache of documents is shared by all requests
// and safe for concurrent use.
func newDocumentGuard(schema *ast.Schema, o Options) *documentGuard {
	g := &documentGuard{
		schema: schema, credentials: map[string]bool{},
		measurer: gqllimit.InputMeasurer{Schema: schema, Limits: o.InputLimits}, person: o.Person,
		cache: lru.New[*ast.QueryDocument](keptDocuments),
	}
	for _, name := range o.CredentialFields {
		g.credentials[name] = true
	}
	return g
}

// ExtensionName returns the name for gqlgen's list of extensions.
func (*documentGuard) ExtensionName() string { return "Guard" }

// Validate accepts every schema.
func (*documentGuard) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters runs before gqlgen reads the query.
func (g *documentGuard) MutateOperationParameters(ctx context.Context,
	p *graphql.RawParams) *gqlerror.Error {
	doc, known := g.cache.Get(ctx, p.Query)
	if !known {
		var err *gqlerror.Error
		if doc, err = g.readDocument(p.Query); err != nil {
			return err
		}
		// A long document contains values and so hardly repeats. Values may be secrets that should
		// not stay in memory.
		if len(p.Query) <= keptLength {
			g.cache.Add(ctx, p.Query, doc)
		}
	}
	graphql.GetOperationContext(ctx).Stats.SetExtension(documentKey, doc)
	return g.readVariables(ctx, p, doc)
}

// readDocument parses, measures and validates a query. The document may be cached.
func (g *documentGuard) readDocument(query string) (*ast.QueryDocument, *gqlerror.Error) {
	if len(query) > gqllimit.QueryLimit {
		return nil, wrapFault(fault.New(fault.CostLimit, "gqlhttp.query_too_long",
			i18n.Args{"KiB": gqllimit.QueryLimit >> 10}))
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, gqllimit.TokenLimit)
	if err != nil {
		// gqlparser has no error values for its limits, only these texts, which a test checks.
		if strings.Contains(err.Error(), "exceeded token limit") {
			return nil, wrapFault(gqllimit.NewCostFault("gqlhttp.tokens", gqllimit.TokenLimit))
		}
		if strings.Contains(err.Error(), "exceeded maximum nesting depth") {
			return nil, wrapFault(gqllimit.NewCostFault("gqlhttp.depth", gqllimit.DepthLimit))
		}
		return nil, markParseError(err, errcode.ParseFailed)
	}
	if len(doc.Operations) == 0 {
		// gqlgen checks this when it parses, which it does not do here.
		return nil, wrapFault(fault.New(fault.BadUserInput, "gqlhttp.no_operation"))
	}
	// The order matters: each step relies on the limits of the steps before.
	if f := gqllimit.CheckSize(doc, g.credentials); f != nil {
		return nil, wrapFault(f)
	}
	if f := gqllimit.CheckRepetition(doc); f != nil {
		return nil, wrapFault(f)
	}
	if errs := validateDocument(g.schema, doc); len(errs) > 0 {
		return nil, foldErrors(errs)
	}
	if f := g.measurer.CheckLiterals(doc); f != nil {
		return nil, wrapFault(f)
	}
	gqllimit.AddDefaultPages(doc)
	return doc, nil
}

// valueLimit returns how many values the variables of a request may contain.
func (g *documentGuard) valueLimit(ctx context.Context) int {
	if g.person(ctx) == "" {
		return anonymousValues
	}
	return knownValues
}

// documentHandover is gqlgen's query cache. It returns the document that the guard has stored for
// this request, and keeps nothing itself.
type documentHandover struct{}

// Get returns the guard's document, so that gqlgen neither parses nor validates.
func (documentHandover) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	doc, ok := graphql.GetOperationContext(ctx).Stats.GetExtension(documentKey).(*ast.QueryDocument)
	return doc, ok
}

// Add does nothing: the guard caches documents itself.
func (documentHandover) Add(context.Context, string, *ast.QueryDocument) {}
