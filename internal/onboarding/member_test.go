package onboarding_test

import (
	"testing"
	"time"

	"usher/ent"
	entmember "usher/ent/member"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/member"
	"usher/internal/provisioning"
)

type memberUpdate = member.UpdateMemberInput

// memberEdit is an edit of a member that names all roles and places. With Whole it names every
// other part of the grant too, else only those with a value.
type memberEdit struct {
	ID                  ident.ID
	Grant               *grants
	Whole               bool
	AccessExpiresAt     inputs.Change[time.Time]
	DeleteOnExpiry      *bool
	FirstName, LastName *string
}

func edited(p *apptest.Place, by *ent.Member, in memberEdit) error {
	p.T.Helper()
	edit := member.UpdateMemberInput{ID: in.ID, AccessExpiresAt: in.AccessExpiresAt,
		DeleteOnExpiry: in.DeleteOnExpiry, FirstName: in.FirstName, LastName: in.LastName}
	if in.Grant != nil {
		edit.Grant = replaceGrant(in.Grant)
	}
	if in.Grant != nil && !in.Whole {
		edit.Grant.Labels.Set = in.Grant.Labels != nil
		edit.Grant.AdditionalInfo.Set = in.Grant.AdditionalInfo != nil
		edit.Grant.CustomFields.Set = in.Grant.CustomFields != nil
	}
	_, err := p.Members.UpdateMember(p.T.Context(), p.Caller(by), edit)
	return err
}

func TestAMembersGrantIsReplacedWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		a, b := p.Group("a", "PUBLIC", top), p.Group("b", "PRIVATE", nil)
		north, south := p.Unit("North", nil), p.Unit("South", nil)
		p.Session(p.Program("Safety", a), "of a", day, 2*day)
		monday := p.Session(p.Program("First aid"), "Monday", day, 2*day)
		p.Field("badge", "TEXT", false)
		m := p.Join("jane@example.org", &grants{
			GroupIDs: []ident.ID{a.ID}, OrgUnitID: &north.ID, Labels: []string{"old"},
			SessionIDs:     []ident.ID{monday.ID},
			AdditionalInfo: new("x"), CustomFields: map[string]any{"badge": "1"},
		})
		prove(p, p.User("jane@example.org")) // else the role would wait for it (AUT-6)
		same(t, "sessions before", p.Enrolled(m.ID), []string{"Monday", "of a"})
		must(t, edited(p, p.Admin, memberEdit{ID: m.ID, Whole: true, Grant: &grants{
			Roles: []string{access.Coach}, GroupIDs: []ident.ID{b.ID}, OrgUnitID: &south.ID,
			Labels: []string{"new"}, CustomFields: map[string]any{"badge": "2"},
		}}))
		same(t, "holds", p.Holds(m.ID), []string{"coach@b"})
		same(t, "sessions", p.Enrolled(m.ID), []string{"Monday"}) // somebody named it: it stays
		now := p.Member("jane@example.org")
		same(t, "labels", now.Labels, []string{"new"})
		same(t, "unit", *now.OrgUnitID, south.ID)
		same(t, "fields", now.CustomFields, map[string]string{"badge": "2"})
		if now.AdditionalInfo != nil {
			t.Errorf("additional information stayed: %s", *now.AdditionalInfo)
		}
		must(t, edited(p, p.Admin, memberEdit{ID: m.ID, Whole: true, Grant: &grants{}}))
		same(t, "the empty grant leaves a learner", p.Holds(m.ID), []string{"learner@*"})
		refused(t, edited(p, p.Admin, memberEdit{ID: m.ID, Whole: true, Grant: &grants{Locale: new("fr")}}),
			fault.BadUserInput, "grant.locale")
	})
}

