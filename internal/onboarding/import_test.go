package onboarding_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/invitation"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/store"
)

// upload previews text as the administrator.
func upload(p *apptest.Place, action importbatch.Action, existing importbatch.Existing,
	text string) *ent.ImportBatch {
	p.T.Helper()
	b, err := p.Imports.CreateImport(p.T.Context(), p.Caller(p.Admin), imports.ImportInput{
		WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText, Content: strings.NewReader(
			text), Size: int64(len(text)), Action: action, Existing: existing,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return b
}

// run starts an import and waits until it is done.
func run(p *apptest.Place, b *ent.ImportBatch) *ent.ImportBatch {
	p.T.Helper()
	if _, err := p.Imports.StartImport(p.T.Context(), p.Caller(p.Admin),
		imports.StartInput{ID: b.ID}); err != nil {
		p.T.Fatal(err)
	}
	p.Eventually("the import is done", func() bool {
		return imported(p, b.ID).Status == importbatch.StatusCompleted
	})
	return imported(p, b.ID)
}

func imported(p *apptest.Place, i ident.ID) *ent.ImportBatch {
	p.T.Helper()
	b, err := p.Store.ImportBatch.Get(p.In(), i)
	if err != nil {
		p.T.Fatal(err)
	}
	return b
}

// rowsOf lists an import's rows as "number OUTCOME column:KEY…".
func rowsOf(p *apptest.Place, b *ent.ImportBatch) []string {
	p.T.Helper()
	page, err := p.Imports.Rows(p.T.Context(), p.Caller(p.Admin), b,
		imports.RowQuery{Limit: 1000})
	if err != nil {
		p.T.Fatal(err)
	}
	out := []string{}
	for _, r := range page.Rows {
		s := fmt.Sprintf("%d %s", r.Number, r.Outcome)
		for _, e := range r.Errors {
			column := ""
			if e.Column != nil {
				column = *e.Column
			}
			s += " " + column + ":" + e.Message.Key
		}
		out = append(out, s)
	}
	return out
}

// timeless is a table without the moments at which its rows changed.
func timeless(rows []string) []string {
	out := []string{}
	for _, row := range rows {
		out = append(out, moments.ReplaceAllString(row, ""))
	}
	return out
}

var moments = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC`)

func counts(b *ent.ImportBatch) string {
	return fmt.Sprintf("%d invited %d created %d updated %d unchanged %d wrong of %d",
		b.InviteCount, b.CreateCount, b.UpdateCount, b.UnchangedCount, b.ErrorCount, b.TotalRows)
}

// BAT-3: the preview shows what each row would do, and the import does exactly that.
func TestAnImportInvitesByTheRulesOfInviting(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		class := p.Group("Class", "PUBLIC", p.Group("School", "PRIVATE", nil))
		p.Join("member@acme.test", nil)
		p.Invite("pending@acme.test", nil)
		suppressed(p, "mute@acme.test", p.Workspace.ID)
		b := upload(p, importbatch.ActionInvite, importbatch.ExistingSkip, strings.Join([]string{
			"E-mail;Prénom;Nom;Groupes;Étiquettes",
			"ann@acme.test;Ann;Lee;School / Class;new|2026",
			"member@acme.test;;;;",
			"pending@acme.test;;;;",
			"mute@acme.test;;;;",
			"nonsense;;;;",
			"ANN@acme.test;;;;",
			"ben@acme.test;;;Clas;",
			";Nobody;Known;;",
			"",
		}, "\n"))
		want := []string{
			"2 INVITE", "3 UNCHANGED", "4 UNCHANGED", "5 ERROR email:invite.suppressed",
			"6 ERROR email:address.no_at", "7 ERROR email:import.twice",
			"8 ERROR groups:import.unknown_near", "9 ERROR email:import.no_email",
		}
		same(t, "preview", rowsOf(p, b), want)
		same(t, "counts", counts(b), "1 invited 0 created 0 updated 2 unchanged 5 wrong of 8")
		same(t, "mails", b.EmailsToSend, 1)
		same(t, "invitations", p.CountInvitations(), 2) // nothing happened yet
		done := run(p, b)
		same(t, "rows", rowsOf(p, done), want)
		same(t, "counts", counts(done), counts(b))
		same(t, "processed", done.ProcessedRows, 8)
		m := p.Received("ann@acme.test", 1)
		if !strings.Contains(m.Text, "Ann") {
			t.Errorf("the mail does not greet: %s", m.Text)
		}
		inv := p.Store.Invitation.Query().Where(invitation.EmailKey("ann@acme.test")).WithGroups().
			WithRoles().OnlyX(p.In())
		same(t, "groups", inv.Edges.Groups[0].ID, class.ID)
		same(t, "labels", inv.Grant.Labels, []string{"new", "2026"})
		same(t, "who", *inv.ImportID, b.ID)
		admitted := mustAccept(p, nil, p.Mailed(inv))
		same(t, "holds", p.Holds(admitted.Member.ID), []string{"learner@Class", "learner@School^"})
		p.Eventually("the digest", func() bool {
			return countOf(p.Kinds("admin@acme.test"), "import_digest") == 1
		})

		again := run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingSkip,
			"ann@acme.test\nmember@acme.test\n"))
		same(t, "again", counts(again), "0 invited 0 created 0 updated 2 unchanged 0 wrong of 2")
	})
}

// BAT-10: a username is made from names, and passwords are sealed while they wait.
func TestAnImportCreatesByTheRulesOfCreating(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		far := p.Found("Far", "far")
		far.Join("far@far.test", nil)
		b := upload(p, importbatch.ActionCreate, importbatch.ExistingSkip, strings.Join([]string{
			"last name,first name,e-mail,username,password,send credentials",
			"Lee,Ann,ann@acme.test,,correct horse battery,0",
			"Lee,Ben,ben@acme.test,,,1",
			"Éluard,Zoë,,,,",
			"Far,Away,far@far.test,,,",
			"Weak,One,weak@acme.test,,password,",
			"Lee,Both,both@acme.test,,correct horse battery,1",
			"Lee,,first@acme.test,,,",
		}, "\n"))
		want := []string{
			"2 CREATE", "3 CREATE", "4 CREATE", "5 CREATE", "6 ERROR password:password.common",
			"7 CREATE sendCredentials:import.password_not_mailed",
			"8 ERROR firstName:create.first_name",
		}
		same(t, "preview", rowsOf(p, b), want)
		if sealed := p.Snapshot()["import_rows"]; strings.Contains(strings.Join(sealed, ""),
			"correct horse") {
			t.Error("a password stands in the database in clear")
		}
		done := run(p, b)
		want[3] = "5 INVITE" // the account elsewhere, of which the preview does not tell
		same(t, "rows", rowsOf(p, done), want)
		same(t, "counts", counts(done), "1 invited 4 created 0 updated 0 unchanged 2 wrong of 7")
		same(t, "seats", p.SeatsTaken(), 5)
		p.SignIn("ann@acme.test", "correct horse battery")
		p.Received("ben@acme.test", 1)
		same(t, "ben's mails", p.Kinds("ben@acme.test"), []string{"credentials"})
		page, err := p.Imports.Rows(t.Context(), p.Caller(p.Admin), done,
			imports.RowQuery{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "username", *page.Rows[2].Username, "zoe.eluard")
		same(t, "far", p.Store.Invitation.Query().Where(invitation.EmailKey("far@far.test")).
			OnlyX(p.In()).Status, invitation.StatusPending)
	})
}

// BAT-2: existing people have empty fields filled, or are updated.
func TestAnImportFillsOrUpdatesWhoIsThere(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		class, other := p.Group("Class", "PRIVATE", nil), p.Group("Other", "PRIVATE", nil)
		m := p.Join("ann@acme.test", &grants{GroupIDs: idList(class), Labels: []string{"old"}})
		p.Invite("ben@acme.test", &grants{GroupIDs: idList(class)})
		text := "email,groups,labels,additional info,first name\nann@acme.test,Other,new,Likes tea,Changed\nben@acme.test,Other,,,Ben\n"
		before := p.Snapshot()

		fill := run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingFillEmpty, text))
		same(t, "fill", rowsOf(p, fill), []string{"2 UPDATE", "3 UPDATE"})
		now := p.Member("ann@acme.test")
		same(t, "holds", p.Holds(m.ID), []string{"learner@Class"})
		same(t, "labels", now.Labels, []string{"old"})
		same(t, "info", *now.AdditionalInfo, "Likes tea")
		same(t, "name", *p.User("ann@acme.test").FirstName, "ann") // the person's own

		update := run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingUpdate, text))
		same(t, "update", rowsOf(p, update), []string{"2 UPDATE", "3 UPDATE"})
		same(t, "holds", p.Holds(m.ID), []string{"learner@Class", "learner@Other"})
		same(t, "labels", p.Member("ann@acme.test").Labels, []string{"old", "new"})
		ben := p.Store.Invitation.Query().Where(invitation.EmailKey("ben@acme.test")).WithGroups().
			OnlyX(p.In())
		same(t, "ben", len(ben.Edges.Groups), 2)
		same(t, "ben's name", *ben.FirstName, "Ben")
		same(t, "mails", p.Kinds("ben@acme.test"), []string{})
		third := run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingUpdate, text))
		same(t, "again", counts(third), "0 invited 0 created 0 updated 2 unchanged 0 wrong of 2")

		for _, b := range []*ent.ImportBatch{update, fill} {
			if _, err := p.Imports.UndoImport(t.Context(), p.Caller(p.Admin), b.ID); err != nil {
				t.Fatal(err)
			}
		}
		after := p.Snapshot()
		for _, table := range []string{"members", "role_assignments", "assignment_sources", "users",
			"invitations", "invitation_groups", "enrollments", "seats"} {
			same(t, table, timeless(after[table]), timeless(before[table]))
		}
		_ = other
	})
}

func TestUndoingTakesBackWhatNobodyUsed(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		before := p.Snapshot()
		b := run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingSkip,
			"ann@acme.test\nben@acme.test\neve@acme.test\n"))
		ben := p.Store.Invitation.Query().Where(invitation.EmailKey("ben@acme.test")).OnlyX(p.In())
		c := run(p, upload(p, importbatch.ActionCreate, importbatch.ExistingSkip,
			"last name,first name,username,password\nLee,Zoe,zoe,correct horse battery\nLee,Max,max,correct horse battery\n"))
		for _, i := range []*ent.ImportBatch{b, c} {
			undone, err := p.Imports.UndoImport(t.Context(), p.Caller(p.Admin), i.ID)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "status", undone.Status, importbatch.StatusUndone)
		}
		_ = ben
		after := p.Snapshot()
		for _, table := range []string{"members", "role_assignments", "assignment_sources", "users",
			"seats", "organizations"} {
			same(t, table, timeless(after[table]), timeless(before[table]))
		}
		same(t, "invitations", states(p)[invitation.StatusCancelled], 3)
		same(t, "open invitations", states(p)[invitation.StatusPending], 0)

		b = run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingSkip,
			"ann@acme.test\nben@acme.test\n"))
		mustAccept(p, nil, p.Mailed(p.Store.Invitation.Query().
			Where(invitation.EmailKey("ben@acme.test"),
				invitation.StatusEQ(invitation.StatusPending)).OnlyX(p.In())))
		c = run(p, upload(p, importbatch.ActionCreate, importbatch.ExistingSkip,
			"last name,first name,e-mail,password\nLee,Zoe,zoe@acme.test,correct horse battery\n"))
		p.Clock.Add(time.Second)
		p.SignIn("zoe@acme.test", "correct horse battery")
		for i, why := range map[*ent.ImportBatch]string{b: "import.left_answered",
			c: "import.left_used"} {
			if _, err := p.Imports.UndoImport(t.Context(), p.Caller(p.Admin), i.ID); err != nil {
				t.Fatal(err)
			}
			left, err := p.Imports.Leftovers(t.Context(), i, 10)
			if err != nil || len(left) == 0 || left[0].Reason.Key != why {
				t.Errorf("left alone: %v, %v", left, err)
			}
		}
		same(t, "accepted", states(p)[invitation.StatusActive], 1)
		same(t, "cancelled", states(p)[invitation.StatusCancelled], 4)
		same(t, "open", states(p)[invitation.StatusPending], 0)
	})
}

// BAT-8: a running import can be paused.
func TestAnImportIsHeldResumedAndStopped(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		admin := p.Caller(p.Admin)
		b := upload(p, importbatch.ActionInvite, importbatch.ExistingSkip, "ann@acme.test\n")
		_, err := p.Imports.PauseImport(t.Context(), admin, b.ID)
		refused(t, err, fault.Conflict, "")
		step := func(do func(context.Context, *access.Caller, ident.ID) (*ent.ImportBatch, error),
			want importbatch.Status) {
			t.Helper()
			got, err := do(t.Context(), admin, b.ID)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "status", got.Status, want)
		}
		_, err = p.Imports.StartImport(t.Context(), admin,
			imports.StartInput{ID: b.ID, EmailsPerMinute: new(0)})
		refused(t, err, fault.BadUserInput, "emailsPerMinute")
		if _, err := p.Imports.StartImport(t.Context(), admin,
			imports.StartInput{ID: b.ID}); err != nil {
			t.Fatal(err)
		}
		_, err = p.Imports.StartImport(t.Context(), admin, imports.StartInput{ID: b.ID})
		refused(t, err, fault.Conflict, "")
		step(p.Imports.PauseImport, importbatch.StatusPaused)
		step(p.Imports.ResumeImport, importbatch.StatusRunning)
		step(p.Imports.CancelImport, importbatch.StatusCancelled)
		_, err = p.Imports.ResumeImport(t.Context(), admin, b.ID)
		refused(t, err, fault.Conflict, "")
		same(t, "invitations", p.CountInvitations(), 0)
	})
}

// BAT-8: emails of an import can be scheduled and limited per minute.
func TestEmailsOfAnImportLeaveWhenAndAsFastAsAsked(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		b := upload(p, importbatch.ActionInvite, importbatch.ExistingSkip,
			"email\na@acme.test\nb@acme.test\nc@acme.test\n")
		at := p.Clock.Now().UTC().Truncate(time.Second).Add(24 * time.Hour)
		in := imports.StartInput{ID: b.ID, EmailAt: &at, EmailsPerMinute: new(2)}
		if _, err := p.Imports.StartImport(t.Context(), p.Caller(p.Admin), in); err != nil {
			t.Fatal(err)
		}
		p.Eventually("the import is done", func() bool {
			return imported(p, b.ID).Status == importbatch.StatusCompleted
		})
		due := func(email string) time.Time { return p.Mails(email)[0].DueAt.UTC() }
		if first := due("a@acme.test"); first.Before(at) || first.After(at.Add(2*time.Minute)) {
			t.Errorf("the first email is due at %s, asked for from %s", first, at)
		}
		same(t, "between the first and the second", due("b@acme.test").Sub(due("a@acme.test")),
			30*time.Second)
		same(t, "between the second and the third", due("c@acme.test").Sub(due("b@acme.test")),
			30*time.Second)
	})
}

// BAT-7: batchUsers.
func TestBatchesAreRefusedAsAWholeOrRowByRow(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		admin := p.Caller(p.Admin)
		in := imports.BatchInput{WorkspaceID: p.Workspace.ID, Action: importbatch.ActionInvite}
		_, err := p.Imports.BatchUsers(t.Context(), admin, in)
		refused(t, err, fault.BadUserInput, "rows")
		in.Rows = make([]*imports.RowInput, 5001)
		_, err = p.Imports.BatchUsers(t.Context(), admin, in)
		refused(t, err, fault.BadUserInput, "rows")
		in.Rows = []*imports.RowInput{{Email: new("ann@acme.test"), FirstName: new("=cmd()")},
			{Email: new("ben@acme.test"), Roles: []string{"boss"}}}
		b, err := p.Imports.BatchUsers(t.Context(), admin, in)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "rows", rowsOf(p, b), []string{"1 INVITE", "2 ERROR roles:import.unknown"})
		same(t, "status", b.Status, importbatch.StatusRunning)
		_, err = p.Imports.CreateImport(t.Context(), admin, imports.ImportInput{
			WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText, Content: strings.NewReader(
				"\"open"), Size: 5, Action: importbatch.ActionInvite,
			Existing: importbatch.ExistingSkip,
		})
		if f, ok := fault.Of(err); !ok || f.Code != fault.BadUserInput {
			t.Errorf("an unclosed quote: %v", err)
		}
		same(t, "imports", p.Store.ImportBatch.Query().CountX(p.In()), 1)
		learner := p.Join("learner@acme.test", nil)
		_, err = p.Imports.BatchUsers(t.Context(), p.Caller(learner), in)
		refused(t, err, fault.Forbidden, "")
		_, err = p.Imports.UndoImport(t.Context(), p.Caller(learner), b.ID)
		refused(t, err, fault.NotFound, "")
		p.AsSystem(func(ctx ctx, tx *store.Tx) error {
			o := tx.Organization.GetX(ctx, p.Workspace.OrganizationID)
			o.Entitlements.SpreadsheetImport = false
			return tx.Organization.UpdateOne(o).SetEntitlements(o.Entitlements).Exec(ctx)
		})
		_, err = p.Imports.BatchUsers(t.Context(), admin, in)
		refused(t, err, fault.PlanRequired, "")
	})
}
