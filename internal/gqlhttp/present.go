package gqlhttp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fault"
	"usher/internal/gqllimit"
	"usher/internal/i18n"
	"usher/internal/inbound"
	"usher/internal/store"
)

// errEnded marks an operation whose context ended before it had a response.
var errEnded = errors.New("operation ended without an answer")

// wrapFault wraps a fault as the error that gqlgen's extensions return.
func wrapFault(f *fault.Error) *gqlerror.Error {
	return &gqlerror.Error{Err: f, Message: string(f.Code)}
}

// foldErrors packs several errors into the one error that an extension may return, and unfoldErrors
// unpacks them. Other transports show the first.
func foldErrors(errs gqlerror.List) *gqlerror.Error {
	first := *errs[0]
	first.Err = errs
	return &first
}

// unfoldErrors returns the errors in a list that gqlgen has wrapped into one error.
func unfoldErrors(errs gqlerror.List) gqlerror.List {
	if list, ok := errs[0].Err.(gqlerror.List); ok && len(errs) == 1 {
		return list
	}
	return errs
}

// errorPresenter converts every error into what a client may see: a code, a message in the
// request's language, and a path.
//
// Security: all errors leave through it. An error that is neither a fault nor about the document
// becomes INTERNAL with the request id. The cause goes to the log.
type errorPresenter struct {
	log       *slog.Logger
	requestID func(context.Context) string
}

// presentError turns any error of a resolver or of gqlgen into what a client may see: code,
// message, path and the faulty field. The text of an error that is no fault stays inside, because
// it may quote a row or a value.
func (p errorPresenter) presentError(ctx context.Context, err error) *gqlerror.Error {
	at, located := errors.AsType[*gqlerror.Error](err)
	if !located {
		at = &gqlerror.Error{Path: graphql.GetPath(ctx)}
	}
	// A new error, because a resolver may return the same one for several fields.
	path, input := splitPath(ctx, at.Path)
	if literal, ok := at.Extensions[inputPathKey].(string); ok {
		input = literal
	}

	f := findFault(ctx, err, at, input)
	shown := &gqlerror.Error{Err: f, Path: path, Locations: at.Locations,
		Extensions: map[string]any{"code": f.Code}}
	if text := describeDocumentError(at); text != "" {
		shown.Message = text
	} else {
		shown.Message = f.Message.In(Locale(ctx))
	}
	if f.Code != fault.BadUserInput {
		// The resolver was called, so the value itself was readable.
		input = ""
	}
	if field := firstNonEmpty(f.Field, input); field != "" {
		shown.Extensions["field"] = field
		shown.Extensions["violations"] = listViolations(ctx, f, field, shown.Message)
	}
	if f.RetryAfter > 0 {
		shown.Extensions["retryAfterSeconds"] = roundUpSeconds(f.RetryAfter)
	}
	if f.Code == fault.EmailNotAllowed {
		// An empty list means that no domain is allowed. It must not become null.
		shown.Extensions["allowedDomains"] = append([]string{}, f.AllowedDomains...)
	}
	if f.Code == fault.AlreadyDone {
		shown.Extensions["ids"] = append([]string{}, f.IDs...)
	}
	if f.Code == fault.Internal {
		shown.Extensions["requestId"] = p.requestID(ctx)
	}
	p.recordError(ctx, f, at.Path)
	return shown
}

// violation is one fault of an input in extensions.violations.
type violation struct {
	Field   string     `json:"field"` // path inside the input
	Code    fault.Code `json:"code"`
	Message string     `json:"message"`
}

// listViolations returns every fault of the input. field and message are those of the error, whose
// fault may name no field.
func listViolations(ctx context.Context, f *fault.Error, field, message string) []violation {
	list := []violation{{field, f.Code, message}}
	for i, other := range f.Violations() {
		if i > 0 {
			list = append(list, violation{other.Field, other.Code, other.Message.In(Locale(ctx))})
		}
	}
	return list
}

