package onboarding_test

import (
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/apikey"
	"usher/ent/auditevent"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
)

// skipped lists what an admission could not give, "what name".
func skipped(p *apptest.Place, inv ident.ID) []string {
	p.T.Helper()
	rows, err := p.Store.AuditEvent.Query().
		Where(auditevent.SubjectID(inv), auditevent.Action("grant.skipped")).All(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	list := []string{}
	for _, row := range rows {
		for _, d := range row.Details {
			list = append(list, d.Name+" "+d.Before)
		}
	}
	return sortedOf(list)
}

// strip takes all roles from a member.
func strip(p *apptest.Place, m ident.ID) {
	p.T.Helper()
	p.Write(func(ctx ctx, tx *store.Tx) error {
		_, err := tx.RoleAssignment.Delete().Where(roleassignment.MemberID(m)).Exec(ctx)
		return err
	})
}

func TestAnInvitationWhoseSenderLostTheRightIsAdmittedWithoutTheRole(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		for what, lose := range map[string]func(boss *ent.Member){
			"demoted": func(boss *ent.Member) { strip(p, boss.ID) },
			"deactivated": func(boss *ent.Member) {
				p.Write(func(ctx ctx, tx *store.Tx) error {
					return tx.Member.UpdateOne(boss).SetStatus("DEACTIVATED").Exec(ctx)
				})
			},
			"out of time": func(boss *ent.Member) {
				p.Write(func(ctx ctx, tx *store.Tx) error {
					return tx.Member.UpdateOne(boss).SetAccessExpiresAt(*after(p, -time.Hour)).
						Exec(ctx)
				})
			},
			"removed": func(boss *ent.Member) {
				p.Write(func(ctx ctx, tx *store.Tx) error {
					return tx.Member.DeleteOne(boss).Exec(ctx)
				})
			},
		} {
			name := strings.ReplaceAll(what, " ", "-")
			boss := p.Join("boss-"+name+"@example.org", &grants{Roles: []string{"user_admin"}})
			email := name + "@example.org"
			out, err := inviteAs(p, boss, input{Emails: []string{email},
				Grant: &grants{Roles: []string{"coach", "learner"}, GroupIDs: []ident.ID{g.ID}}})
			if err != nil {
				t.Fatal(err)
			}
			inv := out[0].Invitation
			in := p.Accepting(inv)
			lose(boss)
			m := mustAccept(p, nil, in).Member
			same(t, what+": holds", p.Holds(m.ID), []string{"learner@g"})
			same(t, what+": audit", skipped(p, inv.ID), []string{"role Coach"})
		}
	})
}

func TestWhoLosesEveryRoleOfAGroupIsALearnerThere(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		g := p.Group("g", "PUBLIC", top)
		p.Session(p.Program("Safety", g), "of g", day, 2*day)
		p.Session(p.Program("First aid", top), "of top", day, 2*day)
		boss := p.Join("boss@example.org", &grants{Roles: []string{"user_admin"}})
		out, err := inviteAs(p, boss,
			input{Emails: []string{"jane@example.org", "june@example.org"},
				Grant: &grants{Roles: []string{"coach"}, GroupIDs: idList(g)}})
		if err != nil {
			t.Fatal(err)
		}
		coach := mustAccept(p, nil, p.Accepting(out[0].Invitation)).Member
		same(t, "holds", p.Holds(coach.ID), []string{"coach@g"})
		same(t, "sessions", p.Enrolled(coach.ID), []string{"of g"})
		strip(p, boss.ID)
		m := mustAccept(p, nil, p.Accepting(out[1].Invitation)).Member
		same(t, "holds without the role", p.Holds(m.ID), []string{"learner@g", "learner@top^"})
		same(t, "sessions without the role", p.Enrolled(m.ID), []string{"of g", "of top"})
	})
}

func TestWhoLosesEveryRoleAndHasNoGroupIsALearner(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		boss := p.Join("boss@example.org", &grants{Roles: []string{"user_admin"}})
		out, err := inviteAs(p, boss, input{Emails: []string{"jane@example.org"},
			Grant: &grants{Roles: []string{"user_admin"}}})
		if err != nil {
			t.Fatal(err)
		}
		strip(p, boss.ID)
		m := mustAccept(p, nil, p.Accepting(out[0].Invitation)).Member
		same(t, "holds", p.Holds(m.ID), []string{"learner@*"})
	})
}

