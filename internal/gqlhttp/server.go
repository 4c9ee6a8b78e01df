package gqlhttp

import (
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"usher/internal/fastgql"
	"usher/internal/gqllimit"
)

// Server serves GraphQL over HTTP.
type Server interface {
	http.Handler
	// Unable responds to a request that cannot be run because of an error outside of it, in
	// GraphQL's format.
	Unable(w http.ResponseWriter, r *http.Request, err error)
	// Refuse responds to a request that is not run, with a status of its own.
	Refuse(w http.ResponseWriter, r *http.Request, status int, err error)
}

// graphQLServer is the handler of /graphql.
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
	// The first extension is the outermost.
	exec.Use(errorExtension{p})
	exec.Use(newDocumentGuard(es.Schema(), o))
	exec.Use(&operationEstimator{introspection: o.Introspection, Estimator: gqllimit.Estimator{
		Schema: es.Schema(), Limits: o.InputLimits, CheckCursor: o.CheckCursor}})
	exec.Use(timeLimitExtension{limit: o.timeLimit})
	// Inside of the time limit, so that a timeout also stops the writer.
	exec.Use(answerLimit{bytes: o.answerLimit, objects: objectLimit})
	for _, e := range o.Extensions {
		exec.Use(e)
	}
	if o.Fast && !slices.ContainsFunc(o.Extensions, interceptsFields) {
		exec.Use(fastgql.Extension{})
	}

	e := &httpTransport{
		bodyLimit: o.BodyLimit, status: o.Status, timeLimit: o.timeLimit, person: o.Person,
		anonymousBodies: newBodySlots(anonymousBodies), knownBodies: newBodySlots(knownBodies),
		hugeBodies: newBodySlots(hugeBodies),
		uploads:    newQuota(allUploads), uploadsOf: newQuota(personUploads),
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
	// Both accept POSTed JSON, so the transport of events is tried before the one that accepts
	// everything.
	return &graphQLServer{exec: observedExecutor{exec}, http: e, transports: append(
		o.Transports[:len(o.Transports):len(o.Transports)], ws, eventTransport{st}, e)}
}

// interceptsFields reports whether an extension intercepts every field. Appended JSON would bypass
// it.
func interceptsFields(e graphql.HandlerExtension) bool {
	_, is := e.(graphql.FieldInterceptor)
	return is
}

// Unable responds with the status of the error: 503 if the database could not serve.
func (s *graphQLServer) Unable(w http.ResponseWriter, r *http.Request, err error) {
	s.http.refuseRequest(w, r, s.exec, http.StatusInternalServerError, err)
}

// Refuse responds with a status and one error.
func (s *graphQLServer) Refuse(w http.ResponseWriter, r *http.Request, status int, err error) {
	s.http.refuseRequest(w, r, s.exec, status, err)
}

// ServeHTTP serves a request by the first transport that supports it. httpTransport supports every
// request.
func (s *graphQLServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(graphql.StartOperationTrace(r.Context()))
	defer func() {
		if v := recover(); v != nil {
			// net/http uses this panic to close a connection, so it is passed on.
			if v == http.ErrAbortHandler { //nolint:errorlint // the sentinel is panicked as it is
				panic(v)
			}
			s.http.refuseRequest(w, r, s.exec, http.StatusInternalServerError,
				newPanicError(r.Context(), v))
		}
	}()

	// The last transport supports everything, so there is always a response.
	for _, t := range s.transports {
		if t.Supports(r) {
			t.Do(w, r, s.exec)
			return
		}
	}
}
