package graph_test

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/ent/assignmentsource"
	"usher/ent/importbatch"
	"usher/ent/member"
	"usher/ent/role"
	"usher/ent/schema"
	"usher/ent/suppression"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/joinlink"
	"usher/internal/provisioning"
	"usher/internal/secret"
	"usher/internal/store"
)

// legend is the head of testdata/matrix.txt.
const legend = `# Who may do what: one line for each operation and kind of object, one column for each caller.
#
# own     the object is among what the caller looks after
# beyond  it lies beside that
# abroad  it is another organization's
# higher  it is among what the caller looks after, and gives or holds the role of an administrator
# wider   it is among what the caller looks after, and stands in a group beyond that as well
# other   a member among those whom the caller looks after, who is in another workspace of the organization too
# child   a group or an org unit in which the caller holds the role, below one that lies beyond
#
# yes     it is done                      no        FORBIDDEN: the caller sees the object and may not do this
# unseen  NOT_FOUND                       sign in   UNAUTHENTICATED
# input   BAD_USER_INPUT                  conflict  CONFLICT: the caller may, but the object is in no state for it
#
`

// raised are the kinds of objects above the caller, each with the words of requests that have such
// an object. A request gets a line for every kind that one of its words has: a new operation on
// such an object gets its lines by itself.
var raised = []struct {
	scope string
	words []string
}{
	{"higher", []string{"INVITATION", "MEMBER", "MANAGED", "LINK", "REQUEST", "IMPORT", "RUNNING",
		"PAUSED", "DONE"}},
	{"wider", []string{"INVITATION", "MEMBER", "MANAGED", "LINK", "REQUEST", "IMPORT", "RUNNING",
		"PAUSED", "DONE"}},
	{"other", []string{"MEMBER", "MANAGED"}},
	{"child", []string{"GROUP", "UNIT"}},
}

// scopesOf are the kinds of objects that a request gets a line for.
func scopesOf(request string) []string {
	scopes := []string{"own", "beyond", "abroad"}
	for _, kind := range raised {
		named := func(word string) bool { return strings.Contains(request, `"`+word+`"`) }
		// Groups and units are places that the other objects stand in as well, and are varied where
		// they stand alone.
		alone := kind.scope != "child" || !slices.ContainsFunc(raised[0].words, named)
		if alone && slices.ContainsFunc(kind.words, named) {
			scopes = append(scopes, kind.scope)
		}
	}
	return scopes
}

// freshRows makes the rows of one request, each once.
type freshRows struct {
	*matrix
	place *apptest.Place
	scope string // as the line says
	below string // whose group and unit the rows are below
	email string
	made  map[string]ident.ID
}

// words are the names of rows in requests, in the order in which they are made.
var words = []string{
	"WORKSPACE", "GROUP", "UNIT", "PROGRAM", "SESSION", "MEMBER", "INVITATION", "PROMISED",
	"MANAGED", "ROLE", "FIELD", "KEY", "APPLICATION", "WEBHOOK", "LINK", "REQUEST",
	"IMPORT", "RUNNING", "PAUSED", "DONE", "ORGANIZATION", "USER", "SUPPRESSION",
	"SPARE", "ARCHIVED", "DELETED",
}

// fresh makes the rows that one request names, below the group and the unit of a scope, and puts
// their ids into it.
func (m *matrix) fresh(scope, request string) string {
	m.n++
	r := &freshRows{matrix: m, place: m.Place, scope: scope, below: "own",
		email: fmt.Sprintf("someone%d@hill.test", m.n), made: map[string]ident.ID{}}
	switch scope {
	case "abroad":
		r.place, r.below = m.abroad, scope
	case "beyond", "child":
		r.below = "beyond"
	}
	for _, word := range words {
		if strings.Contains(request, `"`+word+`"`) {
			request = strings.ReplaceAll(request, `"`+word+`"`, `"`+r.of(word).String()+`"`)
		}
	}
	return strings.NewReplacer("EMAIL", r.email, `"NAME"`, fmt.Sprintf(`"name %d"`, m.n),
		`"SLUG"`, fmt.Sprintf(`"slug-%d"`, m.n)).
		Replace(request)
}

