package graph_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"usher/ent/user"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/invitation"
	"usher/internal/store"
)

// A search splits its text into words. Each must begin a word of the names or of the address, in
// any order; accents and case are folded alike on both databases.
func TestASearchFindsMembersByWords(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		rename := func(email, first, last string) {
			t.Helper()
			p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
				u, err := tx.User.Query().Where(user.EmailKey(email)).Only(ctx)
				if err != nil {
					return err
				}
				u, err = tx.User.UpdateOne(u).SetFirstName(first).SetLastName(last).Save(ctx)
				if err != nil {
					return err
				}
				return account.CopyNamesToMembers(ctx, tx, u)
			})
		}
		p.Join("a.hart@brightwater.example", nil)
		p.Join("other@acme.test", nil)
		rename("a.hart@brightwater.example", "Amélia", "Hart-Ödegård")
		rename("other@acme.test", "Hartmut", "Straßer")
		l := listReader{t, k, k.SignIn("admin@acme.test", apptest.Password)}
		for search, want := range map[string]string{
			"Amelia Hart": "a.hart", "Hart, Amelia": "a.hart", "amelia h": "a.hart",
			"AMÉLIA": "a.hart", "ödegard": "a.hart", "ODEGARD": "a.hart",
			"brightwater.example": "a.hart", "@brightwater.example": "a.hart",
			"a.hart@b": "a.hart", "hart": "other a.hart", "hart strasser": "other",
			"a":        "other a.hart admin", // several words of one person begin so
			"STRASSER": "other", "melia": "", "amelia other": "", "%": "", "@": "",
			" ": "other a.hart admin", `har_`: "other a.hart", "hart@amelia": "",
		} {
			l.expect("members", fmt.Sprintf(", filter: {search: %q}", search), "user { email }", want)
		}

		// A new name is found, and the former one is not.
		rename("other@acme.test", "Zoë", "Lind")
		l.expect("members", `, filter: {search: "hartmut"}`, "user { email }", "")
		l.expect("members", `, filter: {search: "lind zoe"}`, "user { email }", "other")

		// Another workspace does not count.
		far := k.Found("Far", "far")
		far.Join("zoe@far.test", nil)
		l.expect("members", `, filter: {search: "zoe"}`, "user { email }", "other")
		k.CheckSearched()
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

