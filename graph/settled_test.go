package graph_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/apptest"
	"usher/internal/store"
)

// changedMembers is a reader that keeps a copy of the members, by the cursor of its last page.
type changedMembers struct {
	p     *apptest.Place
	token string
	since string
	after string
}

// next returns the names of those who changed since the last call, until a name comes.
func (c *changedMembers) next(t *testing.T) (names []string) {
	t.Helper()
	for {
		after := ""
		if c.after != "" {
			after = `, after: "` + c.after + `"`
		}
		var got struct {
			Workspace struct {
				Members struct {
					Edges []struct {
						Node struct{ User struct{ Email string } }
					}
					PageInfo struct {
						HasNextPage bool
						EndCursor   *string
					}
				}
			}
		}
		c.p.Must(c.token, `{ workspace(id: "`+c.p.Workspace.ID.String()+`") { members(first: 1`+after+
			`, filter: {updatedAfter: "`+c.since+`"}, orderBy: {field: UPDATED_AT}) {
			edges { node { user { email } } } pageInfo { hasNextPage endCursor } } } }`, nil, &got)
		for _, edge := range got.Workspace.Members.Edges {
			name, _, _ := strings.Cut(edge.Node.User.Email, "@")
			names = append(names, name)
		}
		if end := got.Workspace.Members.PageInfo.EndCursor; end != nil {
			c.after = *end
		}
		if !got.Workspace.Members.PageInfo.HasNextPage {
			return names
		}
	}
}

// waitFor reads until somebody has changed, and returns who has until then.
func (c *changedMembers) waitFor(t *testing.T, name string) string {
	t.Helper()
	var all []string
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if all = append(all, c.next(t)...); slices.Contains(all, name) {
			return strings.Join(all, " ")
		}
	}
	t.Fatalf("%s has not changed, only %v", name, all)
	return ""
}

// PAR-7: a change whose transaction is open across a reading, while a later change commits, comes with the
// next reading: a cursor never passes over it.
func TestAReaderOfChangesSkipsNone(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "postgres", apptest.WithoutWorker, apptest.WithoutMail)
	p := k.Found("Acme", "acme")
	ann, ben := p.Join("ann@example.org", nil), p.Join("ben@example.org", nil)
	// The clock of the kit stands still, that of the database does not.
	c := &changedMembers{p: p, token: k.SignIn("admin@acme.test", apptest.Password),
		since: time.Now().UTC().Add(-time.Hour).Format(time.RFC3339)}
	if got := c.waitFor(t, "ben"); got != "admin ann ben" {
		t.Fatalf("at first %s", got)
	}
	label := func(ctx context.Context, tx *store.Tx, to string) error {
		row := ann
		if to == "late" {
			row = ben
		}
		return tx.Member.UpdateOneID(row.ID).SetLabels([]string{to}).Exec(ctx)
	}
	p.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := label(ctx, tx, "early"); err != nil {
			return err
		}
		p.Write(func(ctx context.Context, tx *store.Tx) error { return label(ctx, tx, "late") })
		// Longer than what is always left out, so that only the open transaction holds it back.
		time.Sleep(3 * time.Second)
		if names := c.next(t); len(names) != 0 {
			t.Errorf("read %v before the earlier change was committed", names)
		}
		return nil
	})
	if got := c.waitFor(t, "ben"); got != "ann ben" {
		t.Errorf("after the commit %q, want ann ben", got)
	}
	// Other orders have what is new immediately.
	p.Write(func(ctx context.Context, tx *store.Tx) error { return label(ctx, tx, "late") })
	l := listReader{t, k, c.token}
	l.expect("members", `, filter: {updatedAfter: "`+time.Now().UTC().Add(-2*time.Second).Format(
		time.RFC3339Nano)+`"}, orderBy: {field: NAME}`, "user { email }", "ben")
}

// What was deleted is read by the API with its type and a cursor of its own.
func TestDeletionsAreReadByACursor(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		ann := p.Join("ann@example.org", nil)
		token := k.SignIn("admin@acme.test", apptest.Password)
		k.Must(token, `mutation { removeMember(input: {memberId: "`+ann.ID.String()+
			`"}) { deletedId } }`, nil, nil)
		var got struct {
			Workspace struct {
				Deletions struct {
					Nodes     []struct{ ID, Kind string }
					EndCursor string
				}
				Events struct{ EndCursor string }
			}
		}
		read := func(args string) *apptest.Answer {
			return k.Ask(token, `{ workspace(slug: "acme") { events(first: 1) { endCursor }
				deletions`+args+` { nodes { id kind deletedAt } endCursor hasNextPage } } }`, nil)
		}
		k.Eventually("the removed member is told", func() bool {
			k.Must(token, `{ workspace(slug: "acme") { events(first: 1) { endCursor }
				deletions { nodes { id kind } endCursor } } }`, nil, &got)
			return len(got.Workspace.Deletions.Nodes) > 0
		})
		nodes := got.Workspace.Deletions.Nodes
		if len(nodes) != 1 || nodes[0].ID != ann.ID.String() || nodes[0].Kind != "MEMBER" {
			t.Errorf("told %v", nodes)
		}
		if a := read(`(after: "` + got.Workspace.Deletions.EndCursor + `")`); len(a.Errors) > 0 {
			t.Errorf("the cursor is refused: %v", a.Errors)
		}
		for args, code := range map[string]string{
			`(after: "` + got.Workspace.Events.EndCursor + `")`: "BAD_USER_INPUT",
			`(after: "nonsense")`:                               "BAD_USER_INPUT",
			`(deletedAfter: "2020-01-01T00:00:00Z")`:            "CURSOR_EXPIRED",
		} {
			if a := read(args); a.Code() != code {
				t.Errorf("%s: %v, want %s", args, a.Errors, code)
			}
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
