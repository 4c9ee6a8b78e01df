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
	"usher/internal/i18n"
)

// documentKey is where the guard leaves the document for gqlgen, beside the request's statistics.
const documentKey = "UsherDocument"

// documentGuard parses, measures and validates a document, and hands it over.
//
// Security: whatever is refused here costs less than 10 ms of processor time, because nothing
// before the measuring is worse than linear in 2,000 tokens, and nothing after it sees more than
// 500 fields.
type documentGuard struct {
	schema      *ast.Schema
	credentials map[string]bool
	measurer    inputMeasurer
	person      func(context.Context) string
	cache       *lru.LRU[*ast.QueryDocument]
}

func newDocumentGuard(schema *ast.Schema, o Options) *documentGuard {
	g := &documentGuard{
		schema: schema, credentials: map[string]bool{},
		measurer: inputMeasurer{schema, o.InputLimits}, person: o.Person,
		cache: lru.New[*ast.QueryDocument](keptDocuments),
	}
	for _, name := range o.CredentialFields {
		g.credentials[name] = true
	}
	return g
}

// ExtensionName is for gqlgen's list of extensions.
func (*documentGuard) ExtensionName() string { return "Guard" }

// Validate has nothing to ask of the schema.
func (*documentGuard) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters runs before gqlgen looks at the query at all.
func (g *documentGuard) MutateOperationParameters(ctx context.Context,
	p *graphql.RawParams) *gqlerror.Error {
	doc, known := g.cache.Get(ctx, p.Query)
	if !known {
		var err *gqlerror.Error
		if doc, err = g.readDocument(p.Query); err != nil {
			return err
		}
		// Long documents carry values inside, so they hardly come twice; and values may be secrets
		// that memory should not keep.
		if len(p.Query) <= keptLength {
			g.cache.Add(ctx, p.Query, doc)
		}
	}
	graphql.GetOperationContext(ctx).Stats.SetExtension(documentKey, doc)
	return g.readVariables(ctx, p, doc)
}

// readDocument makes a document of a query, fit to be run and to be kept.
func (g *documentGuard) readDocument(query string) (*ast.QueryDocument, *gqlerror.Error) {
	if len(query) > queryLimit {
		return nil, wrapFault(fault.New(fault.CostLimit, "gqlhttp.query_too_long",
			i18n.Args{"KiB": queryLimit >> 10}))
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, TokenLimit)
	if err != nil {
		// gqlparser has no error values for its limits, only these words; a test holds them.
		if strings.Contains(err.Error(), "exceeded token limit") {
			return nil, wrapFault(newCostFault("gqlhttp.tokens", TokenLimit))
		}
		if strings.Contains(err.Error(), "exceeded maximum nesting depth") {
			return nil, wrapFault(newCostFault("gqlhttp.depth", DepthLimit))
		}
		return nil, markParseError(err, errcode.ParseFailed)
	}
	if len(doc.Operations) == 0 {
		// gqlgen asks this when it parses, which it does not do any more.
		return nil, wrapFault(fault.New(fault.BadUserInput, "gqlhttp.no_operation"))
	}
	// The order matters: each step may take for granted what the one before has bounded.
	if f := g.checkSize(doc); f != nil {
		return nil, wrapFault(f)
	}
	if f := checkRepetition(doc, dropRepeatedSelections(doc)); f != nil {
		return nil, wrapFault(f)
	}
	if errs := validateDocument(g.schema, doc); len(errs) > 0 {
		return nil, foldErrors(errs)
	}
	if f := g.measurer.checkLiterals(doc); f != nil {
		return nil, wrapFault(f)
	}
	addDefaultPages(doc)
	return doc, nil
}

// valueLimit is how many values the variables of a request may hold.
func (g *documentGuard) valueLimit(ctx context.Context) int {
	if g.person(ctx) == "" {
		return anonymousValues
	}
	return knownValues
}

// checkSize holds the document against the limits.
func (g *documentGuard) checkSize(doc *ast.QueryDocument) *fault.Error {
	if len(doc.Fragments) > fragmentLimit {
		return newCostFault("gqlhttp.fragments", fragmentLimit)
	}
	c := newSelectionCounter(doc, g.credentials)
	var all selectionSize
	// All operations count, though one runs: the validator walks them all. Credentials count for
	// each alone.
	for _, op := range doc.Operations {
		t := c.countSet(op.SelectionSet)
		t.directives += len(op.Directives)
		t.depth = max(t.depth, directiveDepth(op.Directives))
		for _, v := range op.VariableDefinitions {
			t.directives += len(v.Directives)
			t.depth = max(t.depth, valueDepth(v.DefaultValue), directiveDepth(v.Directives))
		}
		if op.Operation == ast.Mutation && t.credentials > 1 {
			// Security: forty guesses of a password in one request would pass any limit on
			// requests.
			return fault.New(fault.BadUserInput, "gqlhttp.one_credential")
		}
		all = all.plus(t)
	}
	// Fragments that no operation reaches are invalid, but finding that out walks them.
	for _, f := range doc.Fragments {
		if _, reached := c.counted[f]; !reached {
			all = all.plus(c.countFragment(f))
		}
	}

	switch {
	case c.cyclic:
		return fault.New(fault.BadUserInput, "gqlhttp.fragment_cycle")
	case c.deferred:
		// The answer comes in one piece on every transport; gqlgen would drop the later ones.
		return fault.New(fault.BadUserInput, "gqlhttp.defer")
	case all.depth > DepthLimit:
		return newCostFault("gqlhttp.depth", DepthLimit)
	case all.aliases > AliasLimit:
		return newCostFault("gqlhttp.aliases", AliasLimit)
	case all.directives > DirectiveLimit:
		return newCostFault("gqlhttp.directives", DirectiveLimit)
	case all.fields > FieldLimit || all.steps > stepLimit:
		return newCostFault("gqlhttp.selections", FieldLimit)
	}
	return nil
}

func newCostFault(key string, limit int) *fault.Error {
	return fault.New(fault.CostLimit, key, i18n.Args{"Limit": limit})
}

// documentHandover is gqlgen's query cache: it holds nothing and returns what the guard has left
// for this request.
type documentHandover struct{}

// Get returns the guard's document; gqlgen then neither parses nor validates.
func (documentHandover) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	doc, ok := graphql.GetOperationContext(ctx).Stats.GetExtension(documentKey).(*ast.QueryDocument)
	return doc, ok
}

// Add forgets: the guard keeps the documents itself.
func (documentHandover) Add(context.Context, string, *ast.QueryDocument) {}
