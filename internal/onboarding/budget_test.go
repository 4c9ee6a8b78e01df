package onboarding_test

import (
	"testing"
	"time"

	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/testkit/probe"
)

// cost is how many statements an invitation of some addresses takes, and how long.
func cost(p *apptest.Place, emails []string, g *grants) (int64, time.Duration) {
	p.T.Helper()
	by := p.Caller(p.Admin)
	c, n := probe.CountStatements(p.T.Context())
	start := time.Now()
	if _, err := p.Invitations.Invite(c, by, input{WorkspaceID: p.Workspace.ID, Emails: emails,
		Grant: g}); err != nil {
		p.T.Fatal(err)
	}
	return n.Load(), time.Since(start)
}

// Both numbers are written by COPY: a few rows go together in one statement.
func TestFiveHundredInvitationsTakeTheStatementsOfForty(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PUBLIC", nil)
		s := p.Session(p.Program("Safety"), "Monday", day, 2*day)
		give := &grants{GroupIDs: idList(g), SessionIDs: []ident.ID{s.ID}, Labels: []string{"vip"}}
		all := addresses(540)
		few, _ := cost(p, all[:40], give)
		many, took := cost(p, all[40:], give)
		t.Logf("%d statements, 500 new addresses in %s", many, took)
		same(t, "statements", many, few)
		again, took := cost(p, all[40:], give)
		t.Logf("%d statements, 500 pending ones in %s", again, took)
	})
}

func TestALargeRequestWithALargeGrantStaysWithinWhatAStatementTakes(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		give := &grants{}
		for range 100 {
			give.GroupIDs = append(give.GroupIDs, p.Group("g", "PRIVATE", nil).ID)
		}
		_, took := cost(p, addresses(500), give)
		t.Logf("500 addresses into 100 groups in %s", took)
		same(t, "invitations", p.CountInvitations(), 500)
		m := mustAccept(p, nil, p.Accepting(sentTo(p, "person000@example.org"))).Member
		same(t, "holds", len(p.Holds(m.ID)), 100)
	})
}

func TestTheAnswerNamesTheInvitationOfEachAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		emails := []string{"z@example.org", "a@example.org", "m@example.org", "B@example.org"}
		for _, o := range invite(p, input{Emails: emails}) {
			if o.Invitation == nil || o.Invitation.Email != o.Input ||
				p.Invitation(o.Invitation.ID).Email != o.Input {
				t.Errorf("the outcome of %s has the invitation of %v", o.Input, o.Invitation)
			}
		}
	})
}

// TestNewAddressesCostFewStatements holds what makes one invitation fast on PostgreSQL: one
// statement stands for all that would find nothing, and one inserts the rows of all tables.
func TestNewAddressesCostFewStatements(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		cost(p, []string{"warm@example.org"}, nil)
		n, _ := cost(p, []string{"new@example.org"}, nil)
		again, _ := cost(p, []string{"new@example.org"}, nil)
		t.Logf("%d statements for a new address, %d for a pending one", n, again)
		if most := map[bool]int64{true: 6, false: 11}[p.Store.Concurrent()]; n > most {
			t.Errorf("%d statements for a new address, and %d are enough", n, most)
		}
	})
}
