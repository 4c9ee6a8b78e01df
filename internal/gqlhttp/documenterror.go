package gqlhttp

import (
	"regexp"
	"strings"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fault"
	"usher/internal/gqllimit"
	"usher/internal/i18n"
)

// markParseError marks an error of the parser.
func markParseError(err error, code string) *gqlerror.Error {
	at := gqlerror.WrapIfUnwrapped(err)
	errcode.Set(at, code)
	return at
}

// isDocumentError reports whether an error is about the document or its variables, and not from a
// resolver.
func isDocumentError(at *gqlerror.Error) bool {
	code, _ := at.Extensions["code"].(string)
	return code == errcode.ParseFailed || code == errcode.ValidationFailed
}

// Security: the parser and the validator quote the offending token, which may be a password in the
// query. Names of fields, types and arguments are kept; values are removed. The position shows
// where to look.
var (
	quotedToken = regexp.MustCompile(`(?s)\b(Name|String|BlockString|Int|Float|Comment) ".*`)
	quotedValue = regexp.MustCompile(`(?s)(?:, found .*|( value): .*)`)
	quotedEnum  = regexp.MustCompile(`(?s)^Value ".*" does not exist`)
)

// describeDocumentError returns the English text of an error about the document, without values; ""
// for other errors.
func describeDocumentError(at *gqlerror.Error) string {
	if !isDocumentError(at) || len(at.Path) > 0 {
		return ""
	}
	// A text that is not known to be harmless is replaced by the fault's own message.
	switch {
	case at.Extensions["code"] == errcode.ParseFailed:
		if !strings.HasPrefix(at.Message, "Expected ") &&
			!strings.HasPrefix(at.Message, "Unexpected ") {
			// Messages about characters quote them. The position is enough.
			return ""
		}
		return quotedToken.ReplaceAllString(at.Message, "$1")
	case strings.HasPrefix(at.Rule, "ValuesOfCorrectType"):
		text := quotedEnum.ReplaceAllString(at.Message, "The value does not exist")
		return strings.TrimSuffix(quotedValue.ReplaceAllString(text, "$1"), ".") + "."
	}
	return at.Message
}

// inputPathKey is the extension that carries the path of an invalid literal to the presenter, which
// then replaces the extensions.
const inputPathKey = "inputPath"

// markInputPath notes the input field of an invalid literal, so that literals and variables are
// reported alike.
func markInputPath(doc *ast.QueryDocument, err *gqlerror.Error) {
	if !strings.HasPrefix(err.Rule, "ValuesOfCorrectType") || len(err.Locations) == 0 {
		return
	}
	at := err.Locations[0]
	path := gqllimit.FindLiteral(doc, at.Line, at.Column)
	if path == nil {
		return
	}
	if err.Extensions == nil {
		err.Extensions = map[string]any{}
	}
	err.Extensions[inputPathKey] = gqllimit.FormatPath(path)
}

// badRequestFault returns the fault for an error of the parser, the validator or a variable. Errors
// of variables get messages of ours, because gqlgen's quote the value.
func badRequestFault(at *gqlerror.Error, input string) *fault.Error {
	if input == "" {
		return fault.New(fault.BadUserInput, "gqlhttp.not_graphql")
	}
	key := "gqlhttp.bad_value"
	// gqlparser has texts and no codes for these. A text that changes falls back to the general
	// message.
	switch at.Message {
	case "must be defined", "cannot be null":
		key = "gqlhttp.value_missing"
	case "unknown field":
		key = "gqlhttp.field_unknown"
	}
	return fault.Input(input, key, i18n.Args{"Name": input})
}
