package onboarding_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/member"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/imports"
	"usher/internal/store"
)

// brought previews lines of a file as somebody.
func brought(p *apptest.Place, by *ent.Member, existing importbatch.Existing, g *grants,
	lines ...string) *ent.ImportBatch {
	p.T.Helper()
	text := strings.Join(lines, "\n")
	b, err := p.Imports.CreateImport(p.T.Context(), p.Caller(by), imports.ImportInput{
		WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText,
		Content: strings.NewReader(text), Size: int64(len(text)),
		Action: importbatch.ActionInvite, Existing: existing, Grant: g,
	})
	must(p.T, err)
	return b
}

// ranAs starts an import as somebody, and waits until it is done.
func ranAs(p *apptest.Place, by *ent.Member, b *ent.ImportBatch) *ent.ImportBatch {
	p.T.Helper()
	_, err := p.Imports.StartImport(p.T.Context(), p.Caller(by), imports.StartInput{ID: b.ID})
	must(p.T, err)
	p.Eventually("the import is done", func() bool {
		return imported(p, b.ID).Status == importbatch.StatusCompleted
	})
	return imported(p, b.ID)
}

func TestAnImportChangesNobodyWhomItsStarterMayNotChange(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		mine, other := p.Group("mine", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		north, south := p.Unit("North", nil), p.Unit("South", nil)
		run := p.Session(p.Program("Safety"), "Monday", day, 2*day)
		p.Field("badge", "TEXT", false)
		users := p.Join("users@example.org", &grants{Roles: []string{access.UserAdmin},
			GroupIDs: idList(mine)})
		both := p.Join("both@example.org", &grants{GroupIDs: idList(other), OrgUnitID: &north.ID})
		p.AsSystem(func(ctx ctx, tx *store.Tx) error { // gave no name
			u, err := tx.User.Query().Where(user.EmailKey("both@example.org")).Only(ctx)
			if err != nil {
				return err
			}
			if u, err = tx.User.UpdateOne(u).ClearFirstName().ClearLastName().ClearLocale().
				Save(ctx); err != nil {
				return err
			}
			return account.CopyNamesToMembers(ctx, tx, u)
		})
		theirs := p.Join("theirs@example.org", &grants{GroupIDs: idList(mine)})
		pulled(p, users, mine, "both@example.org")
		pulled(p, users, mine, "admin@acme.test")
		before := described(p.Member("both@example.org"))

		into := func(g grants) *grants { g.GroupIDs = idList(mine); return &g }
		for column, c := range map[string]struct {
			grant  *grants
			header string
			cell   string
		}{
			"labels":         {into(grants{Labels: []string{"x"}}), "", ""},
			"additionalInfo": {into(grants{AdditionalInfo: new("x")}), "", ""},
			"customFields": {into(grants{CustomFields: map[string]any{"badge": "1"}}),
				"", ""},
			"accessExpiresAt": {into(
				grants{AccessExpiresAt: after(p, day), DeleteOnExpiry: new(true)}), "", ""},
			"firstName":          {into(grants{}), ",first name", ",Jane"},
			"lastName":           {into(grants{}), ",last name", ",Doe"},
			"locale":             {into(grants{}), ",language", ",fr"},
			"labels of the file": {into(grants{}), ",labels", ",x"},
		} {
			column, _, _ = strings.Cut(column, " ")
			for _, existing := range []importbatch.Existing{importbatch.ExistingUpdate,
				importbatch.ExistingFillEmpty} {
				b := brought(p, users, existing, c.grant, "email"+c.header,
					"both@example.org"+c.cell)
				want := []string{"2 ERROR " + column + ":member.elsewhere_too"}
				same(t, column+" in the preview", rowsOf(p, b), want)
				same(t, column+" in the run", rowsOf(p, ranAs(p, users, b)), want)
			}
		}
		// The attack: the owner of the workspace, by a date.
		b := brought(p, users, importbatch.ExistingUpdate,
			into(grants{AccessExpiresAt: after(p, day), DeleteOnExpiry: new(true)}),
			"lastName,firstName,email", "Owner,Olive,admin@acme.test", ",,theirs@example.org")
		b = ranAs(p, users, b)
		same(t, "the owner and a member of their own", rowsOf(p, b),
			[]string{"2 ERROR accessExpiresAt:member.elsewhere_too", "3 UPDATE"})
		same(t, "the other's end", p.Member("theirs@example.org").DeleteOnExpiry, true)
		p.Clock.Add(2 * day)
		must(t, p.Members.EndAccess(t.Context()))
		same(t, "the owner", p.Member("admin@acme.test").Status, member.StatusActive)
		same(t, "both", described(p.Member("both@example.org")), before)
		if _, err := p.Store.Member.Get(p.In(), theirs.ID); !ent.IsNotFound(err) {
			t.Errorf("theirs is still there: %v", err)
		}

		// Units and sessions are beyond them in the grant already; a unit takes the right at both.
		manager := p.Join("manager@example.org",
			&grants{Roles: []string{access.Manager, access.UserAdmin}, OrgUnitID: &south.ID,
				GroupIDs: idList(mine)})
		_ = manager
		b = brought(p, manager, importbatch.ExistingUpdate, into(grants{OrgUnitID: &south.ID}),
			"email", "both@example.org")
		same(t, "unit", rowsOf(p, ranAs(p, manager, b)),
			[]string{"2 ERROR orgUnit:member.unit_not_yours"})
		b = brought(p, manager, importbatch.ExistingUpdate, into(grants{}), "email,sessions",
			"both@example.org,"+run.ID.String())
		same(t, "session", rowsOf(p, ranAs(p, manager, b)),
			[]string{"2 ERROR sessions:member.elsewhere_too"})
		same(t, "holds", p.Holds(both.ID), []string{"learner@mine", "learner@other"})

		invited := p.Invite("promised@example.org",
			&grants{Roles: []string{access.Admin}, GroupIDs: idList(mine)})
		b = brought(p, users, importbatch.ExistingUpdate, into(grants{Labels: []string{"x"}}),
			"email", "promised@example.org")
		want := []string{"2 ERROR email:import.not_yours_invited"}
		same(t, "promised more, in the preview", rowsOf(p, b), want)
		same(t, "promised more, in the run", rowsOf(p, ranAs(p, users, b)), want)
		same(t, "the labels promised", len(p.Invitation(invited.ID).Grant.Labels), 0)
	})
}

