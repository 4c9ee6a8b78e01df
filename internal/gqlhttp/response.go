package gqlhttp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fault"
	"usher/internal/inbound"
)

// runRequest executes a request and writes what came of it.
func (e *httpTransport) runRequest(w http.ResponseWriter, r *http.Request,
	exec graphql.GraphExecutor, params *clientRequest) {
	media := negotiateMediaType(r, mediaJSON, mediaResponse)
	// The time that it took to load the caller counts; the time that a client takes to send its
	// file does not.
	limited, cancel := inbound.Limit(r.Context(), e.timeLimit-inbound.Spent(r.Context()))
	defer cancel()
	r = r.WithContext(limited)
	// The variables travel beside the parameters: the guard decides whether they are worth reading.
	ctx := context.WithValue(r.Context(), pendingInputKey{}, params.pendingInput)
	op, errs := exec.CreateOperationContext(ctx, &params.RawParams)
	ctx = graphql.WithOperationContext(r.Context(), op)
	if len(errs) > 0 {
		// Under plain JSON a refused document is a proper answer; only what is no JSON is no
		// request.
		status := http.StatusOK
		if media == mediaResponse ||
			(errors.Is(errs[0], errNotJSON) || errors.Is(errs[0], errUploadShape)) {
			status = http.StatusBadRequest
		}
		e.writeResponse(w, media, status, exec.DispatchError(ctx, unfoldErrors(errs)))
		return
	}

	switch kind := op.Operation.Operation; {
	case kind == ast.Subscription:
		e.refuseRequest(w, r, exec, http.StatusBadRequest,
			fault.New(fault.BadUserInput, "gqlhttp.subscription"))
		return
	case kind != ast.Query && r.Method == http.MethodGet:
		// Security: what a link or an image can trigger must not change anything.
		w.Header().Set("Allow", http.MethodPost)
		e.refuseRequest(w, r, exec, http.StatusMethodNotAllowed,
			fault.New(fault.BadUserInput, "gqlhttp.get_mutation"))
		return
	}

	// One response is the whole: deferred ones were refused, subscriptions go elsewhere.
	responses, ctx := exec.DispatchOperation(ctx, op)
	resp := responses(ctx)
	if resp == nil {
		// gqlgen answers nothing once the context has ended; ours ends by the clock, or because the
		// client has left.
		resp = exec.DispatchError(ctx,
			gqlerror.List{gqlerror.Wrap(errors.Join(errEnded, ctx.Err()))})
	}
	e.writeResponse(w, media, http.StatusOK, resp)
}

// refuseRequest answers a request that was not run.
func (e *httpTransport) refuseRequest(w http.ResponseWriter, r *http.Request,
	exec graphql.GraphExecutor, status int, err error) {
	resp := exec.DispatchError(r.Context(), gqlerror.List{gqlerror.Wrap(err)})
	e.writeResponse(w, negotiateMediaType(r, mediaJSON, mediaResponse), status, resp)
}

// writeResponse sends an answer. Nothing of it may be kept by a cache or taken for a page by a
// browser.
func (e *httpTransport) writeResponse(w http.ResponseWriter, media string, status int,
	resp *graphql.Response) {
	if media == mediaResponse && len(resp.Data) == 0 && status == http.StatusOK {
		status = refusedStatus(resp.Errors)
	}
	if hasNoData(resp) {
		status = e.faultStatus(w, status, resp.Errors)
	}
	if status == http.StatusUnauthorized {
		if f, ok := firstFault(resp.Errors); ok {
			SetChallenge(w, f)
		}
	}
	for _, err := range resp.Errors {
		// Also beside data: what is missing of the answer is worth asking for again.
		if f, ok := fault.Of(err); ok && f.Code == fault.Unavailable && f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(max(1, roundUpSeconds(f.RetryAfter))))
			break
		}
	}
	h := w.Header()
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	body := encodeResponse(resp)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone; there is nobody left to tell
}

// encodeResponse turns an answer into JSON. Data is JSON already and is not read again: for a page
// of fifty members a second pass costs more than making it.
func encodeResponse(resp *graphql.Response) []byte {
	if len(resp.Errors) == 0 && len(resp.Extensions) == 0 && len(resp.Data) > 0 {
		body := make([]byte, 0, len(resp.Data)+len(`{"data":}`))
		return append(append(append(body, `{"data":`...), resp.Data...), '}')
	}
	body, err := json.Marshal(struct {
		Errors gqlerror.List `json:"errors,omitempty"`
		// a request that never ran has none, not even null
		Data       json.RawMessage `json:"data,omitempty"`
		Extensions map[string]any  `json:"extensions,omitempty"`
	}{resp.Errors, resp.Data, resp.Extensions})
	if err != nil {
		panic(err) // a scalar wrote what is no JSON
	}
	return body
}

// hasNoData tells whether an answer holds errors alone. With data the specification wants a 2xx,
// whatever failed beside.
func hasNoData(resp *graphql.Response) bool {
	return len(resp.Errors) > 0 && (len(resp.Data) == 0 || string(resp.Data) == "null")
}

// refusedStatuses are the statuses of operations that were refused before they ran, by the code of
// the first error; any other code is 400.
var refusedStatuses = map[fault.Code]int{
	fault.Unauthenticated: http.StatusUnauthorized, fault.Forbidden: http.StatusForbidden,
	fault.PasswordChangeRequired: http.StatusForbidden,
	fault.RateLimited:            http.StatusTooManyRequests,
	fault.Internal:               http.StatusInternalServerError,
}

// refusedStatus returns the status of an answer without data. The specification of GraphQL over
// HTTP forbids 2xx for it under application/graphql-response+json.
func refusedStatus(errs gqlerror.List) int {
	if f, ok := firstFault(errs); ok && refusedStatuses[f.Code] != 0 {
		return refusedStatuses[f.Code]
	}
	return http.StatusBadRequest
}

func firstFault(errs gqlerror.List) (*fault.Error, bool) {
	if len(errs) == 0 {
		return nil, false
	}
	return fault.Of(errs[0])
}

// faultStatus finds the HTTP status that a fault asks for: 503 for overload, and what the options
// say.
func (e *httpTransport) faultStatus(w http.ResponseWriter, status int, errs gqlerror.List) int {
	for _, err := range errs {
		f, ok := fault.Of(err)
		if !ok {
			continue
		}
		if f.Code == fault.Unavailable {
			// Overload is temporary by its nature, so the header is there even if the fault names
			// no time.
			w.Header().Set("Retry-After", strconv.Itoa(max(1, roundUpSeconds(f.RetryAfter))))
			return http.StatusServiceUnavailable
		}
		if own := e.status(f); own != 0 {
			return own
		}
	}
	return status
}

// roundUpSeconds rounds up: who comes back at the second that was named must not be early.
func roundUpSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
