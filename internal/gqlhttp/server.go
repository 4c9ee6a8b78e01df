package gqlhttp

import (
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"usher/internal/fastgql"
)

// Server answers GraphQL over HTTP.
type Server interface {
	http.Handler
	// Unable answers a request that could not be run for an error outside of it, in the form that
	// its client reads.
	Unable(w http.ResponseWriter, r *http.Request, err error)
}

type graphQLServer struct {
	exec       graphql.GraphExecutor
	transports []graphql.Transport
	http       *httpTransport
}

// NewServer returns the handler of /graphql for a schema: POST, GET, event streams and websockets.
func NewServer(es graphql.ExecutableSchema, o Options) Server {
	o = o.withDefaults()
	p := errorPresenter{log: o.Log, requestID: o.RequestID}

	exec := executor.New(es)
	exec.SetErrorPresenter(p.presentError)
	exec.SetRecoverFunc(newPanicError)
	exec.SetQueryCache(documentHandover{})
	exec.Use(errorExtension{p}) // the first is the outermost
	exec.Use(newDocumentGuard(es.Schema(), o))
	exec.Use(&operationPlanner{schema: es.Schema(), introspection: o.Introspection,
		checkCursor: o.CheckCursor, limits: o.InputLimits})
	exec.Use(timeLimitExtension{limit: o.timeLimit})
	// inside of the clock, which stops the writer too
	exec.Use(answerLimit{bytes: o.answerLimit, objects: objectLimit})
	for _, e := range o.Extensions {
		exec.Use(e)
	}
	if o.Fast && !slices.ContainsFunc(o.Extensions, interceptsFields) {
		exec.Use(fastgql.Extension{})
	}

	e := &httpTransport{
		bodyLimit: o.BodyLimit, status: o.Status, timeLimit: o.timeLimit, person: o.Person,
		anonymousBodies: newBodyPlaces(anonymousBodies), knownBodies: newBodyPlaces(knownBodies),
		uploads: newQuota(allUploads), uploadsOf: newQuota(personUploads),
	}
	st := &streamRunner{
		http: e, renew: o.Renew, ending: o.Ending, log: o.Log, present: p.presentError,
		subscriptionsOf: newQuota(personSubscriptions),
	}
	ws := &socketTransport{
		streamRunner: st, enter: o.Enter, origin: o.Origin, network: o.Network,
		initLimit: o.initLimit, idleLimit: o.idleLimit,
		networks: newQuota(networkSockets), persons: newQuota(personSockets),
	}
	// The events stand before the edge: both take POSTed JSON, the Accept header tells them apart.
	return &graphQLServer{exec: observedExecutor{exec}, http: e, transports: append(
		o.Transports[:len(o.Transports):len(o.Transports)], ws, eventTransport{st}, e)}
}

// interceptsFields tells an extension that wants to see every field: what is appended would pass it
// by.
func interceptsFields(e graphql.HandlerExtension) bool {
	_, is := e.(graphql.FieldInterceptor)
	return is
}

// Unable answers a request that could not be run, as when its caller could not be loaded. The
// status follows from the error: 503 where the database could not serve.
func (s *graphQLServer) Unable(w http.ResponseWriter, r *http.Request, err error) {
	s.http.refuseRequest(w, r, s.exec, http.StatusInternalServerError, err)
}

// ServeHTTP answers one request through the first transport that takes it; the edge takes them all.
func (s *graphQLServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(graphql.StartOperationTrace(r.Context()))
	defer func() {
		if v := recover(); v != nil {
			// The server package ends a connection by this panic, on purpose; it is not ours to
			// answer.
			if v == http.ErrAbortHandler { //nolint:errorlint // the sentinel is panicked as it is
				panic(v)
			}
			s.http.refuseRequest(w, r, s.exec, http.StatusInternalServerError,
				newPanicError(r.Context(), v))
		}
	}()

	// The edge takes everything, so something always answers.
	for _, t := range s.transports {
		if t.Supports(r) {
			t.Do(w, r, s.exec)
			return
		}
	}
}