func TestARowNeverEndsTheLastAdministrator(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		p.Join("second@example.org", toAdmin)
		until := &grants{AccessExpiresAt: after(p, day)}
		b := brought(p, p.Admin, importbatch.ExistingUpdate, until, "email", "second@example.org",
			"admin@acme.test")
		want := []string{"2 UPDATE", "3 ERROR accessExpiresAt:member.last_admin"}
		same(t, "preview", rowsOf(p, b), want)
		same(t, "run", rowsOf(p, ranAs(p, p.Admin, b)), want)
		if p.Member("admin@acme.test").AccessExpiresAt != nil {
			t.Error("the last administrator has an end")
		}
	})
}

// ADM-9: an import runs with the rights of who started it.
func TestAnImportIsRunByItsStarterOrWhoHoldsNoLess(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		users := p.Join("users@example.org", &grants{Roles: []string{access.UserAdmin}})
		importer := p.Role("Importer", access.MembersImport, access.MembersInvite)
		blind := p.Join("blind@example.org", &grants{Roles: []string{importer.ID.String()}})
		all := map[string]func(by *ent.Member, b *ent.ImportBatch) error{
			"start": func(by *ent.Member, b *ent.ImportBatch) error {
				_, err := p.Imports.StartImport(t.Context(), p.Caller(by),
					imports.StartInput{ID: b.ID})
				return err
			},
			"pause": func(by *ent.Member, b *ent.ImportBatch) error {
				_, err := p.Imports.PauseImport(t.Context(), p.Caller(by), b.ID)
				return err
			},
			"resume": func(by *ent.Member, b *ent.ImportBatch) error {
				_, err := p.Imports.ResumeImport(t.Context(), p.Caller(by), b.ID)
				return err
			},
			"cancel": func(by *ent.Member, b *ent.ImportBatch) error {
				_, err := p.Imports.CancelImport(t.Context(), p.Caller(by), b.ID)
				return err
			},
			"undo": func(by *ent.Member, b *ent.ImportBatch) error {
				_, err := p.Imports.UndoImport(t.Context(), p.Caller(by), b.ID)
				return err
			},
		}
		more := brought(p, p.Admin, importbatch.ExistingSkip, nil, "email,roles",
			"boss@example.org,admin", "jane@example.org,")
		for what, do := range all {
			t.Log(what)
			refused(t, do(users, more), fault.Forbidden, "")
			// sees nobody, and so no import but their own
			refused(t, do(blind, more), fault.NotFound, "")
		}
		ranAs(p, p.Admin, more)
		refused(t, all["undo"](users, more), fault.Forbidden, "")

		less := brought(p, p.Admin, importbatch.ExistingSkip, nil, "email", "joe@example.org")
		less = ranAs(p, users, less)
		same(t, "who answers for it", *less.StartedByID, users.ID)
		same(t, "the grantor", *sentTo(p, "joe@example.org").GrantorID, users.ID)
		must(t, all["undo"](p.Admin, less))

		own := brought(p, users, importbatch.ExistingSkip, nil, "email", "jim@example.org")
		must(t, all["cancel"](p.Admin, own))
		_, err := p.Imports.Report(t.Context(), p.Caller(blind), own.ID, "en")
		refused(t, err, fault.NotFound, "")
		theirs := brought(p, blind, importbatch.ExistingSkip, nil, "email", "kim@example.org")
		must(t, all["cancel"](blind, theirs))
	})
}

