package onboarding_test

import (
	"testing"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/role"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

type newMoment = inputs.Change[time.Time]

var toAdmin = &grants{Roles: []string{access.Admin}}

// dated puts an end to somebody's access directly, as data from before the rule has it.
func dated(p *apptest.Place, m *ent.Member, at *time.Time, deletes bool) {
	p.T.Helper()
	p.Write(func(ctx ctx, tx *store.Tx) error {
		return tx.Member.UpdateOneID(m.ID).SetNillableAccessExpiresAt(at).
			SetDeleteOnExpiry(deletes).Exec(ctx)
	})
}

// MEM-2: no operation ends the last administrator.
func TestNothingEndsTheLastAdministrator(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		soon := after(p, day)
		until := p.Join("until@example.org",
			&grants{Roles: []string{access.Admin}, AccessExpiresAt: after(p, 10*day)})
		gone := p.Join("gone@example.org", toAdmin)
		_, err := p.Members.Deactivate(t.Context(), p.Caller(p.Admin), gone.ID)
		must(t, err)
		for who, by := range map[string]*ent.Member{"themself": p.Admin, "another": until} {
			for what, end := range map[string]func() error{
				"a date": func() error {
					return edited(p, by,
						memberEdit{ID: p.Admin.ID,
							AccessExpiresAt: newMoment{Set: true, Value: soon}})
				},
				"a date and deletion": func() error {
					return edited(p, by, memberEdit{ID: p.Admin.ID,
						AccessExpiresAt: newMoment{Set: true, Value: soon},
						DeleteOnExpiry:  new(true)})
				},
				"a grant's date": func() error {
					return edited(p, by, memberEdit{ID: p.Admin.ID,
						Grant: &grants{Roles: []string{access.Admin}, AccessExpiresAt: soon}})
				},
				"no role": func() error {
					return edited(p, by, memberEdit{ID: p.Admin.ID, Grant: &grants{}})
				},
				"deactivation": func() error {
					_, err := p.Members.Deactivate(t.Context(), p.Caller(by), p.Admin.ID)
					return err
				},
				"removal": func() error {
					return p.Members.Remove(t.Context(), p.Caller(by), p.Admin.ID)
				},
				"erasure": func() error {
					return p.Members.EraseMember(t.Context(), p.Caller(by), p.Admin.ID)
				},
				"their own erasure": func() error {
					return p.Members.EraseAccount(t.Context(), p.Caller(p.Admin), apptest.Password,
						account.Origin{})
				},
			} {
				t.Log(what, "by", who)
				refused(t, end(), fault.Conflict, "")
			}
		}
		now := p.Member("admin@acme.test")
		same(t, "holds", p.Holds(p.Admin.ID), []string{"admin@*"})
		same(t, "still in", []any{now.Status, now.AccessExpiresAt, now.DeleteOnExpiry},
			[]any{member.StatusActive, (*time.Time)(nil), false})

		second := p.Join("second@example.org", toAdmin)
		must(t, edited(p, second,
			memberEdit{ID: p.Admin.ID, AccessExpiresAt: newMoment{Set: true, Value: soon}}))
		refused(t, edited(p, p.Admin, memberEdit{ID: second.ID,
			AccessExpiresAt: newMoment{Set: true, Value: soon}}), fault.Conflict, "")
	})
}

func TestOfTwoAdministratorsWhoDateEachOtherOneStaysForGood(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		second := p.Join("second@example.org", toAdmin)
		callers := map[ident.ID]*access.Caller{p.Admin.ID: p.Caller(second),
			second.ID: p.Caller(p.Admin)}
		errs := make(chan error, 2)
		for i, by := range callers {
			go func() {
				_, err := p.Members.UpdateMember(t.Context(), by,
					memberUpdate{ID: i, AccessExpiresAt: newMoment{Set: true, Value: after(p, day)}})
				errs <- err
			}()
		}
		lost := 0
		for range callers {
			if err := <-errs; err != nil {
				lost++
				refused(t, err, fault.Conflict, "")
			}
		}
		same(t, "refused", lost, 1)
	})
}