func firstNonEmpty(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// findFault returns the fault of an error, or creates one.
func findFault(ctx context.Context, err error, at *gqlerror.Error, input string) *fault.Error {
	if f, ok := fault.Of(err); ok {
		return f
	}
	switch {
	case isDocumentError(at):
		return badRequestFault(at, input)
	case store.IsOutage(err):
		return outageFault(ctx, err)
	case input != "":
		// A scalar could not read its value. Its own error text would quote the value.
		return fault.Input(input, "gqlhttp.bad_value", i18n.Args{"Name": input})
	}
	return fault.New(fault.Internal, "fault.internal").Because(err)
}

// outageFault returns why the database could not serve. The end of a request's context appears in
// many forms: its time limit, PostgreSQL's cancelled statement, a finished transaction, a broken
// connection.
func outageFault(ctx context.Context, err error) *fault.Error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(ctx.Err(), context.Canceled):
		// The client has gone and nothing was wrong. Without a cause there is no log line.
		return fault.New(fault.Unavailable, "gqlhttp.cancelled")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(ctx.Err(), context.DeadlineExceeded):
		f := fault.New(fault.Unavailable, "gqlhttp.too_slow").Because(err)
		// Long enough for a burst to pass, short enough for a person to wait.
		f.RetryAfter = TimeLimit / 2
		return f
	}
	f, _ := store.Fault(err)
	return f
}

// splitPath splits an error's path into the part in the response and the part in the input. gqlgen
// reports an unreadable value under the field's path, followed by the argument and the path into
// it. An error about a variable has a path of its own.
func splitPath(ctx context.Context, path ast.Path) (answer ast.Path, input string) {
	if len(path) > 1 && path[0] == ast.PathName("variable") {
		if at := findVariablePath(ctx, path[1]); at != nil {
			return nil, gqllimit.FormatPath(append(at, path[2:]...))
		}
		if len(path) > 2 {
			if _, named := path[2].(ast.PathName); named {
				// The variable's name is the client's; the name of the input's field is ours.
				return nil, gqllimit.FormatPath(path[2:])
			}
		}
		return nil, gqllimit.FormatPath(path[1:])
	}
	fc := graphql.GetFieldContext(ctx)
	if fc == nil || fc.Field.Field == nil {
		return path, ""
	}
	if own := fc.Path(); len(path) > len(own) {
		return own, gqllimit.FormatPath(path[len(own):])
	}
	return path, ""
}

// findVariablePath returns the first use of a variable in the document of the operation; nil if
// unknown.
func findVariablePath(ctx context.Context, variable ast.PathElement) ast.Path {
	name, named := variable.(ast.PathName)
	if !named || !graphql.HasOperationContext(ctx) {
		return nil
	}
	doc := graphql.GetOperationContext(ctx).Doc
	if doc == nil {
		return nil
	}
	return slices.Clone(gqllimit.FindVariable(doc, string(name)))
}

// recordError adds the code of an error to the request's log line, and the cause of internal errors
// and outages. Errors outside of a request get a line of their own.
func (p errorPresenter) recordError(ctx context.Context, f *fault.Error, path ast.Path) {
	stack := ""
	if broken, ok := errors.AsType[*panicError](f.Unwrap()); ok {
		stack = string(broken.stack)
	}
	inbound.Fail(ctx, p.log.With("request_id", p.requestID(ctx)), f, path.String(), stack)
}

// panicError is the error of a resolver that panicked. Its stack goes to the log.
type panicError struct {
	value any
	stack []byte
}

// Error returns the value of the panic.
func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// newPanicError converts a panic into an error with its stack. The panic that aborts a response
// goes on.
func newPanicError(_ context.Context, v any) error {
	if v == http.ErrAbortHandler { //nolint:errorlint // the sentinel is panicked as it is
		panic(v)
	}
	return &panicError{value: v, stack: debug.Stack()}
}
