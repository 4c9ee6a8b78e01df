package graph_test

import (
	"strings"
	"testing"

	"usher/internal/apptest"
)

// PRG-2: a learning system reports many enrollments in one request; a fault of one stops no other.
func TestManyEnrollmentsAreSetTogether(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		session := p.Session(p.Program("Course"), "Spring", apptest.Always, apptest.Always)
		ann, ben := p.Join("ann@acme.test", nil), p.Join("ben@acme.test", nil)
		const set = `mutation($in: SetEnrollmentsInput!) { setEnrollments(input: $in) {
			changedCount failedCount results { enrollment { status progress member { id } }
			error { code field } } } }`
		one := func(member any, status string, progress any) map[string]any {
			return map[string]any{"sessionId": session.ID, "memberId": member, "status": status,
				"progress": progress}
		}
		a := k.Ask(token, set, map[string]any{"in": map[string]any{"enrollments": []any{
			one(ann.ID, "ENROLLED", 40), one(session.ID, "ENROLLED", nil), one(ben.ID, "COMPLETED", nil),
			one(ann.ID, "ENROLLED", 400)}}})
		for _, part := range []string{`"changedCount":2,"failedCount":2`,
			`{"enrollment":{"status":"ENROLLED","progress":40,"member":{"id":"` + ann.ID.String() + `"}}`,
			`{"enrollment":null,"error":{"code":"NOT_FOUND","field":"enrollments.1.memberId"}}`,
			`"status":"COMPLETED","progress":100`,
			`{"enrollment":null,"error":{"code":"BAD_USER_INPUT","field":"enrollments.3.progress"}}`} {
			if !strings.Contains(a.Body, part) {
				t.Errorf("%s is not in %s", part, a.Body)
			}
		}
		many := make([]any, 501)
		for i := range many {
			many[i] = one(ann.ID, "ENROLLED", 1)
		}
		if a := k.Ask(token, set, map[string]any{"in": map[string]any{
			"enrollments": many}}); a.Code() != "BAD_USER_INPUT" {
			t.Errorf("501: %s", a.Body)
		}

		// Members change groups and labels together, too (MEM-3).
		group := p.Group("Class", "PRIVATE", nil)
		a = k.Ask(token, `mutation($in: UpdateMembersInput!) { updateMembers(input: $in) {
			changedCount results { member { labels } error { code } } } }`, map[string]any{
			"in": map[string]any{"members": map[string]any{"memberIds": []any{ann.ID, ben.ID}},
				"addGroupIds": []any{group.ID}, "addLabels": []any{"2026"}}})
		if !strings.Contains(a.Body, `"changedCount":2`) ||
			strings.Count(a.Body, `{"labels":["2026"]}`) != 2 {
			t.Errorf("together: %s", a.Body)
		}
		if held := p.Holds(ann.ID); len(held) != 1 || held[0] != "learner@Class" {
			t.Errorf("ann holds %v", held)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
