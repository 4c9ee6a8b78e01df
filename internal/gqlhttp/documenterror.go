package gqlhttp

import (
	"regexp"
	"strings"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// markParseError marks an error of the parser.
func markParseError(err error, code string) *gqlerror.Error {
	at := gqlerror.WrapIfUnwrapped(err)
	errcode.Set(at, code)
	return at
}

// isDocumentError tells an error about the text of the query or its variables from one of a
// resolver.
func isDocumentError(at *gqlerror.Error) bool {
	code, _ := at.Extensions["code"].(string)
	return code == errcode.ParseFailed || code == errcode.ValidationFailed
}

// Security: parser and validator quote the token they did not like, and a token may be a password
// written into the query. Names of fields, types and arguments stay; values go. The position says
// where to look.
var (
	quotedToken = regexp.MustCompile(`(?s)\b(Name|String|BlockString|Int|Float|Comment) ".*`)
	quotedValue = regexp.MustCompile(`(?s)(?:, found .*|( value): .*)`)
	quotedEnum  = regexp.MustCompile(`(?s)^Value ".*" does not exist`)
)

// describeDocumentError returns the English text of an error about the query itself, without
// values; "" for every other.
func describeDocumentError(at *gqlerror.Error) string {
	if !isDocumentError(at) || len(at.Path) > 0 {
		return ""
	}
	// Whatever is not known to be harmless is replaced by the fault's own sentence.
	switch {
	case at.Extensions["code"] == errcode.ParseFailed:
		if !strings.HasPrefix(at.Message, "Expected ") &&
			!strings.HasPrefix(at.Message, "Unexpected ") {
			return "" // a complaint about characters quotes them; the position says enough
		}
		return quotedToken.ReplaceAllString(at.Message, "$1")
	case strings.HasPrefix(at.Rule, "ValuesOfCorrectType"):
		text := quotedEnum.ReplaceAllString(at.Message, "The value does not exist")
		return strings.TrimSuffix(quotedValue.ReplaceAllString(text, "$1"), ".") + "."
	}
	return at.Message
}

// inputPathKey is the extension that carries the path of a bad literal to the presenter, which
// writes extensions of its own.
const inputPathKey = "inputPath"

// markInputPath notes which field of an input a refused literal stands for, as for a variable.
func markInputPath(doc *ast.QueryDocument, err *gqlerror.Error) {
	if !strings.HasPrefix(err.Rule, "ValuesOfCorrectType") || len(err.Locations) == 0 {
		return
	}
	at := err.Locations[0]
	u := findUse(doc, func(v *ast.Value) bool {
		return v.Position != nil && v.Position.Line == at.Line && v.Position.Column == at.Column
	})
	if u == nil {
		return
	}
	if err.Extensions == nil {
		err.Extensions = map[string]any{}
	}
	err.Extensions[inputPathKey] = joinPath(u.path)
}

// badRequestFault is the fault behind an error of parser, validator or variables. The last have
// sentences of our own: the original ones quote.
func badRequestFault(at *gqlerror.Error, input string) *fault.Error {
	if input == "" {
		return fault.New(fault.BadUserInput, "gqlhttp.not_graphql")
	}
	key := "gqlhttp.bad_value"
	// gqlparser has no codes for these, only words; what it may say tomorrow falls back to the
	// general sentence.
	switch at.Message {
	case "must be defined", "cannot be null":
		key = "gqlhttp.value_missing"
	case "unknown field":
		key = "gqlhttp.field_unknown"
	}
	return fault.Input(input, key, i18n.Args{"Name": input})
}
