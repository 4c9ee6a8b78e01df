package gqlhttp_test

import (
	"testing"

	"usher/internal/gqlhttp"
)

func TestAnAnswerIsBounded(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *gqlhttp.Options) { gqlhttp.SetAnswerLimit(o, 200) })
	// Below the limit it comes; above it the answer is an error as a whole, and not a part of the
	// JSON.
	if r := b.ask("{ ok }"); r.object["errors"] != nil {
		t.Errorf("a short answer: %s", r.text)
	}
	r := b.ask("{ " + numbered(25, "ok#: ok ") + "}")
	if r.object["data"] != nil || r.code(t) != "COST_LIMIT" {
		t.Errorf("a long answer: %s", r.text)
	}
}
