package gqlhttp

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"usher/internal/fault"
	"usher/internal/gqllimit"
	"usher/internal/inbound"
)

// These are the limits of one request beside those of package gqllimit. They are part of the API
// (docs/rules.md, "GraphQL") and no settings, so that a client works on every installation.
const (
	BodyLimit      = 1 << 20  // bytes of a request, unless Options.BodyLimit grants more
	UploadLimit    = 32 << 20 // bytes of one file
	ErrorLimit     = 10
	TimeLimit      = inbound.TimeLimit
	OperationLimit = 20       // concurrent operations on one websocket
	AnswerLimit    = 16 << 20 // bytes of an answer's data
)

const (
	// objectLimit limits the objects of a response that gqlgen marshals one by one. Each needs
	// about 2 KiB until it is written.
	objectLimit = 100_000
	// keptDocuments and keptLength limit the memory of cached documents to about 30 MB.
	keptDocuments = 256
	keptLength    = 8 << 10
)

// Options configure the server. Every field may be left out.
type Options struct {
	// Log gets the causes of internal errors, each once; default: slog.Default().
	Log *slog.Logger
	// RequestID returns the request id for the log and for the response to an internal error.
	RequestID func(context.Context) string
	// Introspection reports whether the caller may read the schema: when signed in, or everybody in
	// demo mode. Default: nobody.
	Introspection func(context.Context) bool
	// BodyLimit allows a request more than BodyLimit bytes, as for an API key that sends rows. It
	// does not apply to uploads.
	BodyLimit func(*http.Request) int64
	// Status returns an HTTP status other than 200 for a fault, as for a reused Idempotency-Key; 0
	// keeps 200. It applies only to responses without data. UNAVAILABLE is always 503.
	Status func(*fault.Error) int
	// Person returns a text that identifies the caller in all their requests; "" for anonymous
	// callers. Default: all are anonymous.
	Person func(context.Context) string
	// Network returns the network of a request, by which websockets are counted. Default: one
	// network for all.
	Network func(*http.Request) string
	// InputLimits limit lists and texts in inputs. Inputs without an entry have the limits of
	// package gqllimit.
	InputLimits gqllimit.InputLimits
	// CheckCursor returns an error for a cursor on which the loader would panic.
	CheckCursor func(string) error
	// CredentialFields are the mutations of which a request may contain only one. Default:
	// credentialFields.
	CredentialFields []string
	// Fast appends the JSON of plain objects instead of marshaling it field by field
	// (internal/fastgql). Responses are the same.
	Fast bool
	// Extensions are added to those of this package.
	Extensions []graphql.HandlerExtension
	// Transports are tried first. They apply their own limits of size and origin.
	Transports []graphql.Transport
	// Renew returns the context with its caller loaded again, or an error when the sign-in has
	// ended. Streams call it before each event. Default: the context stays the same.
	Renew func(context.Context) (context.Context, error)
	// Enter returns the context of a websocket's caller for the Authorization of its first message.
	// Default: every caller is refused.
	Enter func(ctx context.Context, authorization string) (context.Context, error)
	// Origin reports whether pages of an origin may open a websocket. Default: none. Programs send
	// no origin and are not asked.
	Origin func(string) bool
	// Ending is done when the process starts to stop. Subscriptions and websockets end then;
	// requests do not.
	Ending context.Context

	timeLimit time.Duration // shorter in tests
	initLimit time.Duration // shorter in tests
	idleLimit time.Duration // shorter in tests

	answerLimit int // bytes; shorter in tests
}

// credentialFields are the mutations that take a password, a token or a code.
var credentialFields = []string{
	"signIn", "refreshSession", "resetPassword", "changePassword", "confirmEmailChange",
	"acceptInvitation", "confirmJoin",
	"redeemCard",
}

// withDefaults fills the functions that a server leaves out, so that no caller has to test for nil.
func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.RequestID == nil {
		o.RequestID = func(context.Context) string { return "" }
	}
	if o.Introspection == nil {
		o.Introspection = func(context.Context) bool { return false }
	}
	if o.BodyLimit == nil {
		o.BodyLimit = func(*http.Request) int64 { return BodyLimit }
	}
	if o.Status == nil {
		o.Status = func(*fault.Error) int { return 0 }
	}
	if o.Person == nil {
		o.Person = func(context.Context) string { return "" }
	}
	if o.Network == nil {
		o.Network = func(*http.Request) string { return "" }
	}
	if o.CheckCursor == nil {
		o.CheckCursor = func(string) error { return nil }
	}
	if o.Renew == nil {
		o.Renew = func(ctx context.Context) (context.Context, error) { return ctx, nil }
	}
	// Security: without a way to check a token no WebSocket may sign in.
	if o.Enter == nil {
		o.Enter = func(context.Context, string) (context.Context, error) {
			return nil, fault.New(fault.Unauthenticated, "fault.unauthenticated")
		}
	}
	// Security: no foreign page may open a socket unless its origin was named.
	if o.Origin == nil {
		o.Origin = func(string) bool { return false }
	}
	if o.Ending == nil {
		o.Ending = context.Background()
	}
	if o.initLimit == 0 {
		o.initLimit = initLimit
	}
	if o.answerLimit == 0 {
		o.answerLimit = AnswerLimit
	}
	if o.idleLimit == 0 {
		o.idleLimit = idleSocket
	}
	if o.timeLimit == 0 {
		o.timeLimit = TimeLimit
	}
	if o.CredentialFields == nil {
		o.CredentialFields = credentialFields
	}
	return o
}