// ACC-4: a member is edited within ADM-6.
func TestNobodyGivesOrTakesBeyondTheirReach(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		mine, other := p.Group("mine", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		unit := p.Unit("North", nil)
		boss := p.Join("boss@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: []ident.ID{mine.ID}})
		m := p.Join("jane@example.org", &grants{GroupIDs: []ident.ID{mine.ID, other.ID},
			OrgUnitID: &unit.ID})
		p.Verify("jane@example.org")
		refused(t, edited(p, boss,
			memberEdit{ID: m.ID, Grant: &grants{Roles: []string{access.UserAdmin},
				GroupIDs: []ident.ID{mine.ID}}}), fault.Forbidden, "")
		refused(t, edited(p, boss, memberEdit{ID: m.ID,
			Grant: &grants{GroupIDs: []ident.ID{other.ID}}}), fault.NotFound, "grant.groupIds.0")
		// names no place of theirs
		refused(t, edited(p, boss, memberEdit{ID: m.ID, Grant: &grants{}}), fault.Forbidden, "")
		must(t, edited(p, boss, memberEdit{ID: m.ID, Grant: &grants{Roles: []string{access.Coach},
			GroupIDs: []ident.ID{mine.ID}}}))
		same(t, "what is beyond stays", p.Holds(m.ID), []string{"coach@mine", "learner@other"})
		same(t, "the unit too", p.Member("jane@example.org").OrgUnitID, &unit.ID)

		stranger := p.Join("stranger@example.org", nil)
		refused(t, edited(p, boss, memberEdit{ID: stranger.ID, Grant: &grants{}}),
			fault.NotFound, "memberId")
		refused(t, edited(p, m, memberEdit{ID: boss.ID, Grant: &grants{}}), fault.Forbidden, "")
		elsewhere := p.Kit.Found("Other", "other")
		refused(t, edited(elsewhere, elsewhere.Admin, memberEdit{ID: m.ID, Grant: &grants{}}),
			fault.NotFound, "memberId")
		// the last administrator
		refused(t, edited(p, p.Admin, memberEdit{ID: p.Admin.ID, Grant: &grants{}}),
			fault.Conflict, "")
		same(t, "the administrator stays one", p.Holds(p.Admin.ID), []string{"admin@*"})
	})
}

func TestAccessCanBeGivenAnEndAndLosesIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := p.Join("jane@example.org", nil)
		until := after(p, day)
		must(t, edited(p, p.Admin,
			memberEdit{ID: m.ID, AccessExpiresAt: inputs.Change[time.Time]{Set: true,
				Value: until}}))
		same(t, "the end", p.Member("jane@example.org").AccessExpiresAt.Equal(*until), true)
		must(t, edited(p, p.Admin, memberEdit{ID: m.ID, DeleteOnExpiry: new(true)}))
		same(t, "and what happens then", p.Member("jane@example.org").DeleteOnExpiry, true)
		must(t, edited(p, p.Admin,
			memberEdit{ID: m.ID, AccessExpiresAt: inputs.Change[time.Time]{Set: true}}))
		if p.Member("jane@example.org").AccessExpiresAt != nil {
			t.Error("null did not clear the end")
		}
		past := after(p, -day)
		err := edited(p, p.Admin,
			memberEdit{ID: m.ID, AccessExpiresAt: inputs.Change[time.Time]{Set: true, Value: past}})
		refused(t, err, fault.BadUserInput, "accessExpiresAt")
	})
}

func TestAnEndOfAccessTakesWhatDeactivatingTakes(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		mine, other := p.Group("mine", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		unit := p.Unit("North", nil)
		users := p.Join("users@example.org", &grants{Roles: []string{access.UserAdmin}})
		boss := p.Join("boss@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: []ident.ID{mine.ID}})
		manager := p.Join("manager@example.org", &grants{Roles: []string{access.Manager},
			OrgUnitID: &unit.ID})
		both := p.Join("both@example.org", &grants{GroupIDs: []ident.ID{mine.ID, other.ID}})
		in := p.Join("in@example.org", &grants{OrgUnitID: &unit.ID})
		soon := inputs.Change[time.Time]{Set: true, Value: after(p, day)}
		refused(t, edited(p, users, memberEdit{ID: p.Admin.ID, AccessExpiresAt: soon}),
			fault.Forbidden, "")
		refused(t, edited(p, boss, memberEdit{ID: both.ID, AccessExpiresAt: soon}),
			fault.Forbidden, "")
		refused(t, edited(p, boss,
			memberEdit{ID: both.ID, Grant: &grants{GroupIDs: []ident.ID{mine.ID},
				AccessExpiresAt: soon.Value}}), fault.Forbidden, "")
		must(t, edited(p, users, memberEdit{ID: both.ID, AccessExpiresAt: soon}))
		must(t, edited(p, manager, memberEdit{ID: in.ID, AccessExpiresAt: soon}))
	})
}

// ACC-4: name and password are the person's own, except in a managed account.
func TestANameIsThePersonsUnlessTheAccountIsManaged(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		made, err := p.Provisioning.CreateUser(t.Context(), p.Caller(p.Admin),
			provisioning.CreateInput{
				WorkspaceID: p.Workspace.ID, FirstName: "Jo", LastName: "Do", Username: new("jodo"),
				Password: new(apptest.Password),
			})
		must(t, err)
		must(t, edited(p, p.Admin, memberEdit{ID: made.Member.ID, FirstName: new("Joséphine")}))
		now, err := p.Store.Member.Get(p.In(), made.Member.ID)
		must(t, err)
		same(t, "what lists go by", now.SortName, "do joséphine")
		proven := mustAccept(p, nil, p.Mailed(sent(p, "jane@example.org"))).Member
		refused(t, edited(p, p.Admin, memberEdit{ID: proven.ID, LastName: new("X")}),
			fault.Forbidden, "")
	})
}

