package onboarding_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/invitation"
)

// person is what the model knows of one address: where they stand, and which seat they take.
type person string

const (
	stranger person = "stranger"
	pending  person = "pending"
	inside   person = "inside"
	outside  person = "deactivated"
)

// Random sequences of what befalls people, against a model of a few lines: after each step
// everybody stands where the model says, the seats taken are those of who is inside, and every
// refusal is the one that the model foresees.
func TestLivesFollowTheirModel(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		const seats = 4
		p.Seats(seats)
		admin, walk := p.Caller(p.Admin), 0
		rapid.Check(t, func(r *rapid.T) {
			walk++
			lives := map[string]person{}
			taken := func() int {
				n := 1
				for _, is := range lives {
					if is == inside {
						n++
					}
				}
				return n
			}
			code := func(err error) fault.Code {
				if f, ok := fault.Of(err); ok {
					return f.Code
				}
				if err != nil {
					r.Fatal(err)
				}
				return ""
			}
			full := func(free person, is person) (fault.Code, person) {
				if taken() == seats {
					return fault.SeatLimitReached, free
				}
				return "", is
			}
			for range rapid.IntRange(1, 12).Draw(r, "steps") {
				email := fmt.Sprintf("p%d-%d@example.org", rapid.IntRange(0, 4).
					Draw(r, "who"), walk)
				is := lives[email]
				if is == "" {
					is = stranger
				}
				step := rapid.SampledFrom([]string{"invite", "accept", "cancel", "deactivate",
					"reactivate", "remove"}).Draw(r, "step")
				var got, want fault.Code
				next := is
				switch {
				case step == "invite":
					out := invite(p, input{Emails: []string{email}})[0]
					says := map[person]invitation.OutcomeStatus{stranger: invitation.Invited,
						pending: invitation.Updated, inside: invitation.AlreadyMember,
						outside: invitation.Deactivated}
					if out.Status != says[is] {
						r.Fatalf("%s is invited while %s: %s", email, is, out.Status)
					}
					if is == stranger {
						next = pending
					}
				case step == "accept" && is == pending:
					want, next = full(pending, inside)
					_, err := accept(p, standing(p, email))
					got = code(err)
				case step == "cancel" && is == pending:
					_, err := p.Invitations.Cancel(p.T.Context(), admin, standing(p, email).ID)
					got, next = code(err), stranger
				case step == "deactivate" && (is == inside || is == outside):
					_, err := p.Members.Deactivate(p.T.Context(), admin, p.Member(email).ID)
					got, next = code(err), outside
				case step == "reactivate" && (is == inside || is == outside):
					if is == outside {
						want, next = full(outside, inside)
					}
					_, err := p.Members.Reactivate(p.T.Context(), admin, p.Member(email).ID)
					got = code(err)
				case step == "remove" && (is == inside || is == outside):
					got, next = code(p.Members.Remove(p.T.Context(), admin, p.Member(email).ID)),
						stranger
				}
				lives[email] = next
				if got != want {
					r.Fatalf("%s of %s, who is %s: %q, want %q", step, email, is, got, want)
				}
				if n := p.SeatsTaken(); n != taken() {
					r.Fatalf("after %s of %s: %d seats taken, want %d", step, email, n, taken())
				}
				m, stands := p.Member(email), stranger
				switch {
				case m != nil && m.Status == member.StatusActive:
					stands = inside
				case m != nil:
					stands = outside
				case p.Store.Invitation.Query().Where(entinvitation.EmailKey(email),
					entinvitation.StatusEQ(entinvitation.StatusPending)).ExistX(p.In()):
					stands = pending
				}
				if stands != next {
					r.Fatalf("after %s of %s, who was %s: %s, want %s", step, email, is,
						stands, next)
				}
			}
			for email, is := range lives { // the next walk finds the seats free
				if is == inside {
					must(t, p.Members.Remove(p.T.Context(), admin, p.Member(email).ID))
				}
			}
		})
	}, apptest.WithoutMail)
}

// standing is the pending invitation of an address.
func standing(p *apptest.Place, email string) *ent.Invitation {
	p.T.Helper()
	inv, err := p.Store.Invitation.Query().Where(entinvitation.EmailKey(email),
		entinvitation.StatusEQ(entinvitation.StatusPending)).Only(p.In())
	must(p.T, err)
	return inv
}
