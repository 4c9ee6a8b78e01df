package account

import (
	"context"
	"slices"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/testkit/probe"
)

func TestACallerHasWhatTheDatabaseSaysNow(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org", func(c *ent.UserCreate) { c.SetLocale("fr") })
		m := w.member(t, u)
		learner, admin := w.role(t, access.Learner),
			w.role(t, access.GroupAdmin, access.MembersView, access.MembersInvite)
		manager, coach := w.role(t, access.Manager, access.MembersUpdate),
			w.role(t, access.Coach, access.MembersView)
		var top, mid, low, aside, unit, subunit, session ident.ID
		w.write(t, func(ctx context.Context, tx *store.Tx) {
			node := func(name string, parent ident.ID) ident.ID {
				c := tx.Group.Create().SetWorkspaceID(w.workspace.ID).SetName(name).
					SetVisibility(group.VisibilityPrivate)
				if !parent.IsZero() {
					c.SetParentID(parent)
				}
				return must(c.Save(ctx)).ID
			}
			top = node("top", ident.ID{})
			mid = node("mid", top)
			low = node("low", mid)
			aside = node("aside", top)
			unit = must(tx.OrgUnit.Create().SetWorkspaceID(w.workspace.ID).SetName("unit").
				Save(ctx)).ID
			subunit = must(tx.OrgUnit.Create().SetWorkspaceID(w.workspace.ID).SetName("sub").
				SetParentID(unit).Save(ctx)).ID
			program := must(tx.Program.Create().SetWorkspaceID(w.workspace.ID).SetName("p").
				Save(ctx)).ID
			session = must(tx.Session.Create().SetWorkspaceID(w.workspace.ID).SetName("s").
				SetProgramID(program).Save(ctx)).ID
			give := func(r *ent.Role, place ident.ID) *ent.RoleAssignmentCreate {
				return tx.RoleAssignment.Create().SetWorkspaceID(w.workspace.ID).SetMemberID(m.ID).
					SetRoleID(r.ID).SetPlaceID(place)
			}
			must(give(learner, w.workspace.ID).Save(ctx))
			must(give(learner, aside).SetGroupID(aside).Save(ctx))
			must(give(admin, mid).SetGroupID(mid).Save(ctx))
			must(give(manager, unit).SetOrgUnitID(unit).Save(ctx))
			must(give(coach, session).SetSessionID(session).Save(ctx))
		})

		c := w.caller(t, w.signIn(t, "jane@example.org"))
		if c.Locale != "fr" || len(c.Memberships) != 1 {
			t.Fatalf("%+v", c)
		}
		in := c.In(w.workspace.ID)
		if in.MemberID != m.ID || in.OrganizationID != w.organization.ID || len(in.Holdings) != 5 {
			t.Fatalf("%+v", in)
		}
		for place, want := range map[access.Place]bool{
			access.Group(top): false, access.Group(mid): true, access.Group(low): true,
			access.Group(aside):     false,
			access.Session(session): true, access.Workspace(w.workspace.ID): false,
		} {
			if in.Can(access.MembersView, place) != want {
				t.Errorf("may view at %v: %v", place, !want)
			}
		}
		if !in.Can(access.MembersUpdate, access.OrgUnit(unit)) ||
			!in.Can(access.MembersUpdate, access.OrgUnit(subunit)) {
			t.Error("a manager is not one of the units below")
		}
		if slices.Contains(in.Covered(access.MembersView, access.InGroup), aside) {
			t.Error("a learner's group counts as one they may see")
		}

		same, err := w.CallerByUserID(t.Context(), u.ID)
		if err != nil || !same.SignInID.IsZero() || len(same.Memberships) != 1 ||
			len(same.Memberships[0].Holdings) != 5 {
			t.Errorf("of the account: %+v, %v", same, err)
		}
		_, err = w.CallerByUserID(t.Context(), ident.New(ident.User))
		wants(t, err, fault.NotFound, "of nobody")
	})
}