func TestDeactivationClosesAtOnceAndReactivationOpensAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Seats(2)
		g := p.Group("g", "PRIVATE", nil)
		m := p.Join("jane@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		same(t, "seats", p.SeatsTaken(), 2)
		for range 2 {
			now, err := p.Members.Deactivate(t.Context(), p.Caller(p.Admin), m.ID)
			must(t, err)
			same(t, "status", now.Status, entmember.StatusDeactivated)
		}
		same(t, "seats", p.SeatsTaken(), 1)
		p.Session(p.Program("Safety", g), "begun meanwhile", -day, day)
		if p.Caller(m).In(p.Workspace.ID) != nil {
			t.Error("who is deactivated is still let in")
		}
		p.Join("joe@example.org", nil)
		_, err := p.Members.Reactivate(t.Context(), p.Caller(p.Admin), m.ID)
		refused(t, err, fault.SeatLimitReached, "")
		same(t, "still out", p.Member("jane@example.org").Status, entmember.StatusDeactivated)
		p.Seats(3)
		for range 2 {
			now, err := p.Members.Reactivate(t.Context(), p.Caller(p.Admin), m.ID)
			must(t, err)
			same(t, "status", now.Status, entmember.StatusActive)
		}
		same(t, "holds", p.Holds(m.ID), []string{"learner@g"})
		same(t, "sessions", p.Enrolled(m.ID), []string{"begun meanwhile"})
		same(t, "seats", p.SeatsTaken(), 3)
		same(t, "happened", countOf(p.Happened(m.ID), "member.deactivated"), 1)
	})
}

func TestWhoIsRemovedIsGoneAndTheirAccountIsNot(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := p.Join("jane@example.org", nil)
		must(t, p.Members.Remove(t.Context(), p.Caller(p.Admin), m.ID))
		same(t, "seats", p.SeatsTaken(), 1)
		if _, err := p.Store.Member.Get(p.In(), m.ID); !ent.IsNotFound(err) {
			t.Errorf("the member is there: %v", err)
		}
		p.User("jane@example.org")
		refused(t, p.Members.Remove(t.Context(), p.Caller(p.Admin), m.ID), fault.NotFound, "")
		refused(t, p.Members.Remove(t.Context(), p.Caller(p.Admin), p.Admin.ID), fault.Conflict, "")
		second := p.Join("second@example.org", &grants{Roles: []string{access.Admin}})
		must(t, p.Members.Remove(t.Context(), p.Caller(second), second.ID)) // oneself
		same(t, "happened", p.Happened(second.ID), []string{"member.removed"})
	})
}

func TestAGroupsAdministratorEndsNobodysAccessElsewhere(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		mine, other := p.Group("mine", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		boss := p.Join("boss@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: []ident.ID{mine.ID}})
		whole := p.Join("whole@example.org", &grants{GroupIDs: []ident.ID{mine.ID}})
		both := p.Join("both@example.org", &grants{GroupIDs: []ident.ID{mine.ID, other.ID}})
		_, err := p.Members.Deactivate(t.Context(), p.Caller(boss), whole.ID)
		must(t, err)
		_, err = p.Members.Deactivate(t.Context(), p.Caller(boss), both.ID)
		refused(t, err, fault.Forbidden, "")
		invite(p, input{Emails: []string{"admin@acme.test"},
			Grant: &grants{GroupIDs: []ident.ID{mine.ID}}})
		refused(t, p.Members.Remove(t.Context(), p.Caller(boss), p.Admin.ID), fault.Forbidden, "")
		users := p.Join("users@example.org", &grants{Roles: []string{access.UserAdmin}})
		_, err = p.Members.Deactivate(t.Context(), p.Caller(users), p.Admin.ID)
		refused(t, err, fault.Forbidden, "") // holds more than they do
		must(t, p.Members.Remove(t.Context(), p.Caller(users), both.ID))
	})
}

func TestOfTwoAdministratorsWhoEndEachOtherOneIsLeft(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		second := p.Join("second@example.org", &grants{Roles: []string{access.Admin}})
		callers := map[ident.ID]*access.Caller{p.Admin.ID: p.Caller(second),
			second.ID: p.Caller(p.Admin)}
		errs := make(chan error, 2)
		for i, by := range callers {
			go func() {
				_, err := p.Members.Deactivate(t.Context(), by, i)
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
