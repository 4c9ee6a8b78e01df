package graph_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"usher/ent"
	"usher/graph"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
)

// bent is a resolver some of whose fields go wrong, for some of the rows.
type bent struct {
	*graph.Resolver
	how  string
	rows map[ident.ID]bool
}

// wrong goes wrong in the way that is being tested.
func (b *bent) wrong(row ident.ID) error {
	if !b.rows[row] {
		return nil
	}
	switch b.how {
	case "a panic":
		panic("the sky falls")
	case "a fault":
		return fault.Missing()
	case "an error":
		return errors.New("no more ink")
	}
	return errNull
}

var errNull = errors.New("answer with null")

type bentMember struct {
	graph.MemberResolver
	*bent
}

func (b *bent) Member() graph.MemberResolver { return bentMember{b.Resolver.Member(), b} }

func (b bentMember) CustomFields(ctx context.Context, m *ent.Member) (map[string]any, error) {
	switch err := b.wrong(m.ID); {
	case errors.Is(err, errNull): // which the schema does not allow
		return nil, nil
	case err != nil:
		return nil, err
	}
	return b.MemberResolver.CustomFields(ctx, m)
}

type bentEvent struct {
	graph.AuditEventResolver
	*bent
}

func (b *bent) AuditEvent() graph.AuditEventResolver {
	return bentEvent{b.Resolver.AuditEvent(), b}
}

func (b bentEvent) Summary(ctx context.Context, e *ent.AuditEvent) (string, error) {
	if e.MemberID != nil {
		if err := b.wrong(*e.MemberID); err != nil {
			return "", err
		}
	}
	return b.AuditEventResolver.Summary(ctx, e)
}

// deeper are queries that come to a field which may go wrong, one deeper than the other.
var deeper = []string{
	`{ node(id: "MEMBER") { id ... on Member { customFields } } }`,
	`{ nodes(ids: ["MEMBER", "nothing", "MEMBER"]) { id ... on Member { customFields } } }`,
	`{ viewer { memberships { id customFields user { email } } } }`,
	`{ workspace(slug: "acme") { name members(first: 20) { totalCount edges { cursor node { id customFields } } } } }`,
	`{ workspace(slug: "acme") { members(first: 20) { edges { node { groups { name } customFields } } } invitations(first: 20) { edges { node { email member { customFields id } } } } } }`,
	`{ workspace(slug: "acme") { imports(first: 5) { edges { node { id startedBy { user { email } customFields } counts { invite } } } } } }`,
	`{ workspace(slug: "acme") { invitations(first: 20) { edges { node { link history { summary actor { id customFields workspace { name } } } } } } } }`,
	`{ workspace(slug: "acme") { auditEvents(first: 90) { edges { node { at summary actor { customFields } } } } } }`,
	`{ workspace(slug: "acme") { joinRequests(first: 9) { edges { node { member { customFields } joinLink { roles { workspace { members(first: 9) { edges { node { customFields } } } } } } } } } } }`,
}

// Whatever goes wrong, however deep, is reported as gqlgen reports it: texts, paths, and what
// becomes null above it.
func TestAFaultIsAnsweredAsGqlgenAnswersIt(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "sqlite", apptest.WithoutWorker)
	c, _ := furnished(t, k)
	members := c.Store.Member.Query().AllX(c.In())
	for _, how := range []string{"a panic", "a fault", "an error", "null"} {
		for name, count := range map[string]int{"one row": 1, "all rows": len(members)} {
			b := &bent{Resolver: resolver(k), how: how, rows: map[ident.ID]bool{c.Admin.ID: true}}
			for _, m := range members[:count] {
				b.rows[m.ID] = true
			}
			both := newComparing(k, b, k.Caller(c.Admin))
			for _, query := range deeper {
				query = strings.ReplaceAll(query, "MEMBER", c.Admin.ID.String())
				answer, tally := both.same(t, query)
				if !strings.HasPrefix(answer, "[") && !strings.HasPrefix(answer, "10 errors") &&
					name == "all rows" && strings.Contains(query, "customFields") &&
					!strings.Contains(query, "joinRequests") {
					t.Errorf("%s in %s: no error in the answer to %s: %s", how, name, query, answer)
				}
				if len(tally.Left) == 0 {
					t.Errorf("%s in %s: nothing was left to gqlgen: %s", how, name, query)
				}
			}
		}
	}
}
