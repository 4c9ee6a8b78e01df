package gqlhttp

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
)

// keepAlive is shorter than the minute after which proxies commonly drop a silent connection.
const keepAlive = 15 * time.Second

// stream sends subscriptions as server-sent events, to those who want events above all.
type stream struct{ edge *edge }

// Supports takes POSTed JSON whose Accept header prefers events. Clients that name them last, to be able to receive them,
// get an ordinary answer.
func (s stream) Supports(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && r.Method == http.MethodPost && kind == mediaJSON &&
		negotiate(r, mediaJSON, mediaResponse, mediaStream) == mediaStream
}

// Do checks the request as the edge does, then leaves the events to gqlgen.
//
// Security: gqlgen's transport would print a body that it cannot read, passwords included, into its answer and its log.
// It never sees one: what does not parse is refused before.
func (s stream) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	var body bytes.Buffer
	r.Body = io.NopCloser(io.TeeReader(r.Body, &body))
	if _, rejected := s.edge.readJSON(w, r); rejected != nil {
		s.edge.refuse(w, r, exec, rejected.status, rejected.fault)
		return
	}
	if json.Unmarshal(body.Bytes(), &graphql.RawParams{}) != nil {
		s.edge.refuse(w, r, exec, http.StatusBadRequest, errNotJSON)
		return
	}
	r.Body = io.NopCloser(&body)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	transport.SSE{KeepAlivePingInterval: keepAlive}.Do(w, r, exec)
}
