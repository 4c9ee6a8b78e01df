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

// recordFailure returns the fault for the client and adds the error to the request's log line. An
// error that is neither a fault nor an unavailable database becomes INTERNAL.
func (s *httpServer) recordFailure(ctx context.Context, step string, err error) *fault.Error {
	f, known := store.Fault(err)
	if !known {
		f = fault.New(fault.Internal, "fault.internal").Because(err)
	}
	inbound.Fail(ctx, s.Log, f, step, "")
	return f
}

// setRetryAfter sets Retry-After to the fault's wait in seconds, rounded up. Without a wait it sets
// nothing.
func setRetryAfter(w http.ResponseWriter, f *fault.Error) {
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After",
			strconv.Itoa(max(1, int((f.RetryAfter+time.Second-1)/time.Second))))
	}
}