// ADM-9: the grantor is who last saved the grant.
func TestWhoSavedTheGrantLastIsItsGrantor(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		boss := p.Join("boss@example.org", &grants{Roles: []string{"user_admin"}})
		coach := &grants{Roles: []string{"coach"}, GroupIDs: []ident.ID{g.ID}}
		out, err := inviteAs(p, boss,
			input{Emails: []string{"jane@example.org", "june@example.org"}, Grant: coach})
		if err != nil {
			t.Fatal(err)
		}
		// The administrator saves the grant of one again; of the other only a name.
		for i, in := range []invitation.UpdateInput{
			{ID: out[0].Invitation.ID, Grant: replaceGrant(coach)},
			{ID: out[1].Invitation.ID, FirstName: inputs.Change[string]{Set: true,
				Value: new("June")}},
		} {
			if _, err := p.Invitations.Update(t.Context(), p.Caller(p.Admin), in); err != nil {
				t.Fatalf("%d: %v", i, err)
			}
		}
		strip(p, boss.ID)
		saved := mustAccept(p, nil, p.Accepting(p.Invitation(out[0].Invitation.ID))).Member
		same(t, "saved by the administrator", p.Holds(saved.ID), []string{"coach@g"})
		other := mustAccept(p, nil, p.Accepting(p.Invitation(out[1].Invitation.ID))).Member
		same(t, "saved by who was demoted", p.Holds(other.ID), []string{"learner@g"})
	})
}

// ADM-9: the grantor of an API key's act is the key.
func TestAnAPIKeyIsAGrantorWhileItIsGood(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		may := []string{string(access.MembersInvite), string(access.MembersView),
			string(access.RolesAssign)}
		var key ident.ID
		p.Write(func(ctx ctx, tx *store.Tx) error {
			row, err := tx.APIKey.Create().SetWorkspaceID(p.Workspace.ID).SetName("LMS").
				SetPermissions(may).SetSecretHash([]byte("x")).Save(ctx)
			if err == nil {
				key = row.ID
			}
			return err
		})
		by := &access.Caller{KeyID: key, Memberships: []access.Membership{{
			WorkspaceID: p.Workspace.ID, OrganizationID: p.Workspace.OrganizationID,
			Holdings: []access.Holding{{Permissions: access.NewSet(may),
				Place: access.Workspace(p.Workspace.ID)}},
		}}}
		out, err := p.Invitations.Invite(t.Context(), by, input{
			WorkspaceID: p.Workspace.ID, Emails: []string{"a@example.org", "b@example.org"},
			Grant: &grants{Roles: []string{"coach"}, GroupIDs: []ident.ID{g.ID}},
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "grantor", out[0].Invitation.GrantorKeyID, new(key))
		same(t, "inviter", out[0].Invitation.InvitedByID, nil)
		m := mustAccept(p, nil, p.Accepting(out[0].Invitation)).Member
		same(t, "holds", p.Holds(m.ID), []string{"coach@g"})
		p.Write(func(ctx ctx, tx *store.Tx) error {
			return tx.APIKey.Update().Where(apikey.ID(key)).SetRevokedAt(p.Clock.Now()).Exec(ctx)
		})
		m = mustAccept(p, nil, p.Accepting(out[1].Invitation)).Member
		same(t, "holds once it is revoked", p.Holds(m.ID), []string{"learner@g"})
	})
}

