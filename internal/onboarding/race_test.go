package onboarding_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	entinvitation "usher/ent/invitation"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/invitation"
)

// rounds is how often each race is run.
const rounds = 20

// race runs acts at the same moment and returns their errors, in order.
func race(acts ...func() error) []error {
	errs := make([]error, len(acts))
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i, act := range acts {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			errs[i] = act()
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return errs
}

// winners counts who had no error; each loser must have one of the codes.
func winners(t testing.TB, errs []error, codes ...fault.Code) (n int) {
	t.Helper()
	for _, err := range errs {
		f, refused := fault.Of(err)
		switch {
		case err == nil:
			n++
		case !refused:
			t.Errorf("an internal error: %v", err)
		default:
			expected := false
			for _, c := range codes {
				expected = expected || f.Code == c
			}
			if !expected {
				t.Errorf("a loser was told %s: %v", f.Code, f)
			}
		}
	}
	return n
}

func TestOfAllWhoAcceptAtOnceOneWins(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for i := range rounds {
			email := fmt.Sprintf("p%d@example.org", i)
			inv := p.Invite(email, nil)
			u := p.Account(email)
			before := p.SeatsTaken()
			act := func(by *access.Caller, in acceptance.AcceptInput) func() error {
				return func() error {
					a, err := p.Acceptances.Accept(t.Context(), by, in, noOrigin)
					if err == nil && a.SignIn == nil {
						// the replay of who had won already
						return fault.New(fault.LinkUsed, "link.used")
					}
					return err
				}
			}
			byCopy, byMail, signedIn := p.Accepting(inv), p.Mailed(inv), p.As(u)
			byMail.NewPassword = new(ownPassword)
			errs := race(act(nil, byCopy), act(signedIn, byMail), act(signedIn, byCopy))
			if n := winners(t, errs, fault.LinkUsed, fault.Unauthenticated); n != 1 {
				t.Errorf("round %d has %d winners: %v", i, n, errs)
			}
			same(t, "seats", p.SeatsTaken(), before+1)
			same(t, "status", p.Invitation(inv.ID).Status, entinvitation.StatusActive)
			same(t, "welcomes", countOf(p.Kinds(email), "welcome"), 1)
			same(t, "acceptances", countOf(p.Happened(inv.ID), "invitation.accepted"), 1)
		}
	})
}

func TestNewPeopleWhoAcceptAtOnceMakeOneAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for i := range rounds / 4 { // each try is a hash
			inv := p.Invite(fmt.Sprintf("p%d@example.org", i), nil)
			in := p.Accepting(inv)
			act := func() error {
				_, err := p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
				return err
			}
			if n := winners(t, race(act, act), fault.LinkUsed, fault.Unauthenticated); n != 1 {
				t.Errorf("round %d has %d winners", i, n)
			}
			p.User(inv.Email) // fails unless there is exactly one
		}
		same(t, "seats", p.SeatsTaken(), 1+rounds/4)
	})
}

func TestAcceptingAndCancellingAtOnceHasOneWinner(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		seats := p.SeatsTaken()
		for i := range rounds {
			email := fmt.Sprintf("p%d@example.org", i)
			inv := p.Invite(email, nil)
			in, by, admin := p.Accepting(inv), p.As(p.Account(email)), p.Caller(p.Admin)
			errs := race(
				func() error {
					_, err := p.Acceptances.Accept(t.Context(), by, in, noOrigin)
					return err
				},
				func() error {
					_, err := p.Invitations.Cancel(t.Context(), admin, inv.ID)
					return err
				},
			)
			if n := winners(t, errs, fault.LinkCancelled, fault.Conflict); n != 1 {
				t.Fatalf("round %d has %d winners: %v", i, n, errs)
			}
			want := entinvitation.StatusCancelled
			if errs[0] == nil {
				want = entinvitation.StatusActive
				seats++
			}
			same(t, "status", p.Invitation(inv.ID).Status, want)
			same(t, "a member", p.Member(email) != nil, errs[0] == nil)
		}
		same(t, "seats", p.SeatsTaken(), seats)
	})
}

// ADM-4: concurrent requests never exceed the limit.
func TestTheLastSeatIsTakenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for i := range rounds {
			p.Seats(p.SeatsTaken() + 1)
			var acts []func() error
			for j := range 4 {
				email := fmt.Sprintf("p%d-%d@example.org", i, j)
				in, by := p.Accepting(p.Invite(email, nil)), p.As(p.Account(email))
				acts = append(acts, func() error {
					_, err := p.Acceptances.Accept(t.Context(), by, in, noOrigin)
					return err
				})
			}
			if n := winners(t, race(acts...), fault.SeatLimitReached); n != 1 {
				t.Errorf("round %d has %d winners", i, n)
			}
		}
		same(t, "seats", p.SeatsTaken(), 1+rounds)
		n, err := p.Store.Invitation.Query().
			Where(entinvitation.StatusEQ(entinvitation.StatusPending)).Count(p.In())
		if n != 3*rounds || err != nil {
			t.Errorf("%d are pending still (%v)", n, err)
		}
	})
}