// of returns the row of a word, which it makes when it is named for the first time.
func (r *freshRows) of(word string) ident.ID {
	if r.made[word].IsZero() {
		r.made[word] = r.makeRow(word)
	}
	return r.made[word]
}

func (r *freshRows) makeRow(word string) ident.ID {
	p := r.place
	switch word {
	case "WORKSPACE":
		return p.Workspace.ID
	case "GROUP":
		g := p.Group("fresh", "PRIVATE", r.group[r.below])
		if r.scope == "child" {
			r.hold(access.Group(g.ID), map[string]string{
				"users@g": access.UserAdmin, "group@g": access.GroupAdmin, "coach@g": access.Coach,
				"teacher@s": access.Coach})
		}
		return g.ID
	case "UNIT":
		u := p.Unit("fresh", r.unit[r.below])
		if r.scope == "child" {
			r.hold(access.OrgUnit(u.ID), map[string]string{"manager@u": access.Manager})
		}
		return u.ID
	case "PROGRAM":
		return p.Program("fresh").ID
	case "SESSION":
		s := p.Session(p.Program("of the session"), "fresh", apptest.Always, apptest.Always).ID
		if r.below == "own" || r.scope == "child" {
			r.hold(access.Session(s), map[string]string{"instructor@s": access.Instructor,
				"teacher@s": access.Instructor})
		}
		return s
	case "MEMBER":
		g, u := r.grant(), r.of("UNIT")
		g.OrgUnitID = &u
		m := p.Join("member-"+r.email, g)
		if r.scope == "other" {
			r.annex.Join("member-"+r.email, nil)
		}
		return m.ID
	case "INVITATION":
		return p.Invite("invited-"+r.email, r.grant()).ID
	case "PROMISED":
		u := r.of("UNIT")
		return p.Invite("promised-"+r.email, &admission.GrantInput{OrgUnitID: &u}).ID
	case "MANAGED":
		return r.managed()
	case "ROLE":
		return p.Role(fmt.Sprintf("role %d", r.n), access.MembersView).ID
	case "KEY":
		return r.apiKey()
	case "FIELD":
		return p.Field(fmt.Sprintf("field%d", r.n), "TEXT", false).ID
	case "APPLICATION":
		return p.Application(fmt.Sprintf("application %d", r.n), "https://app.example.org/callback").ID
	case "WEBHOOK":
		return p.Webhook(fmt.Sprintf("https://partner.example.org/%d", r.n)).ID
	case "LINK":
		return r.link()
	case "REQUEST":
		return r.request()
	case "ORGANIZATION":
		return p.Workspace.OrganizationID
	case "USER":
		user := p.Join("user-"+r.email, nil).UserID
		p.Verify("user-" + r.email)
		return user
	case "SPARE", "ARCHIVED", "DELETED":
		return r.spare(word)
	case "SUPPRESSION":
		return p.Suppress("bounced-"+r.email, suppression.ReasonBounced)
	}
	return r.imported(map[string]importbatch.Status{
		"IMPORT": importbatch.StatusPreviewed, "RUNNING": importbatch.StatusRunning,
		"PAUSED": importbatch.StatusPaused, "DONE": importbatch.StatusCompleted,
	}[word])
}

// grant is what the rows of a scope give, or hold.
func (r *freshRows) grant() *admission.GrantInput {
	g := &admission.GrantInput{GroupIDs: []ident.ID{r.of("GROUP")}}
	switch r.scope {
	case "higher":
		g.Roles = []string{access.Admin}
	case "wider":
		g.GroupIDs = append(g.GroupIDs, r.group["beyond"].ID)
	}
	return g
}

// apiKey makes an API key with a secret that nobody knows.
func (r *freshRows) apiKey() (id ident.ID) {
	r.place.Write(func(ctx context.Context, tx *store.Tx) error {
		_, hash := secret.NewAPIKey()
		key, err := tx.APIKey.Create().SetWorkspaceID(r.place.Workspace.ID).SetName("key").
			SetPermissions([]string{string(access.MembersView)}).SetSecretHash(hash).Save(ctx)
		if err == nil {
			id = key.ID
		}
		return err
	})
	return id
}

