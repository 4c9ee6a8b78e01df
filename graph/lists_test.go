package graph_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/group"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/role"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/store"
)

// listReader reads lists of a workspace.
type listReader struct {
	t     *testing.T
	k     *apptest.Kit
	token string
}

// read returns a field of all rows of a list, in its order. It reads pages of two, forwards and
// backwards, which must be the same rows, as many as totalCount says.
func (l listReader) read(list, args, field string) []string {
	l.t.Helper()
	forwards := l.pages(list, args, field, "first", "after")
	backwards := l.pages(list, args, field, "last", "before")
	if !slices.Equal(forwards, backwards) {
		l.t.Errorf("%s(%s): forwards %v, backwards %v", list, args, forwards, backwards)
	}
	return forwards
}

func (l listReader) pages(list, args, field, size, beyond string) (all []string) {
	l.t.Helper()
	cursor := ""
	for range 20 {
		at := ""
		if cursor != "" {
			at = fmt.Sprintf(", %s: %q", beyond, cursor)
		}
		var out struct {
			Workspace map[string]struct {
				TotalCount int
				PageInfo   struct {
					HasNextPage, HasPreviousPage bool
					StartCursor, EndCursor       *string
				}
				Edges []struct{ Node map[string]any }
			}
		}
		l.k.Must(l.token, fmt.Sprintf(`{ workspace(slug: "acme") { %s(%s: 2%s%s) {
			totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
			edges { node { %s } } } } }`, list, size, at, args, field), nil, &out)
		page := out.Workspace[list]
		var rows []string
		for _, edge := range page.Edges {
			name, _, nested := strings.Cut(field, " { ")
			value := edge.Node[name]
			if nested {
				value = value.(map[string]any)["email"]
			}
			rows = append(rows, fmt.Sprint(value))
		}
		more, next := page.PageInfo.HasNextPage, page.PageInfo.EndCursor
		if size == "last" {
			more, next = page.PageInfo.HasPreviousPage, page.PageInfo.StartCursor
			all = append(rows, all...)
		} else {
			all = append(all, rows...)
		}
		if !more {
			if len(all) != page.TotalCount {
				l.t.Errorf("%s(%s): %d rows, totalCount %d", list, args, len(all), page.TotalCount)
			}
			return all
		}
		cursor = *next
	}
	l.t.Fatalf("%s(%s): no end", list, args)
	return nil
}

// expect reads a list and compares what stands before the @ of its rows.
func (l listReader) expect(list, args, field, want string) {
	l.t.Helper()
	got := l.read(list, args, field)
	for i := range got {
		got[i], _, _ = strings.Cut(got[i], "@")
	}
	if strings.Join(got, " ") != want {
		l.t.Errorf("%s(%s): %s, want %s", list, args, strings.Join(got, " "), want)
	}
}