func TestUndoingAsksForEachPersonWhatTheVerbForOneAsks(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		mine, other := p.Group("mine", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		users := p.Join("users@example.org", &grants{Roles: []string{access.UserAdmin},
			GroupIDs: idList(mine)})
		p.Join("later@example.org", &grants{GroupIDs: idList(mine)})
		p.Verify("later@example.org") // else the role would be offered by an invitation
		b := brought(p, users, importbatch.ExistingUpdate, &grants{GroupIDs: idList(mine)},
			"email,labels",
			"later@example.org,x", "promised@example.org,", "fresh@example.org,")
		b = ranAs(p, users, b)
		same(t, "rows", rowsOf(p, b), []string{"2 UPDATE", "3 INVITE", "4 INVITE"})
		// Since then the one is administrator, and the other invited to more.
		must(t, edited(p, p.Admin, memberEdit{ID: p.Member("later@example.org").ID, Grant: &grants{
			Roles: []string{access.Admin}, GroupIDs: idList(mine, other), Labels: []string{"x"},
		}}))
		undone, err := p.Imports.UndoImport(t.Context(), p.Caller(users), b.ID)
		must(t, err)
		left, err := p.Imports.Leftovers(t.Context(), undone, 100)
		must(t, err)
		list := []string{}
		for _, l := range left {
			list = append(list, fmt.Sprint(l.Number, " ", l.Reason.Key))
		}
		same(t, "left", list, []string{"2 import.left_not_yours"})
		same(t, "labels", p.Member("later@example.org").Labels, []string{"x"})
	})
}

func TestUndoingNeverEndsTheLastAdministrator(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		second := p.Join("second@example.org", nil)
		p.Verify("second@example.org")
		b := ranAs(p, p.Admin, brought(p, p.Admin, importbatch.ExistingUpdate, nil, "email,roles",
			"second@example.org,admin"))
		same(t, "holds", p.Holds(second.ID), []string{"admin@*", "learner@*"})
		must(t, p.Members.Remove(t.Context(), p.Caller(second), p.Admin.ID))
		undone, err := p.Imports.UndoImport(t.Context(), p.Caller(second), b.ID)
		must(t, err)
		left, err := p.Imports.Leftovers(t.Context(), undone, 100)
		must(t, err)
		if !slices.ContainsFunc(left, func(l *imports.Leftover) bool {
			return l.Reason.Key == "import.left_last_admin"
		}) {
			t.Errorf("left alone: %+v", left)
		}
		same(t, "still holds", p.Holds(second.ID), []string{"admin@*", "learner@*"})
	})
}
