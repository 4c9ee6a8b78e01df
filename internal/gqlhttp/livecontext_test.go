package gqlhttp_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"usher/internal/gqlhttp"
)

func TestALiveContextAndAllThatIsMadeOfItKnowTheNewestCaller(t *testing.T) {
	t.Parallel()
	type who struct{}
	type other struct{}
	outside, cancel := context.WithCancel(
		context.WithValue(context.WithValue(t.Context(), who{}, 0), other{}, "kept"))
	n, broken := 0, errors.New("the database is down")
	ctx := gqlhttp.NewLive(outside, func(ctx context.Context) (context.Context, error) {
		if n++; n == 3 {
			return nil, broken
		}
		return context.WithValue(ctx, who{}, n), nil
	})
	below, stop := context.WithCancel(ctx)
	defer stop()
	for want := range 3 {
		if below.Value(who{}) != want || below.Value(other{}) != "kept" {
			t.Errorf("who is %v, want %d", below.Value(who{}), want)
		}
		if err := gqlhttp.Renew(below); (err != nil) != (want == 2) {
			t.Errorf("renewing: %v", err)
		}
	}
	if below.Value(who{}) != 2 {
		t.Errorf("a renewal that failed changed the caller to %v", below.Value(who{}))
	}
	cancel()
	<-below.Done()

	if gqlhttp.Renew(t.Context()) == nil {
		t.Error("a context that does not last was renewed")
	}
}

func TestAnEventIsOneLineWhateverItsJSONHolds(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *gqlhttp.Options) { o.Extensions = append(o.Extensions, broken{}) })
	r := b.post(`{"query":"{ ok }"}`, "Accept", "text/event-stream")
	if want := "event: next\ndata: {\"data\":{ \"ok\":true }}\n\nevent: complete\ndata:\n\n"; r.text != want {
		t.Errorf("events %q, want %q", r.text, want)
	}
	if r.header.Get("Content-Type") != "text/event-stream" ||
		r.header.Get("Cache-Control") != "no-store" ||
		!strings.Contains(r.header.Get("X-Accel-Buffering"), "no") {
		t.Errorf("headers %v", r.header)
	}
}

// broken writes an answer over several lines, as a scalar of free JSON does.
type broken struct{}

func (broken) ExtensionName() string                   { return "Broken" }
func (broken) Validate(graphql.ExecutableSchema) error { return nil }

func (broken) InterceptResponse(ctx context.Context,
	next graphql.ResponseHandler) *graphql.Response {
	resp := next(ctx)
	if resp != nil {
		resp.Data = []byte("{\n \"ok\":true\n }\n")
	}
	return resp
}