// MEM-2: no date ends the last administrator.
func TestTheLastAdministratorOutlivesTheirDate(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		second := p.Join("second@example.org", toAdmin)
		learner := p.Join("learner@example.org", &grants{AccessExpiresAt: after(p, day)})
		dated(p, second, after(p, day), false)
		dated(p, p.Admin, after(p, 2*day), true)
		p.Clock.Add(3 * day)
		for range 3 {
			must(t, p.Members.EndAccess(t.Context()))
		}
		now := p.Member("admin@acme.test")
		same(t, "the last", []any{now.Status, now.AccessExpiresAt, now.DeleteOnExpiry},
			[]any{member.StatusActive, (*time.Time)(nil), false})
		same(t, "told", countOf(p.Happened(p.Admin.ID), "member.access_kept"), 1)
		if !p.Caller(p.Admin).In(p.Workspace.ID).Throughout(access.WorkspaceManage) {
			t.Error("the last administrator cannot do anything")
		}
		same(t, "the other", p.Member("second@example.org").Status, member.StatusDeactivated)
		same(t, "a learner", p.Member("learner@example.org").Status, member.StatusDeactivated)
		same(t, "of the learner", countOf(p.Happened(learner.ID), "member.access_ended"), 1)
		same(t, "seats", p.SeatsTaken(), 1)
	})
}

// A workspace whose administrators all have a date, from before there was a rule, can be used, and
// mended.
func TestAWorkspaceWhoseAdministratorsAllHaveADateStaysUsable(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := p.Join("jane@example.org", nil)
		dated(p, p.Admin, after(p, 5*day), false)
		_, err := p.Members.Deactivate(t.Context(), p.Caller(p.Admin), m.ID)
		must(t, err)
		must(t, edited(p, p.Admin,
			memberEdit{ID: p.Admin.ID,
				AccessExpiresAt: newMoment{Set: true, Value: after(p, 9*day)}}))
		refused(t, p.Members.Remove(t.Context(), p.Caller(p.Admin), p.Admin.ID), fault.Conflict, "")
		must(t, edited(p, p.Admin,
			memberEdit{ID: p.Admin.ID, AccessExpiresAt: newMoment{Set: true}}))
		refused(t, edited(p, p.Admin, memberEdit{ID: p.Admin.ID,
			AccessExpiresAt: newMoment{Set: true, Value: after(p, 9*day)}}), fault.Conflict, "")
	})
}

func TestNobodyWhoIsInLosesAccessByAcceptingOrJoining(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		boss := p.Join("boss@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		for email, in := range map[string]*grants{"jane@example.org": nil,
			"second@example.org": toAdmin} {
			out, err := inviteAs(p, boss,
				input{Emails: []string{email}, Grant: &grants{GroupIDs: idList(g),
					AccessExpiresAt: after(p, day), DeleteOnExpiry: new(true)}})
			must(t, err)
			u := p.Account(email)
			p.Write(func(ctx ctx, tx *store.Tx) error { // came in by another way meanwhile
				m, err := tx.Member.Create().SetWorkspaceID(p.Workspace.ID).SetUserID(u.ID).
					SetEmailKey(email).SetSearchText(account.SearchText(u)).
					SetStatus(member.StatusActive).
					SetJoinedAt(p.Clock.Now()).SetJoinedVia(member.JoinedViaCreated).Save(ctx)
				if err != nil || in == nil {
					return err
				}
				r, err := tx.Role.Query().Where(role.Key(access.Admin)).OnlyID(ctx)
				if err != nil {
					return err
				}
				return tx.RoleAssignment.Create().SetWorkspaceID(p.Workspace.ID).SetMemberID(m.ID).
					SetRoleID(r).SetPlaceID(p.Workspace.ID).Exec(ctx)
			})
			mustAccept(p, p.As(u), p.Accepting(out[0].Invitation))
			now := p.Member(email)
			same(t, email, []any{now.AccessExpiresAt, now.DeleteOnExpiry},
				[]any{(*time.Time)(nil), false})
		}
	})
}
