package graph_test

import (
	"strings"
	"testing"

	"usher/internal/apptest"
)

func TestACardIsIssuedAndUsedOverTheAPI(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		var made struct {
			CreateUser struct{ Member struct{ ID string } }
		}
		k.Must(admin,
			`mutation($w: ID!) { createUser(input: {workspaceId: $w, firstName: "Ann", lastName: "Lee", username: "ann"}) { member { id } } }`,
			map[string]any{"w": p.Workspace.ID.String()}, &made)

		const issue = `mutation($id: ID!) { issueCard(input: {memberId: $id}) { card { url pin expiresAt qrSvg html member { id user { username } } } } }`
		var out struct {
			IssueCard struct {
				Card struct {
					URL, Pin, QrSvg, HTML string
					Member                struct {
						ID   string
						User struct{ Username string }
					}
				}
			}
		}
		k.Must(admin, issue, map[string]any{"id": made.CreateUser.Member.ID}, &out)
		c := out.IssueCard.Card
		if c.Member.ID != made.CreateUser.Member.ID || c.Member.User.Username != "ann" ||
			!strings.HasPrefix(c.QrSvg, "<svg") || !strings.Contains(c.HTML, c.Pin) {
			t.Errorf("%+v", c)
		}

		const redeem = `mutation($t: String!, $p: String!) {
			redeemCard(input: {token: $t, pin: $p, password: "a password of my own"}) { auth { accessToken refreshToken mustChangePassword viewer { user { username } } } }
		}`
		token := apptest.Token(c.URL)
		wrong := k.Ask("", redeem, map[string]any{"t": token, "p": other(c.Pin)})
		if wrong.Code() != "UNAUTHENTICATED" || !strings.Contains(wrong.Errors[0].Message,
			"4 tries left") {
			t.Errorf("a wrong PIN: %s", wrong.Body)
		}
		var in struct {
			RedeemCard struct {
				Auth struct {
					AccessToken        string
					MustChangePassword bool
					Viewer             struct{ User struct{ Username string } }
				}
			}
		}
		// a stale token must not bar the way
		k.Must("expired.or.forged", redeem, map[string]any{"t": token, "p": c.Pin}, &in)
		if in.RedeemCard.Auth.Viewer.User.Username != "ann" ||
			in.RedeemCard.Auth.MustChangePassword {
			t.Errorf("%+v", in)
		}
		if again := k.Ask("", redeem,
			map[string]any{"t": token, "p": c.Pin}); again.Code() != "LINK_USED" {
			t.Errorf("again: %s", again.Body)
		}
		if own := k.Ask(in.RedeemCard.Auth.AccessToken, issue,
			map[string]any{"id": c.Member.ID}); own.Code() != "FORBIDDEN" {
			t.Errorf("one's own: %s", own.Body)
		}
		if nobody := k.Ask("", issue,
			map[string]any{"id": c.Member.ID}); nobody.Code() != "UNAUTHENTICATED" {
			t.Errorf("nobody: %s", nobody.Body)
		}
		two := `mutation($t: String!, $p: String!) { a: redeemCard(input: {token: $t, pin: $p, password: "x"}) { auth { expiresAt } } b: redeemCard(input: {token: $t, pin: $p, password: "x"}) { auth { expiresAt } } }`
		if a := k.Ask("", two, map[string]any{"t": token, "p": c.Pin}); strings.Count(a.Body,
			"LINK_USED") > 0 {
			t.Errorf("two guesses in one request were let through: %s", a.Body)
		}
	}, apptest.WithoutWorker)
}

// other is a PIN that differs in its first digit.
func other(pin string) string {
	if pin[0] == '1' {
		return "2" + pin[1:]
	}
	return "1" + pin[1:]
}