// managed makes a member without a mailbox.
func (r *freshRows) managed() ident.ID {
	g, u, p := r.grant(), r.of("UNIT"), r.place
	g.OrgUnitID = &u
	c, err := p.Provisioning.CreateUser(p.T.Context(), p.Caller(p.Admin), provisioning.CreateInput{
		WorkspaceID: p.Workspace.ID, FirstName: "Jo", LastName: "Do",
		Username: new(fmt.Sprintf("managed%d", r.n)), Grant: g,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	if r.scope == "other" {
		r.annex.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Member.Create().SetWorkspaceID(r.annex.Workspace.ID).
				SetUserID(c.Member.UserID).SetStatus(member.StatusActive).
				SetJoinedVia(member.JoinedViaCreated).SetJoinedAt(r.Clock.Now()).Exec(ctx)
		})
	}
	return c.Member.ID
}

// spare makes another workspace of the organization, in the state of a word.
func (r *freshRows) spare(word string) (id ident.ID) {
	r.AsSystem(func(ctx context.Context, tx *store.Tx) error {
		create := tx.Workspace.Create().SetOrganizationID(r.place.Workspace.OrganizationID).
			SetSlug(fmt.Sprintf("spare-%d", r.n)).SetName("spare").
			SetSettings(schema.WorkspaceSettings{})
		if word != "SPARE" {
			create.SetArchivedAt(r.Clock.Now())
		}
		if word == "DELETED" {
			create.SetDeletionAt(r.Clock.Now().AddDate(0, 0, 1))
		}
		row, err := create.Save(ctx)
		if err == nil {
			id = row.ID
		}
		return err
	})
	return id
}

// link makes a join link, as the administrator does.
func (r *freshRows) link() ident.ID {
	p := r.place
	link, err := p.JoinLinks.CreateLink(p.T.Context(), p.Caller(p.Admin), joinlink.CreateLinkInput{
		WorkspaceID: p.Workspace.ID, Slug: new(fmt.Sprintf("fresh-%d", r.n)), Grant: r.grant(),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return link.ID
}

// request makes a request to join that waits.
func (r *freshRows) request() (id ident.ID) {
	link := r.of("LINK")
	r.place.Write(func(ctx context.Context, tx *store.Tx) error {
		row, err := tx.JoinRequest.Create().SetWorkspaceID(r.place.Workspace.ID).
			SetJoinLinkID(link).SetEmail("asks-" + r.email).
			SetEmailKey("asks-" + r.email).SetStatus("WAITING").SetPasswordHash("x").Save(ctx)
		if err == nil {
			id = row.ID
		}
		return err
	})
	return id
}

// imported makes an import of the administrator's.
func (r *freshRows) imported(status importbatch.Status) (id ident.ID) {
	grant := r.place.Invite("sample-"+r.email, r.grant()).Grant
	r.place.Write(func(ctx context.Context, tx *store.Tx) error {
		row, err := tx.ImportBatch.Create().SetWorkspaceID(r.place.Workspace.ID).SetStatus(status).
			SetAction("INVITE").SetExisting("SKIP").
			SetSource("TEXT").SetGrant(grant).SetStartedByID(r.place.Admin.ID).Save(ctx)
		if err == nil {
			id = row.ID
		}
		return err
	})
	return id
}

// hold gives callers of the matrix roles at one more place.
func (m *matrix) hold(at access.Place, roles map[string]string) {
	m.Write(func(ctx context.Context, tx *store.Tx) error {
		for who, key := range roles {
			r, err := tx.Role.Query().Where(role.Key(key)).OnlyID(ctx)
			if err != nil {
				return err
			}
			row := tx.RoleAssignment.Create().SetWorkspaceID(m.Workspace.ID).
				SetMemberID(m.members[who].ID).SetRoleID(r).SetPlaceID(at.ID)
			switch at.Kind {
			case access.InGroup:
				row.SetGroupID(at.ID)
			case access.InOrgUnit:
				row.SetOrgUnitID(at.ID)
			case access.InSession:
				row.SetSessionID(at.ID)
			}
			held, err := row.Save(ctx)
			if err != nil {
				return err
			}
			if err := tx.AssignmentSource.Create().SetWorkspaceID(m.Workspace.ID).
				SetAssignmentID(held.ID).SetKind(assignmentsource.KindDirect).
				SetSourceID(at.ID).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}
