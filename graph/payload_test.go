package graph_test

import (
	"testing"

	"usher/internal/apptest"
)

func TestABulkVerbAnswersEachIDAsGivenAndCountsOnlyWhatItChanged(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		first := p.Invite("first@example.org", nil).ID.String()
		p.Invite("second@example.org", nil)
		token := k.SignIn("admin@acme.test", apptest.Password)
		type payload struct {
			Results []struct {
				ID    string
				Error *struct{ Code string }
			}
			InvitationCounts *struct{ Pending, Cancelled int }
		}
		cancel := func(ids ...string) payload {
			var out struct{ CancelInvitations payload }
			k.Must(token, `mutation($i: [ID!]!) { cancelInvitations(input: {invitationIds: $i}) {
				results { id error { code } } invitationCounts { pending cancelled } } }`,
				map[string]any{"i": ids}, &out)
			return out.CancelInvitations
		}

		done := cancel("nonsense", first)
		if len(done.Results) != 2 || done.Results[0].ID != "nonsense" ||
			done.Results[0].Error == nil || done.Results[0].Error.Code != "NOT_FOUND" ||
			done.Results[1].ID != first || done.Results[1].Error != nil {
			t.Errorf("results %+v", done.Results)
		}
		if c := done.InvitationCounts; c == nil || c.Pending != 1 || c.Cancelled != 1 {
			t.Errorf("counts %+v", c)
		}
		if none := cancel("nonsense"); none.InvitationCounts != nil {
			t.Errorf("nothing was changed, and the counts are %+v", none.InvitationCounts)
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}