// INV-4: at most one PENDING invitation for each workspace and address.
func TestAnAddressInvitedFromFourRequestsAtOnceIsInvitedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		admin := p.Caller(p.Admin)
		for i := range rounds {
			shared := fmt.Sprintf("shared%d@example.org", i)
			statuses := make([]invitation.OutcomeStatus, 4)
			var acts []func() error
			for j := range statuses {
				// Others beside it, in another order each time: requests must not wait for each
				// other in a ring.
				emails := []string{shared, fmt.Sprintf("a%d@example.org", i),
					fmt.Sprintf("z%d@example.org", i)}
				emails[0], emails[j%3] = emails[j%3], emails[0]
				acts = append(acts, func() error {
					out, err := p.Invitations.Invite(t.Context(), admin,
						input{WorkspaceID: p.Workspace.ID, Emails: emails})
					for _, o := range out {
						if o.Input == shared {
							statuses[j] = o.Status
						}
					}
					return err
				})
			}
			if n := winners(t, race(acts...)); n != 4 {
				t.Fatalf("round %d: %d of 4 were answered", i, n)
			}
			invited := 0
			for _, s := range statuses {
				if s == invitation.Invited {
					invited++
				} else if s != invitation.Updated {
					t.Errorf("round %d: %s", i, s)
				}
			}
			same(t, "invited", invited, 1)
			same(t, "mails", p.Kinds(shared), []string{"invitation"})
		}
		same(t, "invitations", p.CountInvitations(), 3*rounds)
	})
}

func TestOfResendsAtOnceOneMails(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		admin := p.Caller(p.Admin)
		for i := range rounds {
			inv := p.Invite(fmt.Sprintf("p%d@example.org", i), nil)
			act := func() error {
				_, err := p.Invitations.Resend(t.Context(), admin, inv.ID, invitation.ResendInput{})
				return err
			}
			if n := winners(t, race(act, act, act), fault.RateLimited); n != 1 {
				t.Errorf("round %d has %d winners", i, n)
			}
			same(t, "mails", p.Kinds(inv.Email), []string{"invitation"})
		}
	})
}

func TestAGrantMergedWhileItIsAcceptedIsNeitherLostNorHalfGiven(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		a, b := p.Group("a", "PRIVATE", nil), p.Group("b", "PRIVATE", nil)
		admin := p.Caller(p.Admin)
		for i := range rounds {
			email := fmt.Sprintf("p%d@example.org", i)
			in, by := p.Accepting(p.Invite(email, &grants{GroupIDs: idList(a)})),
				p.As(p.Account(email))
			errs := race(
				func() error {
					_, err := p.Acceptances.Accept(t.Context(), by, in, noOrigin)
					return err
				},
				func() error {
					_, err := p.Invitations.Invite(t.Context(), admin,
						input{WorkspaceID: p.Workspace.ID, Emails: []string{email},
							Grant: &grants{GroupIDs: idList(b)}})
					return err
				},
			)
			if n := winners(t, errs); n != 2 {
				t.Fatalf("round %d: %v", i, errs)
			}
			// Before, the invitation is updated; after, the member is added: both end alike.
			same(t, "holds", p.Holds(p.Member(email).ID), []string{"learner@a", "learner@b"})
		}
	})
}

func TestTwoSweepsAtOnceEndAccessOnceAndRemindOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Configure(func(s *settings) { s.RemindDaysAfterSending = []int{1} })
		for i := range 10 {
			p.Join(fmt.Sprintf("p%d@example.org", i), &grants{AccessExpiresAt: after(p, time.Hour)})
			noteHandover(p, sent(p, fmt.Sprintf("q%d@example.org", i)))
		}
		p.Clock.Add(2 * day)
		end := func() error { return p.Members.EndAccess(t.Context()) }
		remind := func() error { return p.Invitations.Remind(t.Context()) }
		if n := winners(t, race(end, remind, end, remind)); n != 4 {
			t.Fatal("a sweep failed")
		}
		for i := range 10 {
			m := p.Member(fmt.Sprintf("p%d@example.org", i))
			same(t, "ends", countOf(p.Happened(m.ID), "member.access_ended"), 1)
			same(t, "reminders", countOf(p.Kinds(fmt.Sprintf("q%d@example.org", i)), "reminder"), 1)
		}
		same(t, "seats", p.SeatsTaken(), 1)
	})
}