// A search that finds more people than are read and sorted at once reads the list in its order.
// Both ways find the same.
func TestASearchThatFindsManyFindsThemInEveryOrder(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		const many = 2_100
		p := k.Found("Acme", "acme")
		people := make([]*invitation.Invitee, many)
		for i := range people {
			people[i] = &invitation.Invitee{Email: fmt.Sprintf("p%04d@many.test", i),
				FirstName: new("Ann"), LastName: new(fmt.Sprintf("Lee%04d", i))}
		}
		for from := 0; from < many; from += invitation.MaxInvited {
			if _, err := p.Invitations.Invite(t.Context(), p.Caller(p.Admin), invitation.InviteInput{
				WorkspaceID: p.Workspace.ID, Grant: &admission.GrantInput{}, SendEmail: new(bool),
				People: people[from:min(from+invitation.MaxInvited, many)]}); err != nil {
				t.Fatal(err)
			}
		}
		token := k.SignIn("admin@acme.test", apptest.Password)
		for search, want := range map[string]struct {
			first, last string
			total       int
		}{
			"ann":           {"p0000", "p2099", many},
			"ann, many.tes": {"p0000", "p2099", many},
			"lee1 ann":      {"p1000", "p1999", 1000},
			"LEE0042 ann":   {"p0042", "p0042", 1},
			"p0042@many":    {"p0042", "p0042", 1},
			"ann lee0042 x": {"", "", 0},
		} {
			for size, email := range map[string]string{"first": want.first, "last": want.last} {
				var out struct {
					Workspace struct {
						Invitations struct {
							TotalCount int
							Edges      []struct{ Node struct{ Email string } }
						}
					}
				}
				k.Must(token, fmt.Sprintf(`{ workspace(slug: "acme") { invitations(%s: 1,
					filter: {search: %q}, orderBy: {field: EMAIL}) { totalCount edges { node { email } } } } }`,
					size, search), nil, &out)
				got := ""
				for _, edge := range out.Workspace.Invitations.Edges {
					got, _, _ = strings.Cut(edge.Node.Email, "@")
				}
				if got != email || out.Workspace.Invitations.TotalCount != want.total {
					t.Errorf("%s %q: %q of %d", size, search, got,
						out.Workspace.Invitations.TotalCount)
				}
			}
		}
		k.CheckSearched()
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func TestASearchFindsInvitationsByWords(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		people := []*invitation.Invitee{
			{Email: "ann@brightwater.example", FirstName: new("Änn"), LastName: new("van der Berg")},
			{Email: "ben@acme.test", FirstName: new("Ben"), LastName: new("Berger")},
		}
		if _, err := p.Invitations.Invite(t.Context(), p.Caller(p.Admin), invitation.InviteInput{
			WorkspaceID: p.Workspace.ID, People: people, Grant: &admission.GrantInput{}}); err != nil {
			t.Fatal(err)
		}
		l := listReader{t, k, k.SignIn("admin@acme.test", apptest.Password)}
		expect := func(search, want string) {
			t.Helper()
			l.expect("invitations", fmt.Sprintf(
				", filter: {search: %q}, orderBy: {field: EMAIL}", search), "email", want)
		}
		expect("berg", "ann ben")
		expect("Berg, Ann", "ann")
		expect("der ann", "ann")
		expect("brightwater", "ann")
		expect("erger", "")

		// An edit of the names and a corrected address are found.
		for _, inv := range p.Store.Invitation.Query().AllX(p.In()) {
			if !strings.HasPrefix(inv.Email, "ben") {
				continue
			}
			k.Must(l.token, `mutation($i: UpdateInvitationInput!) { updateInvitation(input: $i) { invitation { id } } }`,
				map[string]any{"i": map[string]any{"invitationId": inv.ID, "lastName": "Çelik"}}, nil)
			k.Must(l.token, `mutation($i: CorrectInvitationEmailInput!) { correctInvitationEmail(input: $i) { invitation { id } } }`,
				map[string]any{"i": map[string]any{"invitationId": inv.ID, "email": "cem@far.test"}}, nil)
		}
		expect("berger", "")
		expect("celik", "cem")
		expect("far.test", "cem")
		k.CheckSearched()
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

// A search of places splits its text into words. Each must begin a word of the name, in any order;
// accents and case are folded alike on both databases.
func TestASearchFindsPlacesByWords(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		p.Group("Évening class", "PRIVATE", nil)
		p.Group("Morning class", "PRIVATE", nil)
		p.Unit("Zürich North", nil)
		p.Session(p.Program("Deep diving"), "Übung 1", apptest.Always, apptest.Always)
		l := listReader{t, k, k.SignIn("admin@acme.test", apptest.Password)}
		for _, c := range []struct{ list, search, want string }{
			{"groups", "CLASS EVE", "Évening class"}, {"groups", "class", "Évening class Morning class"},
			{"groups", "vening", ""}, {"groups", "  ", "Évening class Morning class"},
			{"groups", "%", ""},
			{"orgUnits", "north zurich", "Zürich North"}, {"programs", "diving", "Deep diving"},
			{"sessions", "ubung", "Übung 1"},
		} {
			got := l.read(c.list, fmt.Sprintf(", filter: {search: %q}, orderBy: {field: CREATED_AT}",
				c.search), "name")
			if strings.Join(got, " ") != c.want {
				t.Errorf("%s %q: %q, want %q", c.list, c.search, got, c.want)
			}
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