func TestMembersAreFilteredAndOrdered(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		readers, unit := p.Group("Readers", "PRIVATE", nil), p.Unit("Sales", nil)
		session := p.Session(p.Program("Swimming"), "Autumn", apptest.Always, apptest.Always)
		p.Field("size", customfield.TypeText, false)
		grants := map[string]*admission.GrantInput{
			"ann": {GroupIDs: []ident.ID{readers.ID}, Roles: []string{"coach"}},
			"ben": {GroupIDs: []ident.ID{readers.ID}, OrgUnitID: &unit.ID},
			"cem": {SessionIDs: []ident.ID{session.ID}},
		}
		p.Clock.Add(time.Hour)
		from := p.Clock.Now()
		for _, name := range []string{"ann", "ben", "cem"} {
			p.Join(name+"@example.org", grants[name])
			p.Clock.Add(time.Hour)
		}
		coach := p.Store.Role.Query().Where(role.Key("coach")).OnlyX(p.In()).ID
		long := from.Add(24 * time.Hour)
		ben := p.Member("ben@example.org")
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			for name, end := range map[string]*time.Time{"ann": &long, "ben": new(long.Add(1))} {
				if err := tx.Member.Update().
					Where(member.EmailKey(name + "@example.org")).SetAccessExpiresAt(*end).
					SetCustomFields(map[string]string{"size": name}).
					SetUpdatedAt(from.Add(100 * time.Hour)).Exec(ctx); err != nil {
					return err
				}
			}
			return tx.Member.UpdateOne(ben).SetLabels([]string{"north"}).
				SetUpdatedAt(from.Add(200 * time.Hour)).Exec(ctx)
		})
		l := listReader{t, k, k.SignIn("admin@acme.test", apptest.Password)}
		in := func(n int) string { return from.Add(time.Duration(n) * time.Hour).Format(time.RFC3339) }
		for filter, want := range map[string]string{
			`roleId: "` + coach.String() + `"`:                                         "ann",
			`groupId: "` + readers.ID.String() + `"`:                                   "ben ann",
			`groupId: "` + readers.ID.String() + `", roleId: "` + coach.String() + `"`: "ann",
			`orgUnitId: "` + unit.ID.String() + `"`:                                    "ben",
			`sessionId: "` + session.ID.String() + `"`:                                 "cem",
			`label: "north"`:                                              "ben",
			`label: "nor"`:                                                "",
			`email: "BEN@Example.org"`:                                    "ben",
			`email: "ben@example"`:                                        "",
			`email: "no address"`:                                         "",
			`customField: {key: "size", value: "ann"}`:                    "ann",
			`customField: {key: "size", value: "an"}`:                     "",
			`joinedAfter: "` + in(1) + `"`:                                "cem ben",
			`joinedAfter: "` + in(1) + `", joinedBefore: "` + in(2) + `"`: "ben",
			`accessEndsBefore: "` + in(24) + `"`:                          "",
			`accessEndsBefore: "` + in(25) + `"`:                          "ben ann",
			`updatedAfter: "` + in(100) + `"`:                             "ben ann",
			`status: [DEACTIVATED]`:                                       "",
			`search: "be", status: [ACTIVE]`:                              "ben",
		} {
			l.expect("members", ", filter: {"+filter+"}", "user { email }", want)
		}
		for order, want := range map[string]string{
			`field: JOINED_AT`:                          "admin ann ben cem",
			`field: CREATED_AT, direction: DESC`:        "cem ben ann admin",
			`field: UPDATED_AT, direction: DESC`:        "ben ann cem admin",
			`field: ACCESS_EXPIRES_AT`:                  "ann ben admin cem",
			`field: ACCESS_EXPIRES_AT, direction: DESC`: "cem admin ben ann",
		} {
			l.expect("members", ", orderBy: {"+order+"}", "user { email }", want)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func TestInvitationsAreFilteredAndOrdered(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		readers, unit := p.Group("Readers", "PRIVATE", nil), p.Unit("Sales", nil)
		from := p.Clock.Now().UTC().Truncate(time.Second)
		at := func(n int) time.Time { return from.Add(time.Duration(n) * time.Hour) }
		for _, name := range []string{"ann", "ben", "cem"} {
			grant := &admission.GrantInput{}
			switch name {
			case "ann":
				grant = &admission.GrantInput{GroupIDs: []ident.ID{readers.ID},
					Roles: []string{"coach"}, Labels: []string{"north", "a b"}}
			case "ben":
				grant = &admission.GrantInput{OrgUnitID: &unit.ID}
			}
			p.Invite(name+"@example.org", grant)
		}
		coach := p.Store.Role.Query().Where(role.Key("coach")).OnlyX(p.In()).ID
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			for i, name := range []string{"ann", "ben", "cem"} {
				u := tx.Invitation.Update().Where(invitation.EmailKey(name + "@example.org")).
					SetUpdatedAt(at(100 - i))
				if name == "cem" {
					u.ClearExpiresAt().ClearLastSentAt()
				} else {
					u.SetExpiresAt(at(50 - i)).SetLastSentAt(at(i))
				}
				if err := u.Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		l := listReader{t, k, k.SignIn("admin@acme.test", apptest.Password)}
		text := func(n int) string { return at(n).Format(time.RFC3339) }
		for filter, want := range map[string]string{
			`roleId: "` + coach.String() + `"`:       "ann",
			`groupId: "` + readers.ID.String() + `"`: "ann",
			`orgUnitId: "` + unit.ID.String() + `"`:  "ben",
			`label: "a b"`:                           "ann",
			`label: "a"`:                             "",
			`email: "Ben@EXAMPLE.org"`:               "ben",
			`email: "@"`:                             "",
			`expiresBefore: "` + text(50) + `"`:      "ben",
			`expiresBefore: "` + text(51) + `"`:      "ben ann",
			`updatedAfter: "` + text(99) + `"`:       "ben ann",
			`search: "ce"`:                           "cem",
		} {
			l.expect("invitations", ", filter: {"+filter+"}", "email", want)
		}
		for order, want := range map[string]string{
			`field: EMAIL`:                         "ann ben cem",
			`field: CREATED_AT, direction: DESC`:   "cem ben ann",
			`field: UPDATED_AT`:                    "cem ben ann",
			`field: EXPIRES_AT`:                    "ben ann cem",
			`field: EXPIRES_AT, direction: DESC`:   "cem ann ben",
			`field: LAST_SENT_AT`:                  "cem ann ben",
			`field: LAST_SENT_AT, direction: DESC`: "ben ann cem",
		} {
			l.expect("invitations", ", orderBy: {"+order+"}", "email", want)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func TestPlacesAreFilteredAndOrdered(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		top := p.Group("Top", "PUBLIC", nil)
		below := p.Group("Archers", "PRIVATE", top)
		p.Group("Bakers", "PUBLIC", nil)
		unit := p.Unit("North", nil)
		p.Unit("East", unit)
		swimming, diving := p.Program("Swimming", top), p.Program("Diving")
		now := p.Clock.Now().UTC().Truncate(time.Second)
		p.Session(swimming, "Past", -48*time.Hour, -24*time.Hour)
		p.Session(diving, "Next", 24*time.Hour, 48*time.Hour)
		p.Session(swimming, "Always", apptest.Always, apptest.Always)
		p.Field("size", customfield.TypeText, false)
		p.Field("age", customfield.TypeNumber, false)
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			for _, g := range []*ent.Group{below} {
				if err := tx.Group.UpdateOne(g).SetExternalID("ext 7").
					SetUpdatedAt(now.Add(1000 * time.Hour)).Exec(ctx); err != nil {
					return err
				}
			}
			return tx.CustomField.Update().Where(customfield.Key("size")).SetPosition(9).Exec(ctx)
		})
		l := listReader{t, k, k.SignIn("admin@acme.test", apptest.Password)}
		late := now.Add(1000 * time.Hour).Format(time.RFC3339)
		for _, c := range []struct{ list, args, field, want string }{
			{"groups", ``, "name", "Archers Bakers Top"},
			{"groups", `, filter: {search: "ARCH"}`, "name", "Archers"},
			{"groups", `, filter: {externalId: ["ext 7", "ext 8"]}`, "name", "Archers"},
			{"groups", `, filter: {parentId: "` + top.ID.String() + `"}`, "name", "Archers"},
			{"groups", `, filter: {visibility: [PUBLIC]}`, "name", "Bakers Top"},
			{"groups", `, filter: {updatedAfter: "` + late + `"}`, "name", "Archers"},
			{"groups", `, orderBy: {field: CREATED_AT}`, "name", "Top Archers Bakers"},
			{"groups", `, orderBy: {field: UPDATED_AT, direction: DESC}`, "name", "Archers Top Bakers"},
			{"orgUnits", `, filter: {search: "north"}`, "name", "North"},
			{"orgUnits", `, filter: {parentId: "` + unit.ID.String() + `"}`, "name", "East"},
			{"programs", `, filter: {search: "div"}`, "name", "Diving"},
			{"programs", `, filter: {groupId: "` + top.ID.String() + `"}`, "name", "Swimming"},
			{"sessions", ``, "name", "Past Next Always"},
			{"sessions", `, orderBy: {field: STARTS_AT}`, "name", "Always Past Next"},
			{"sessions", `, orderBy: {field: NAME, direction: DESC}`, "name", "Past Next Always"},
			{"sessions", `, filter: {phase: [OVER, COMING]}`, "name", "Past Next"},
			{"sessions", `, filter: {phase: []}`, "name", ""},
			{"sessions", `, filter: {programId: "` + swimming.ID.String() + `"}`, "name", "Past Always"},
			{"sessions", `, filter: {startsAfter: "` + now.Format(time.RFC3339) + `"}`, "name", "Next"},
			{"sessions", `, filter: {startsBefore: "` + now.Format(time.RFC3339) + `"}`, "name", "Past Always"},
			{"roles", `, filter: {builtIn: false}`, "name", ""},
			{"roles", `, filter: {search: "coac"}`, "key", "coach"},
			{"customFields", ``, "key", "age size"},
			{"customFields", `, orderBy: {field: CREATED_AT}`, "key", "size age"},
			{"customFields", `, filter: {type: [NUMBER]}`, "key", "age"},
		} {
			l.expect(c.list, c.args, c.field, c.want)
		}

		// A filter by a hidden group selects what one by a missing group selects: learners see
		// their own groups alone.
		p.Join("learner@example.org", &admission.GrantInput{GroupIDs: []ident.ID{
			p.Store.Group.Query().Where(group.Name("Archers")).OnlyX(p.In()).ID}})
		learner := listReader{t, k, k.SignIn("learner@example.org", apptest.Password)}
		learner.expect("groups", ``, "name", "Archers")
		learner.expect("groups", `, filter: {parentId: "`+top.ID.String()+`"}`, "name", "")
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
