package graph_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
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

// AHD-2: the cards of a group are one document, behind a URL that works for its caller.
func TestCardsOfAGroupAreOneDocumentToPrint(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		class := p.Group("Class", "PRIVATE", nil)
		admin := k.SignIn("admin@acme.test", apptest.Password)
		for _, name := range []string{"ann", "ben", "cid"} {
			k.Must(admin, `mutation($i: CreateUserInput!) { createUser(input: $i) { member { id } } }`,
				map[string]any{"i": map[string]any{"workspaceId": p.Workspace.ID.String(),
					"firstName": name, "lastName": "Lee", "username": name,
					"grant": map[string]any{"groupIds": []string{class.ID.String()}}}}, nil)
		}
		p.Join("coach@acme.test", &admission.GrantInput{Roles: []string{access.Coach},
			GroupIDs: []ident.ID{class.ID}})
		const issue = `mutation($i: IssueCardsInput!) { issueCards(input: $i) { issuedCount failedCount nextAfterId
			sheetUrl results { id card { code codeUrl pin } error { code } } } }`
		var out struct {
			IssueCards struct {
				IssuedCount, FailedCount int
				NextAfterID              *string
				SheetURL                 *string
				Results                  []struct {
					ID   string
					Card *struct{ Code, CodeURL, Pin string }
				}
			}
		}
		matching := map[string]any{"matching": map[string]any{"workspaceId": p.Workspace.ID.String(),
			"filter": map[string]any{"groupId": class.ID.String()}}}
		k.Must(admin, issue, map[string]any{"i": matching}, &out)
		// The coach has an email address.
		if c := out.IssueCards; c.IssuedCount != 3 || c.FailedCount != 1 || c.NextAfterID != nil ||
			c.SheetURL == nil {
			t.Fatalf("%+v", c)
		}
		get := func(url string) (int, string) {
			response, err := http.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			page, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if response.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s may be stored", url)
			}
			return response.StatusCode, string(page)
		}
		status, page := get(*out.IssueCards.SheetURL)
		if status != http.StatusOK || strings.Count(page, `class="card"`) != 3 {
			t.Errorf("%d: %s", status, page)
		}
		var code string
		for _, one := range out.IssueCards.Results {
			if one.Card == nil {
				continue
			}
			code = one.Card.Code
			if !strings.Contains(page, one.Card.Code) || !strings.Contains(page, one.Card.Pin) ||
				one.Card.CodeURL != p.URL+"/card" {
				t.Errorf("%+v", one.Card)
			}
		}
		plain, signature, _ := strings.Cut(*out.IssueCards.SheetURL, "?")
		for _, url := range []string{plain, plain + "?" + signature[:len(signature)-2] + "AA",
			p.URL + "/card-sheets/x/cards.html"} {
			if status, page := get(url); status != http.StatusUnauthorized {
				t.Errorf("%s: %d %s", url, status, page)
			}
		}
		coach := k.SignIn("coach@acme.test", apptest.Password)
		if a := k.Ask(coach, issue, map[string]any{"i": matching}); a.Code() != "FORBIDDEN" {
			t.Errorf("a coach: %s", a.Body)
		}
		for _, bad := range []map[string]any{{}, {"memberIds": []string{}, "matching": matching["matching"]}} {
			if a := k.Ask(admin, issue, map[string]any{"i": bad}); len(a.Errors) == 0 {
				t.Errorf("%v is accepted", bad)
			}
		}

		// The code is taken in place of the token.
		var open struct {
			PublicCard struct{ State, WorkspaceSlug string }
		}
		k.Must("", `query($t: String!) { publicCard(token: $t) { state workspaceSlug } }`,
			map[string]any{"t": strings.ToLower(code)}, &open)
		if open.PublicCard.State != "OPEN" || open.PublicCard.WorkspaceSlug != "acme" {
			t.Errorf("%+v", open)
		}
		k.Clock.Add(10 * time.Minute)
		if status, _ := get(*out.IssueCards.SheetURL); status != http.StatusUnauthorized {
			t.Errorf("after ten minutes: %d", status)
		}
	}, apptest.WithoutWorker)
}
