package gqlhttp

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"usher/internal/fault"
	"usher/internal/inbound"
)

// The limits of one request. They are part of the API (quality.md, "GraphQL"), not settings: a
// client that was written against them keeps working on every installation.
const (
	BodyLimit      = 1 << 20  // bytes of a request, unless Options.BodyLimit grants more
	UploadLimit    = 32 << 20 // bytes of one file
	TokenLimit     = 2000
	DepthLimit     = 15
	AliasLimit     = 30
	DirectiveLimit = 50
	FieldLimit     = 500 // fields once fragments are expanded
	CostLimit      = 5000
	PageLimit      = 100
	DefaultPage    = 50 // rows of a page when nobody says how many
	ErrorLimit     = 10
	TimeLimit      = inbound.TimeLimit
	OperationLimit = 20 // concurrent operations on one websocket
	InputCostLimit = 5000
	AnswerLimit    = 16 << 20 // bytes of an answer's data
)

const (
	// listEstimate is what a list without pages counts for the cost.
	listEstimate = 2
	// objectLimit bounds the objects of an answer that gqlgen marshals one by one, some 2 KiB each
	// while it does.
	objectLimit = 100_000
	// stepLimit bounds fields, fragment spreads and inline fragments together: a chain of spreads
	// without fields is work too.
	stepLimit = 2 * FieldLimit
	// queryLimit bounds the text of a query: a comment of a megabyte is one token and takes 10 ms
	// to skip. Values belong into variables.
	queryLimit = 256 << 10
	// repeatLimit bounds different selections of one response key in one place; comparing them is
	// quadratic.
	repeatLimit = 20
	// fragmentLimit bounds named fragments in a document; the validator compares them pair by pair.
	fragmentLimit = 50
	// keptDocuments and keptLength bound the memory of parsed documents to some 30 MB in the worst
	// case.
	keptDocuments = 256
	keptLength    = 8 << 10
)

// Options says what the edge cannot know by itself. Every field may be left out.
type Options struct {
	// Log takes the causes of internal errors, each once; slog.Default() when nil.
	Log *slog.Logger
	// RequestID names the request in the log and in the answer to an internal error.
	RequestID func(context.Context) string
	// Introspection says who may look into the schema: the signed-in, or everyone in demo mode.
	// Nobody when nil.
	Introspection func(context.Context) bool
	// BodyLimit grants a request more than BodyLimit bytes, as for an API key that sends rows.
	// Uploads do not ask it.
	BodyLimit func(*http.Request) int64
	// Status gives a fault an HTTP status other than 200, as for a reused Idempotency-Key; 0 leaves
	// it. It counts only where there is no data. UNAVAILABLE is 503 without asking.
	Status func(*fault.Error) int
	// Person names the caller of a request, by anything that is the same for all requests of one
	// person; "" for anonymous callers, which all are when nil.
	Person func(context.Context) string
	// Network names where a request comes from, for counting websockets; all come from one when
	// nil.
	Network func(*http.Request) string
	// InputLimits bound lists and texts in inputs. What they do not name has the limits of this
	// package.
	InputLimits InputLimits
	// CheckCursor tells a cursor that the loader can read from one that would make it panic.
	CheckCursor func(string) error
	// CredentialFields are the mutations of which a request may hold one only; the contract's when
	// nil.
	CredentialFields []string
	// Fast appends what is plain instead of marshalling it field by field (internal/fastgql);
	// answers are the same.
	Fast bool
	// Extensions join those of this package in the executor.
	Extensions []graphql.HandlerExtension
	// Transports are asked first. They see to their own limits of size and to the origin of their
	// callers.
	Transports []graphql.Transport
	// Renew returns the context with its caller loaded again, an error once they have none: their
	// sign-in is over. Streams outlive a request, and ask again and again. The context stays as it
	// is when nil.
	Renew func(context.Context) (context.Context, error)
	// Enter gives a websocket the caller of what its first message says as Authorization. Nobody
	// enters when nil.
	Enter func(ctx context.Context, authorization string) (context.Context, error)
	// Origin tells the sites whose pages may open a websocket; none when nil. Programs name no
	// origin and are not asked.
	Origin func(string) bool
	// Ending is over once the process is asked to stop: subscriptions and websockets end then,
	// requests do not.
	Ending context.Context

	timeLimit time.Duration // shorter in tests
	initLimit time.Duration // shorter in tests
	idleLimit time.Duration // shorter in tests

	answerLimit int // bytes; shorter in tests
}

// credentialFields take a password, a token or a code.
var credentialFields = []string{
	"signIn", "refreshSession", "resetPassword", "changePassword", "confirmEmailChange",
	"acceptInvitation", "confirmJoin",
	"redeemCard",
}

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
	if o.Enter == nil {
		o.Enter = func(context.Context, string) (context.Context, error) {
			return nil, fault.New(fault.Unauthenticated, "fault.unauthenticated")
		}
	}
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
