package onboarding_test

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/mail"
	"usher/ent/schema"
	entsuppression "usher/ent/suppression"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/store"
)

// onBoth runs a test in a workspace of its own, on each database. No worker runs: a test that is
// about what a mail says or how it fares takes withWorker.
func onBoth(t *testing.T, test func(t *testing.T, p *apptest.Place), opts ...apptest.Option) {
	t.Helper()
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		test(t, k.Found("Acme", "acme"))
		k.CheckSearched()
	}, append(opts, apptest.WithoutWorker)...)
}

// withWorker is onBoth with the queue at work.
func withWorker(t *testing.T, test func(t *testing.T, p *apptest.Place)) {
	t.Helper()
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		test(t, k.Found("Acme", "acme"))
		k.CheckSearched()
	})
}

type (
	ctx    = context.Context
	input  = invitation.InviteInput
	grants = admission.GrantInput
)

// invite is what the administrator invites; the mail is only queued.
func invite(p *apptest.Place, in input) []*invitation.Outcome {
	p.T.Helper()
	out, err := inviteAs(p, p.Admin, in)
	if err != nil {
		p.T.Fatal(err)
	}
	return out
}

func inviteAs(p *apptest.Place, by *ent.Member, in input) ([]*invitation.Outcome, error) {
	p.T.Helper()
	if in.WorkspaceID.IsZero() {
		in.WorkspaceID = p.Workspace.ID
	}
	return p.Invitations.Invite(p.T.Context(), p.Caller(by), in)
}

// sent is one invitation whose mail is queued.
func sent(p *apptest.Place, email string) *ent.Invitation {
	p.T.Helper()
	return invite(p, input{Emails: []string{email}})[0].Invitation
}

// accept accepts as a new person by the copied link, signed in as nobody.
func accept(p *apptest.Place, inv *ent.Invitation) (*acceptance.Acceptance, error) {
	p.T.Helper()
	return p.Acceptances.Accept(p.T.Context(), nil, p.Accepting(inv), noOrigin)
}

func mustAccept(p *apptest.Place, by *access.Caller,
	in acceptance.AcceptInput) *acceptance.Acceptance {
	p.T.Helper()
	a, err := p.Acceptances.Accept(p.T.Context(), by, in, noOrigin)
	if err != nil {
		p.T.Fatal(err)
	}
	return a
}

// deactivated brings a person in and ends their membership.
func deactivated(p *apptest.Place, email string) *ent.Member {
	p.T.Helper()
	m := p.Join(email, &grants{AccessExpiresAt: after(p, day)})
	p.Clock.Add(2 * day)
	if err := p.Members.EndAccess(p.T.Context()); err != nil {
		p.T.Fatal(err)
	}
	return m
}

// refused checks a refusal: its code, and the field where the input is at fault.
func refused(t testing.TB, err error, code fault.Code, field string) {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok {
		t.Errorf("want %s at %q, got %v", code, field, err)
		return
	}
	if f.Code != code || f.Field != field {
		t.Errorf("want %s at %q, got %s at %q: %v", code, field, f.Code, f.Field, err)
	}
}

// must ends the test at an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same checks that two values are equal.
func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// told lists outcomes as "address STATUS", with warnings behind.
func told(outcomes []*invitation.Outcome) []string {
	list := []string{}
	for _, o := range outcomes {
		line := o.Input + " " + string(o.Status)
		for _, w := range o.Warnings {
			line += " " + string(w)
		}
		list = append(list, line)
	}
	return list
}

const day = 24 * time.Hour

// after is a moment so far from now.
func after(p *apptest.Place, d time.Duration) *time.Time {
	at := p.Clock.Now().Add(d).UTC().Truncate(time.Microsecond)
	return &at
}

func addresses(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("person%03d@example.org", i)
	}
	return list
}

// noOrigin is where requests of tests come from.
var noOrigin account.Origin

// suppressed has an address refuse the mails of a workspace, or of all for the zero id.
func suppressed(p *apptest.Place, email string, place ident.ID) {
	p.T.Helper()
	p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
		return tx.Suppression.Create().SetEmailKey(email).SetPlaceID(place).
			SetReason(entsuppression.ReasonAsked).Exec(ctx)
	})
}

// all is the filter that selects all.
func all(*sql.Selector) {}

type roleassignments = ent.RoleAssignmentQuery

func sortedOf(list []string) []string {
	slices.Sort(list)
	return list
}

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// endOfDay is the last moment of a day where it is.
func endOfDay(at time.Time) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d, 23, 59, 59, 0, at.Location())
}

func withAnswer(in acceptance.AcceptInput, key, answer string) acceptance.AcceptInput {
	in.CustomFields = map[string]any{key: answer}
	return in
}

func sortedIDs(list []ident.ID) []ident.ID {
	slices.SortFunc(list, func(a, b ident.ID) int { return bytes.Compare(a[:], b[:]) })
	return list
}

// named tells whether a name is in a list, "a, b".
func named(list, name string) bool { return slices.Contains(strings.Split(list, ", "), name) }

type invitationRow = ent.Invitation

// cleanup is a context that outlives the test, to stop in.
func cleanup(t testing.TB) ctx {
	t.Helper()
	c, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return c
}

// waiting counts the mails that are still to go out now.
func waiting(p *apptest.Place) int {
	p.T.Helper()
	n, err := p.Store.Mail.Query().Where(mail.StatusEQ(mail.StatusQueued),
		mail.DueAtLTE(p.Clock.Now())).Count(store.AsSystem(p.T.Context(), "a test looks"))
	if err != nil {
		p.T.Fatal(err)
	}
	return n
}

func countOf(list []string, word string) (n int) {
	for _, s := range list {
		if s == word {
			n++
		}
	}
	return n
}

type settings = schema.WorkspaceSettings

func idList(groups ...*ent.Group) (list []ident.ID) {
	for _, g := range groups {
		list = append(list, g.ID)
	}
	return list
}

// sentTo is the invitation of an address.
func sentTo(p *apptest.Place, email string) *ent.Invitation {
	p.T.Helper()
	inv, err := p.Store.Invitation.Query().Where(entinvitation.EmailKey(email)).Only(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	return inv
}

// changed lists the tables that two snapshots differ in.
func changed(a, b map[string][]string) (tables []string) {
	for table := range a {
		if !slices.Equal(a[table], b[table]) {
			tables = append(tables, table)
		}
	}
	return sortedOf(tables)
}
