package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"usher/internal/fault"
	"usher/internal/inbound"
	"usher/internal/store"
)

// recordFailure maps an error to what the client is told, and notes it for the log: INTERNAL for
// everything that is no fault and no trouble of the database.
func (s *httpServer) recordFailure(ctx context.Context, step string, err error) *fault.Error {
	f, known := store.Fault(err)
	if !known {
		f = fault.New(fault.Internal, "fault.internal").Because(err)
	}
	inbound.Fail(ctx, s.Log, f, step, "")
	return f
}

// setRetryAfter tells a client when to come back: in whole seconds, rounded up.
func setRetryAfter(w http.ResponseWriter, f *fault.Error) {
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After",
			strconv.Itoa(max(1, int((f.RetryAfter+time.Second-1)/time.Second))))
	}
}
