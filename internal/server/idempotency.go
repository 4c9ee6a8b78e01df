package server

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"usher/graph"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/idempotency"
	"usher/internal/store"
)

const (
	idempotencyHeader = "Idempotency-Key"
	replayedHeader    = "Idempotency-Replayed"
	// maxIdempotencyKey is the length of the longest key, in characters.
	maxIdempotencyKey = 255
	// keepLimit is the time for storing an answer.
	keepLimit = 5 * time.Second
)

// onceGuard does a mutation that was sent with an Idempotency-Key once, and answers its repetitions with
// the first answer. It runs behind the extensions that load the caller.
type onceGuard struct {
	*httpServer
	resolver *graph.Resolver
}

var _ graphql.OperationInterceptor = onceGuard{}

// ExtensionName returns the name for gqlgen's list of extensions.
func (onceGuard) ExtensionName() string { return "Once" }

// Validate accepts every schema.
func (onceGuard) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation runs an operation without the header as it is.
func (g onceGuard) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	// Operations on a websocket have no headers of their own.
	keys := op.Headers.Values(idempotencyHeader)
	if len(keys) == 0 {
		return next(ctx)
	}
	field, err := checkIdempotent(ctx, op, keys)
	if err != nil {
		return gqlhttp.Refuse(err)
	}
	// The files of an upload are read once more, from the disk.
	digest, err := digestOf(op)
	if err != nil {
		return gqlhttp.Refuse(err)
	}
	// An actor has keys of their own: nobody can find out what another one has sent.
	by := access.FromContext(ctx)
	actor := by.UserID
	if actor.IsZero() {
		actor = by.KeyID
	}
	mine, stored, err := g.Once.Begin(ctx, idempotency.Request{Actor: actor, Operation: field.Name,
		Workspace: workspaceOf(field, op.Variables), Key: keys[0], Digest: digest})
	switch {
	case err != nil:
		return gqlhttp.Refuse(err)
	case stored != nil:
		return g.replay(ctx, by, stored)
	}
	// Bulk operations commit each of their parts. Parts that are done twice have the same effect, so
	// such a request is done once its answer is stored, and may be begun again before that.
	inner := ctx
	if !repeatableFields[field.Name] {
		inner = store.WithReservation(ctx, mine)
	}
	responses := next(inner)
	answered := false
	return func(ctx context.Context) *graphql.Response {
		if answered {
			return nil // event streams ask until there is nothing more
		}
		answered = true
		resp := responses(ctx)
		g.keep(ctx, by, mine, op, resp)
		return resp
	}
}

// repeatableFields are the operations that run one transaction for each of their parts.
var repeatableFields = map[string]bool{
	"deactivateMembers": true, "reactivateMembers": true, "updateMembers": true,
	"addRoleToMembers": true, "removeRoleFromMembers": true, "cancelInvitations": true,
	"resendInvitations": true, "resendPendingInvitations": true, "issueCards": true,
	"undoImport": true,
}

// checkIdempotent returns the one mutation of a request with the header. BAD_USER_INPUT for a malformed
// key, for other operations and for several mutations; UNAUTHENTICATED without a caller, to whom the key
// would belong.
func checkIdempotent(ctx context.Context, op *graphql.OperationContext,
	keys []string) (graphql.CollectedField, error) {
	none := graphql.CollectedField{}
	switch {
	case len(keys) > 1 || !isIdempotencyKey(keys[0]):
		return none, fault.Input(idempotencyHeader, "idempotency.form")
	case op.Operation.Operation != ast.Mutation:
		return none, fault.Input(idempotencyHeader, "idempotency.mutations_only")
	}
	// Fragments and directives are expanded, as when the operation runs.
	fields := slices.DeleteFunc(graphql.CollectFields(op, op.Operation.SelectionSet,
		[]string{"Mutation"}), func(f graphql.CollectedField) bool { return f.Name == "__typename" })
	switch {
	case len(fields) != 1:
		return none, fault.Input(idempotencyHeader, "idempotency.one_mutation")
	case access.FromContext(ctx).Anonymous():
		return none, fault.New(fault.Unauthenticated, "idempotency.anonymous")
	}
	return fields[0], nil
}

// faultStatus returns the HTTP status of a fault of Idempotency-Key; 0 for any other.
func faultStatus(f *fault.Error) int {
	switch {
	case f.Is(idempotency.OtherRequest()):
		return http.StatusUnprocessableEntity
	case f.Is(idempotency.Running(0)), f.Code == fault.AlreadyDone:
		return http.StatusConflict
	}
	return 0
}

// isIdempotencyKey reports whether a key has 1 to 255 printable ASCII characters.
func isIdempotencyKey(key string) bool {
	return key != "" && len(key) <= maxIdempotencyKey &&
		!strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' })
}