func TestWhoLosesTheirPlaceHasNoneAtTheNextRequest(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org")
		m := w.member(t, u)
		s := w.signIn(t, "jane@example.org")
		cookie := s.RefreshToken.Reveal()
		places := func() int {
			t.Helper()
			c := w.caller(t, s)
			page, err := w.CallerByCookie(t.Context(), cookie)
			if err != nil || page.UserID != u.ID || page.SignInID != s.SignInID ||
				len(page.Memberships) != len(c.Memberships) {
				t.Errorf("by cookie: %+v, %v", page, err)
			}
			return len(c.Memberships)
		}
		change := func(fn func(*ent.MemberUpdateOne)) {
			w.write(t, func(ctx context.Context, tx *store.Tx) {
				update := tx.Member.UpdateOneID(m.ID)
				fn(update)
				must(update.Save(ctx))
			})
		}
		if places() != 1 {
			t.Fatal("an active member has no place")
		}
		change(func(m *ent.MemberUpdateOne) { m.SetStatus(member.StatusDeactivated) })
		if places() != 0 {
			t.Error("a deactivated member has a place")
		}
		change(func(m *ent.MemberUpdateOne) {
			m.SetStatus(member.StatusActive).SetAccessExpiresAt(w.time().Add(time.Second))
		})
		if places() != 1 {
			t.Error("access is refused before its end")
		}
		w.pass(time.Second) // no job has run
		if places() != 0 {
			t.Error("access is given after its end")
		}
		w.write(t, func(ctx context.Context, tx *store.Tx) {
			must(tx.User.UpdateOneID(u.ID).SetErasedAt(w.time()).Save(ctx))
		})
		w.over(t, s, "an erased account")
	})
}

func TestAPlainCallerTakesOneStatementAndAnyOtherThreeAtMost(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org")
		m := w.member(t, u)
		s := w.signIn(t, "jane@example.org")
		statements := func() int64 {
			ctx, n := probe.CountStatements(t.Context())
			if _, err := w.CallerByAccessToken(ctx, s.AccessToken.Reveal()); err != nil {
				t.Fatal(err)
			}
			return n.Load()
		}
		give := func(r *ent.Role) {
			w.write(t, func(ctx context.Context, tx *store.Tx) {
				for range 20 {
					g := must(tx.Group.Create().SetWorkspaceID(w.workspace.ID).SetName("g").
						SetVisibility(group.VisibilityPublic).Save(ctx))
					o := must(tx.OrgUnit.Create().SetWorkspaceID(w.workspace.ID).SetName("o").
						Save(ctx))
					a := tx.RoleAssignment.Create().SetWorkspaceID(w.workspace.ID).
						SetMemberID(m.ID).SetRoleID(r.ID)
					must(a.SetPlaceID(g.ID).SetGroupID(g.ID).Save(ctx))
					b := tx.RoleAssignment.Create().SetWorkspaceID(w.workspace.ID).
						SetMemberID(m.ID).SetRoleID(r.ID)
					must(b.SetPlaceID(o.ID).SetOrgUnitID(o.ID).Save(ctx))
				}
			})
		}
		give(w.role(t, access.Learner))
		if n := statements(); n != 1 {
			t.Errorf("a learner of twenty groups: %d", n)
		}
		give(w.role(t, "custom", access.MembersView))
		if n := statements(); n != 3 {
			t.Errorf("with permissions in twenty groups and units: %d", n)
		}
	})
}

func TestAPageKnowsTheCookieAndItsParentForTenSecondsAndTradesNeither(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		first := w.signIn(t, "jane@example.org")
		second := w.refresh(t, first)
		known := func(s SignInSession) bool {
			t.Helper()
			c, err := w.CallerByCookie(t.Context(), s.RefreshToken.Reveal())
			if err != nil {
				t.Fatal(err)
			}
			return !c.Anonymous()
		}
		if !known(first) || !known(second) {
			t.Error("unknown within the grace")
		}
		w.pass(10 * time.Second)
		if known(first) || !known(second) {
			t.Error("after the grace")
		}
		// Looking with an old cookie is not using it.
		w.refresh(t, second)
		for _, none := range []string{"", "x", first.AccessToken.Reveal()} {
			if c, err := w.CallerByCookie(t.Context(), none); err != nil || !c.Anonymous() {
				t.Errorf("%q: %+v, %v", none, c, err)
			}
		}
	})
}
