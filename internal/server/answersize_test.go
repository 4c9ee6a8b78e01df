package server_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"usher/internal/apptest"
	"usher/internal/fastgql"
	"usher/internal/gqlhttp"
	"usher/internal/store"
)

// TestAnAnswerAboveTheLimitEndsWhileItIsWritten asks for 18 MiB by a query of 600 bytes that the
// cost of its rows allows, and sees that neither executor sends a part of it.
func TestAnAnswerAboveTheLimitEndsWhileItIsWritten(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		const people, size = 10, 64 << 10
		p := k.Found("Acme", "acme")
		for n := range people - 1 {
			p.Join(fmt.Sprintf("person%d@acme.test", n), nil)
		}
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Member.Update().SetAdditionalInfo(strings.Repeat("x", size)).Exec(ctx)
		})
		token := k.SignIn("admin@acme.test", apptest.Password)
		query := func(copies int) string {
			var fields strings.Builder
			for n := range copies {
				fmt.Fprintf(&fields, " a%d: additionalInfo", n)
			}
			return `{ workspace(slug: "acme") { members(first: 10) { edges { node {` +
				fields.String() + ` } } } } }`
		}
		for name, ctx := range map[string]context.Context{"appended": t.Context(),
			"gqlgen": fastgql.Without(t.Context())} {
			below := gqlhttp.AnswerLimit/people/size - 1
			if body := serve(t, ctx, k, token, query(below)); len(body) < people*size*below ||
				strings.Contains(body, `"errors"`) {
				t.Errorf("%s: below the limit: %.300s", name, body)
			}
			body := serve(t, ctx, k, token, query(29))
			if !strings.Contains(body, `"COST_LIMIT"`) || strings.Contains(body, "xxx") ||
				strings.Contains(body, `"data":{`) {
				t.Errorf("%s: above the limit: %d bytes, %.300s", name, len(body), body)
			}
		}
		// The same through a real connection, where what was written could no longer be taken back.
		a := k.Ask(token, query(29), nil)
		if a.Code() != "COST_LIMIT" || a.Status != http.StatusOK || len(a.Body) > 1<<10 {
			t.Errorf("over HTTP: %d, %d bytes, %.300s", a.Status, len(a.Body), a.Body)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
