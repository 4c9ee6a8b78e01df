package gqlhttp

import (
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// The rules of the GraphQL specification run in two passes. Comparing overlapping fields is the
// only quadratic rule, so it runs last, on documents that are valid otherwise.
//
// Security: these are the variants without suggestions. 'Did you mean' reveals the schema, and
// finding a suggestion compares a mistyped name with every type.
var (
	linearRules = []core.Rule{
		rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.FragmentsOnCompositeTypesRule,
		rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownDirectivesRule,
		rules.KnownFragmentNamesRule,
		rules.KnownRootTypeRule,
		rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.LoneAnonymousOperationRule,
		rules.MaxIntrospectionDepth,
		rules.NoFragmentCyclesRule,
		rules.NoUndefinedVariablesRule,
		rules.NoUnusedFragmentsRule,
		rules.NoUnusedVariablesRule,
		rules.PossibleFragmentSpreadsRule,
		rules.ProvidedRequiredArgumentsRule,
		rules.ScalarLeafsRuleWithoutSuggestions,
		rules.SingleFieldSubscriptionsRule,
		rules.UniqueArgumentNamesRule,
		rules.UniqueDirectivesPerLocationRule,
		rules.UniqueFragmentNamesRule,
		rules.UniqueInputFieldNamesRule,
		rules.UniqueOperationNamesRule,
		rules.UniqueVariableNamesRule,
		rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
		rules.VariablesAreInputTypesRule,
		rules.VariablesInAllowedPositionRule,
	}
	quadraticRules = []core.Rule{rules.OverlappingFieldsCanBeMergedRule}
)

// validateDocument holds a document against the schema and, in passing, ties every field to its
// definition.
func validateDocument(schema *ast.Schema, doc *ast.QueryDocument) gqlerror.List {
	if errs := applyRules(schema, doc, linearRules); len(errs) > 0 {
		return errs
	}
	return applyRules(schema, doc, quadraticRules)
}

// applyRules applies rules and keeps the first ten findings; the text of an eleventh is never made.
func applyRules(schema *ast.Schema, doc *ast.QueryDocument, list []core.Rule) gqlerror.List {
	var errs gqlerror.List
	var events core.Events
	for _, rule := range list {
		rule.RuleFunc(&events, func(options ...core.ErrorOption) {
			// The options make the text of the message, which costs more than the rule itself.
			if len(errs) >= ErrorLimit {
				return
			}
			err := &gqlerror.Error{Rule: rule.Name}
			for _, option := range options {
				option(err)
			}
			markInputPath(doc, err)
			errcode.Set(err, errcode.ValidationFailed)
			errs = append(errs, err)
		})
	}
	core.Walk(schema, doc, &events)
	return errs
}
