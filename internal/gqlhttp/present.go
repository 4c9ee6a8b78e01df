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
	"usher/internal/i18n"
	"usher/internal/inbound"
	"usher/internal/store"
)

// errEnded marks an operation whose context was over before it had an answer.
var errEnded = errors.New("operation ended without an answer")

// wrapFault wraps a fault as the error that gqlgen's extensions return.
func wrapFault(f *fault.Error) *gqlerror.Error {
	return &gqlerror.Error{Err: f, Message: string(f.Code)}
}

// foldErrors packs several errors into the one that an extension may return, unfold takes them out
// again. Transports that do not know of it show the first.
func foldErrors(errs gqlerror.List) *gqlerror.Error {
	first := *errs[0]
	first.Err = errs
	return &first
}

func unfoldErrors(errs gqlerror.List) gqlerror.List {
	if list, ok := errs[0].Err.(gqlerror.List); ok && len(errs) == 1 {
		return list
	}
	return errs
}

// errorPresenter turns every error into what a client may see: a code, a sentence in the request's
// language, and a place.
//
// Security: this is the one way out for errors. What is not a fault, and not about the text of the
// query, is shown as INTERNAL with the request's id, whatever it says; the log gets the cause.
type errorPresenter struct {
	log       *slog.Logger
	requestID func(context.Context) string
}

func (p errorPresenter) presentError(ctx context.Context, err error) *gqlerror.Error {
	at, located := errors.AsType[*gqlerror.Error](err)
	if !located {
		at = &gqlerror.Error{Path: graphql.GetPath(ctx)}
	}
	// A new error, since a resolver may return the same one for several fields at once.
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
		input = "" // the resolver was called, so the fault is not about reading this value
	}
	if field := firstNonEmpty(f.Field, input); field != "" {
		shown.Extensions["field"] = field
		shown.Extensions["violations"] = listViolations(ctx, f, field, shown.Message)
	}
	if f.RetryAfter > 0 {
		shown.Extensions["retryAfterSeconds"] = roundUpSeconds(f.RetryAfter)
	}
	if f.Code == fault.EmailNotAllowed {
		// An empty list is an answer too: none at all. It must not become null.
		shown.Extensions["allowedDomains"] = append([]string{}, f.AllowedDomains...)
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

// findFault finds or makes the fault that an error stands for.
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
		// A scalar could not read what it was given. Its own words would quote the value.
		return fault.Input(input, "gqlhttp.bad_value", i18n.Args{"Name": input})
	}
	return fault.New(fault.Internal, "fault.internal").Because(err)
}

// outageFault tells why the database could not serve. A request whose context has ended sees it in
// many forms: its own time limit, PostgreSQL's word for a cancelled statement, a transaction that
// is over, a broken connection.
func outageFault(ctx context.Context, err error) *fault.Error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(ctx.Err(), context.Canceled):
		// Nobody is left to read it, and nothing was wrong: no cause, so no line in the log.
		return fault.New(fault.Unavailable, "gqlhttp.cancelled")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(ctx.Err(), context.DeadlineExceeded):
		f := fault.New(fault.Unavailable, "gqlhttp.too_slow").Because(err)
		// long enough for a burst to pass, short enough for a person to wait
		f.RetryAfter = TimeLimit / 2
		return f
	}
	f, _ := store.Fault(err)
	return f
}

// splitPath cuts an error's path where the answer's ends and the input's begins. gqlgen reports a
// value it cannot read under the field's path, followed by the argument and the way into it; an
// error about a variable has a path of its own.
func splitPath(ctx context.Context, path ast.Path) (answer ast.Path, input string) {
	if len(path) > 1 && path[0] == ast.PathName("variable") {
		if at := findVariablePath(ctx, path[1]); at != nil {
			return nil, joinPath(append(at, path[2:]...))
		}
		if len(path) > 2 {
			if _, named := path[2].(ast.PathName); named {
				// the variable's name is the client's; the field's is ours
				return nil, joinPath(path[2:])
			}
		}
		return nil, joinPath(path[1:])
	}
	fc := graphql.GetFieldContext(ctx)
	if fc == nil || fc.Field.Field == nil {
		return path, ""
	}
	if own := fc.Path(); len(path) > len(own) {
		return own, joinPath(path[len(own):])
	}
	return path, ""
}

// findVariablePath is where the document of an operation first uses a variable, nil where that is
// not known. The name of a variable is the client's own; what a form has to mark is the place.
func findVariablePath(ctx context.Context, variable ast.PathElement) ast.Path {
	name, named := variable.(ast.PathName)
	if !named || !graphql.HasOperationContext(ctx) {
		return nil
	}
	doc := graphql.GetOperationContext(ctx).Doc
	if doc == nil {
		return nil
	}
	if u := findFirstUse(doc, string(name)); u != nil {
		return slices.Clone(u.path)
	}
	return nil
}

// joinPath writes the way to a field of the input, without the argument that every mutation calls
// input.
func joinPath(path ast.Path) string {
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

// recordError notes the code of an error, and what somebody must look at: the cause of each
// internal error, and why the service was unavailable. Both stand in the line of the request; what
// belongs to no request is logged here.
func (p errorPresenter) recordError(ctx context.Context, f *fault.Error, path ast.Path) {
	stack := ""
	if broken, ok := errors.AsType[*panicError](f.Unwrap()); ok {
		stack = string(broken.stack)
	}
	inbound.Fail(ctx, p.log.With("request_id", p.requestID(ctx)), f, path.String(), stack)
}

// panicError is what a panicking resolver becomes; its stack goes to the log.
type panicError struct {
	value any
	stack []byte
}

// Error names the value that was panicked.
func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

func newPanicError(_ context.Context, v any) error {
	if v == http.ErrAbortHandler { //nolint:errorlint // the sentinel is panicked as it is
		panic(v)
	}
	return &panicError{value: v, stack: debug.Stack()}
}
