package gqllimit

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// These are the limits of one operation. They are part of the API (docs/rules.md, "GraphQL") and no
// settings, so that a client works on every installation.
const (
	TokenLimit     = 2000
	DepthLimit     = 15
	AliasLimit     = 30
	DirectiveLimit = 50
	FieldLimit     = 500 // fields once fragments are expanded
	CostLimit      = 5000
	PageLimit      = 100
	DefaultPage    = 50 // rows of a page without first and last
	InputCostLimit = 5000
	// QueryLimit limits the text of a query, in bytes: a comment of a megabyte is one token and
	// takes 10 ms to skip. Values belong in variables.
	QueryLimit = 256 << 10
)

const (
	// listEstimate is the estimated length of an unpaged list.
	listEstimate = 2
	// stepLimit limits fields, fragment spreads and inline fragments together: a chain of spreads
	// without fields is work too.
	stepLimit = 2 * FieldLimit
	// repeatLimit limits the different selections of one response key in one place; comparing them
	// is quadratic.
	repeatLimit = 20
	// fragmentLimit limits the named fragments of a document, which the validator compares
	// pairwise.
	fragmentLimit = 50
)

// NewCostFault returns the COST_LIMIT of one of the limits of a document.
func NewCostFault(key string, limit int) *fault.Error {
	return fault.New(fault.CostLimit, key, i18n.Args{"Limit": limit})
}

// FormatPath formats a path in the input, without the argument `input` that every mutation has.
func FormatPath(path ast.Path) string {
	if len(path) > 1 && path[0] == ast.PathName("input") {
		path = path[1:]
	}
	text := ""
	for _, step := range path {
		if text != "" {
			text += "."
		}
		switch step := step.(type) {
		case ast.PathName:
			text += string(step)
		case ast.PathIndex:
			text += fmt.Sprint(int(step))
		}
	}
	return text
}