// ADM-7: a group, unit, session or role that is gone is skipped and audited.
func TestWhatIsGoneByAdmissionIsSkippedAndWrittenDown(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		gone, left := p.Group("gone", "PRIVATE", nil), p.Group("left", "PRIVATE", nil)
		unit, role := p.Unit("North", nil), p.Role("Guest")
		monday := p.Session(p.Program("Safety"), "Monday", day, 2*day)
		inv := p.Invite("jane@example.org", &grants{
			Roles: []string{"learner", "manager", role.ID.String()}, GroupIDs: []ident.ID{gone.ID,
				left.ID}, OrgUnitID: &unit.ID, SessionIDs: []ident.ID{monday.ID},
		})
		in := p.Accepting(inv)
		p.Write(func(ctx ctx, tx *store.Tx) error {
			for _, err := range []error{
				tx.Group.DeleteOne(gone).Exec(ctx), tx.OrgUnit.DeleteOne(unit).Exec(ctx),
				tx.Role.DeleteOne(role).Exec(ctx), tx.Session.DeleteOne(monday).Exec(ctx),
			} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		m := mustAccept(p, nil, in).Member
		same(t, "holds", p.Holds(m.ID), []string{"learner@left"})
		want := []string{"group " + gone.ID.String(), "org_unit " + unit.ID.String(),
			"role " + role.ID.String(), "session " + monday.ID.String()}
		same(t, "audit", skipped(p, inv.ID), sortedOf(want))
		same(t, "mails to the inviter", p.Kinds("admin@acme.test"), []string{})
	})
}

// ADM-7: the history names what was skipped, as long as something still tells its name.
func TestWhatIsSkippedIsNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		gone, left := p.Group("Sales", "PRIVATE", nil), p.Group("left", "PRIVATE", nil)
		monday := p.Session(p.Program("Safety"), "Monday", day, 2*day)
		inv := p.Invite("jane@example.org", &grants{GroupIDs: []ident.ID{gone.ID, left.ID},
			SessionIDs: []ident.ID{monday.ID}})
		in := p.Accepting(inv)
		_, err := p.Workspaces.DeleteGroup(t.Context(), p.Caller(p.Admin), gone.ID)
		must(t, err)
		p.Clock.Add(3 * day) // the session is over, and still there
		mustAccept(p, nil, in)
		same(t, "audit", skipped(p, inv.ID), []string{"group Sales", "session Monday"})
	})
}

// ADM-7: the inviter is told if no group of several is left.
func TestTheInviterIsToldWhenNoGroupIsLeftOfSeveral(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		a, b := p.Group("a", "PRIVATE", nil), p.Group("b", "PRIVATE", nil)
		in := p.Accepting(p.Invite("jane@example.org", &grants{GroupIDs: []ident.ID{a.ID, b.ID}}))
		p.Write(func(ctx ctx, tx *store.Tx) error {
			if err := tx.Group.DeleteOne(a).Exec(ctx); err != nil {
				return err
			}
			return tx.Group.DeleteOne(b).Exec(ctx)
		})
		m := mustAccept(p, nil, in).Member
		same(t, "holds", p.Holds(m.ID), []string{"learner@*"})
		if text := p.Received("admin@acme.test", 1).Text; !strings.Contains(text, "group") ||
			!strings.Contains(text, "jane@example.org") {
			t.Errorf("the inviter reads:\n%s", text)
		}
	})
}

// ADM-8: a grant whose end of access has passed is refused with that date.
func TestAGrantWhoseAccessDateHasPassedIsRefusedWithThatDate(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Write(func(ctx ctx, tx *store.Tx) error {
			return tx.Workspace.UpdateOneID(p.Workspace.ID).SetTimeZone("America/New_York").
				Exec(ctx)
		})
		zone := mustZone(t, "America/New_York")
		local := p.Clock.Now().In(zone).AddDate(0, 0, 2)
		end := endOfDay(local) // of that day there, and of the day after in UTC
		inv := invite(p, input{Emails: []string{"jane@example.org"}, NeverExpires: new(true),
			Grant: &grants{AccessExpiresAt: &end}})[0].Invitation
		in := p.Accepting(inv)
		p.Clock.Add(4 * day)
		_, err := p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
		refused(t, err, "LINK_EXPIRED", "")
		if date := local.Format("2006-01-02"); err != nil && !strings.Contains(err.Error(), date) {
			t.Errorf("%q does not say %s", err, date)
		}
		same(t, "status", p.Invitation(inv.ID).Status.String(), "PENDING")
		same(t, "seats", p.SeatsTaken(), 1)
	})
}
