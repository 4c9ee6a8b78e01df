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

// runRequest executes a request and writes its response.
func (e *httpTransport) runRequest(w http.ResponseWriter, r *http.Request,
	exec graphql.GraphExecutor, params *clientRequest) {
	media := negotiateMediaType(r, mediaJSON, mediaResponse)
	// The time for loading the caller counts. The time for receiving a file does not.
	limited, cancel := inbound.Limit(r.Context(), e.timeLimit-inbound.Spent(r.Context()))
	defer cancel()
	r = r.WithContext(limited)
	// The variables are passed beside the parameters: the guard decides whether to decode them.
	ctx := context.WithValue(r.Context(), pendingInputKey{}, params.pendingInput)
	op, errs := exec.CreateOperationContext(ctx, &params.RawParams)
	ctx = graphql.WithOperationContext(r.Context(), op)
	if len(errs) > 0 {
		// Under plain JSON a refused document is an ordinary response. Only invalid JSON is a bad
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

	// There is one response: deferred fragments were refused, and subscriptions use other
	// transports.
	responses, ctx := exec.DispatchOperation(ctx, op)
	resp := responses(ctx)
	if resp == nil {
		// gqlgen responds with nothing when the context has ended, by the time limit or because the
		// client has gone.
		resp = exec.DispatchError(ctx,
			gqlerror.List{gqlerror.Wrap(errors.Join(errEnded, ctx.Err()))})
	}
	e.writeResponse(w, media, http.StatusOK, resp)
}

// refuseRequest responds to a request that was not run.
func (e *httpTransport) refuseRequest(w http.ResponseWriter, r *http.Request,
	exec graphql.GraphExecutor, status int, err error) {
	resp := exec.DispatchError(r.Context(), gqlerror.List{gqlerror.Wrap(err)})
	e.writeResponse(w, negotiateMediaType(r, mediaJSON, mediaResponse), status, resp)
}

// writeResponse writes a response that no cache stores and no browser renders as a page.
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
		// Also beside data: the missing part can be requested again.
		if f, ok := fault.Of(err); ok && f.RetryAfter > 0 {
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
	_, _ = w.Write(body) // fails only when the client hangs up
}

// encodeResponse encodes a response. Data is JSON already and is copied: for a page of fifty
// members a second pass costs more than producing it.
func encodeResponse(resp *graphql.Response) []byte {
	if len(resp.Errors) == 0 && len(resp.Extensions) == 0 && len(resp.Data) > 0 {
		body := make([]byte, 0, len(resp.Data)+len(`{"data":}`))
		return append(append(append(body, `{"data":`...), resp.Data...), '}')
	}
	body, err := json.Marshal(struct {
		Errors gqlerror.List `json:"errors,omitempty"`
		// A request that never ran has no data, not even null.
		Data       json.RawMessage `json:"data,omitempty"`
		Extensions map[string]any  `json:"extensions,omitempty"`
	}{resp.Errors, resp.Data, resp.Extensions})
	if err != nil {
		panic(err) // a scalar has written invalid JSON
	}
	return body
}

// hasNoData reports whether a response has errors only. With data the specification requires a 2xx.
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

// firstFault returns the fault of the first error, which decides the status.
func firstFault(errs gqlerror.List) (*fault.Error, bool) {
	if len(errs) == 0 {
		return nil, false
	}
	return fault.Of(errs[0])
}

// faultStatus returns the HTTP status for a fault: 503 for UNAVAILABLE, otherwise that of
// Options.Status.
func (e *httpTransport) faultStatus(w http.ResponseWriter, status int, errs gqlerror.List) int {
	for _, err := range errs {
		f, ok := fault.Of(err)
		if !ok {
			continue
		}
		if f.Code == fault.Unavailable {
			// An outage is temporary, so the header is set even if the fault has no wait.
			w.Header().Set("Retry-After", strconv.Itoa(max(1, roundUpSeconds(f.RetryAfter))))
			return http.StatusServiceUnavailable
		}
		if own := e.status(f); own != 0 {
			return own
		}
	}
	return status
}

// roundUpSeconds rounds up, so that a client that waits as long as told is not early.
func roundUpSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
