package onboarding_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	entinvitation "usher/ent/invitation"
	"usher/ent/user"
	"usher/internal/acceptance"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/invitation"
	"usher/internal/store"
)

// histories are the tables that only ever grow: what happened stays told. The queue's own begin
// with river.
var histories = []string{"audit_events", "deletions", "epochs", "import_batches", "import_changes",
	"import_files", "import_rows", "mails", "member_counts", "seat_events", "throttles"}

// dump is all that the database holds but its histories: each row with its columns, without when it
// was last changed.
func dump(p *apptest.Place) map[string][]string {
	p.T.Helper()
	all := map[string][]string{}
	for table := range p.Snapshot() {
		if slices.Contains(histories, table) || strings.HasPrefix(table, "river") {
			continue
		}
		found, err := p.Store.DB().QueryContext(p.T.Context(), `SELECT * FROM "`+table+`"`)
		if err != nil {
			p.T.Fatal(err)
		}
		columns, err := found.Columns()
		if err != nil {
			p.T.Fatal(err)
		}
		lines := []string{}
		for found.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := found.Scan(into...); err != nil {
				p.T.Fatal(err)
			}
			line := ""
			for i, column := range columns {
				if b, raw := values[i].([]byte); raw {
					values[i] = string(b)
				}
				if column != "updated_at" {
					line += fmt.Sprintf(" %s=%v", column, values[i])
				}
			}
			lines = append(lines, line)
		}
		if err := found.Err(); err != nil {
			p.T.Fatal(err)
		}
		slices.Sort(lines)
		all[table] = lines
	}
	return all
}

// unchanged holds that a dump is as it was.
func unchanged(p *apptest.Place, before map[string][]string) {
	p.T.Helper()
	after := dump(p)
	for _, table := range changed(before, after) {
		p.T.Errorf("%s differs:\n was %s\n  is %s", table, difference(before[table], after[table]),
			difference(after[table], before[table]))
	}
}

// difference is what of a list is not in another.
func difference(of, without []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(of), func(s string) bool {
		return slices.Contains(without, s)
	}), "\n")
}

func undo(p *apptest.Place, b *ent.ImportBatch) []*imports.Leftover {
	p.T.Helper()
	undone, err := p.Imports.UndoImport(p.T.Context(), p.Caller(p.Admin), b.ID)
	if err != nil {
		p.T.Fatal(err)
	}
	same(p.T, "status", undone.Status, importbatch.StatusUndone)
	left, err := p.Imports.Leftovers(p.T.Context(), undone, 1000)
	if err != nil {
		p.T.Fatal(err)
	}
	return left
}

// furnished is a workspace with people in every state that an import can find somebody in.
func furnished(p *apptest.Place) {
	p.T.Helper()
	class := p.Group("Class", "PRIVATE", p.Group("School", "PRIVATE", nil))
	p.Group("Choir", "PUBLIC", nil)
	p.Session(p.Program("Safety", class), "Monday", day, 2*day)
	north := p.Unit("North", nil)
	p.Unit("South", nil)
	p.Field("badge", customfield.TypeText, false)
	p.Join("bare@acme.test", nil)
	p.Join("full@acme.test", &grants{
		GroupIDs: idList(class), OrgUnitID: &north.ID, Labels: []string{"old"},
		AdditionalInfo:  new("Likes tea"),
		AccessExpiresAt: after(p, 90*day), CustomFields: map[string]any{"badge": "1"},
	})
	p.AsSystem(func(ctx context.Context, tx *store.Tx) error { // somebody who gave no name
		u, err := tx.User.Query().Where(user.EmailKey("bare@acme.test")).Only(ctx)
		if err != nil {
			return err
		}
		if u, err = tx.User.UpdateOne(u).ClearFirstName().ClearLastName().ClearLocale().
			Save(ctx); err != nil {
			return err
		}
		return account.CopyNamesToMembers(ctx, tx, u)
	})
	p.Invite("pending@acme.test", &grants{Labels: []string{"old"}})
	p.Invite("promised@acme.test", &grants{GroupIDs: idList(class)})
	second := p.Found("Acme", "second") // of the same organization
	second.Join("elsewhere@acme.test", nil)
	p.Found("Far", "far").Join("far@far.test", nil)
}

const everything = "School / Class|Choir;Monday;North;new|2026;Likes milk;31/12/2040;7"

// invites and creates are rows for each of those people, and for new ones.
var (
	columns = "E-mail;Prénom;Nom;Langue;Groupes;Sessions;Unité;Étiquettes;Info;Fin d’accès;Your badge"
	invites = []string{
		columns, "new@acme.test;Ann;Lee;fr;" + everything, "plain@acme.test;;;;;;;;;;",
		"bare@acme.test;Bea;Roe;fr;" + everything,
		"full@acme.test;Other;Name;fr;Choir;Monday;South;new;Likes milk;31/12/2040;7",
		"pending@acme.test;Pat;Doe;;" + everything,
		"promised@acme.test;;;;Choir;;;x;;;", "elsewhere@acme.test;;;;" + everything,
		"far@far.test;;;;" + everything,
	}
	creates = append(append([]string{}, invites...), ";Zoë;Éluard;;"+everything)
)

// BAT-9: undo takes back what nobody has used since.
func TestUndoingLeavesTheDatabaseAsItWas(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		furnished(p)
		settle(p)
		for _, action := range []importbatch.Action{importbatch.ActionInvite,
			importbatch.ActionCreate} {
			for _, existing := range []importbatch.Existing{importbatch.ExistingSkip,
				importbatch.ExistingFillEmpty, importbatch.ExistingUpdate} {
				lines := invites
				if action == importbatch.ActionCreate {
					lines = slices.Clone(creates)
					for i := range lines[1:] { // whose account is made needs a name
						cells := strings.Split(lines[i+1], ";")
						if cells[1] == "" {
							cells[1], cells[2] = "First", "Last"
						}
						lines[i+1] = strings.Join(cells, ";")
					}
				}
				before := dump(p)
				b := run(p, fileAs(p, p.Admin, action, existing, lines...))
				settle(p)
				t.Logf("%s %s: %s", action, existing, counts(b))
				if same(t, "wrong", b.ErrorCount, 0); slices.Equal(changed(before, dump(p)), nil) {
					t.Errorf("%s %s changed nothing", action, existing)
				}
				if left := undo(p, b); len(left) > 0 {
					t.Errorf("%s %s: left alone: %+v", action, existing, left)
				}
				settle(p)
				forgetCancelled(p, b)
				unchanged(p, before)
				if t.Failed() {
					t.Fatalf("after %s %s", action, existing)
				}
			}
		}
	})
}

// BAT-9: undo restores the grantor of an invitation, from a journal whose words outlive a release.
func TestUndoingRestoresTheGrantorByTheStoredWord(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		inv := p.Invite("pending@acme.test", &grants{Labels: []string{"old"}})
		second := p.Join("second@acme.test", &grants{Roles: []string{"admin"}})
		settle(p)
		b := ranAs(p, second, fileAs(p, second, importbatch.ActionInvite,
			importbatch.ExistingUpdate, "email,labels", "pending@acme.test,new"))
		same(t, "grantor by the import", *p.Invitation(inv.ID).GrantorID, second.ID)
		changes, err := p.Store.ImportChange.Query().Where(importchange.SubjectID(inv.ID)).
			All(p.In())
		must(t, err)
		var words []string
		for _, c := range changes {
			for _, cell := range c.Cells {
				words = append(words, cell.Column)
			}
		}
		same(t, "words of the journal", words, []string{"grant", "giver_id"})
		same(t, "left alone", len(undo(p, b)), 0)
		same(t, "grantor", *p.Invitation(inv.ID).GrantorID, p.Admin.ID)
	})
}

// forgetCancelled holds that the invitations of an undone import are cancelled and that their links
// say so (INV-12), and deletes them.
func forgetCancelled(p *apptest.Place, b *ent.ImportBatch) {
	p.T.Helper()
	of, err := p.Store.Invitation.Query().Where(entinvitation.ImportID(b.ID)).All(p.In())
	must(p.T, err)
	for _, inv := range of {
		_, err := p.Acceptances.Accept(p.T.Context(), nil,
			acceptance.AcceptInput{Token: p.MailToken(inv)}, account.Origin{})
		refused(p.T, err, "LINK_CANCELLED", "")
		happened := p.Happened(inv.ID)
		same(p.T, "history", happened[len(happened)-1], "invitation.cancelled")
	}
	p.Write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Invitation.Delete().Where(entinvitation.ImportID(b.ID),
			entinvitation.StatusEQ(entinvitation.StatusCancelled)).Exec(ctx)
		return err
	})
}

// settle waits until all mails have left: sending one writes what it came to into its invitation.
func settle(p *apptest.Place) {
	p.T.Helper()
	p.Eventually("no mail waits", func() bool { return waiting(p) == 0 })
	time.Sleep(50 * time.Millisecond) // what follows the last one
}

// BAT-9: undo lists what it left alone and why.
func TestWhatWasTouchedSinceIsLeftAloneAndListed(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		furnished(p)
		invited := run(p, fileAs(p, p.Admin, importbatch.ActionInvite, importbatch.ExistingUpdate,
			invites...))
		created := run(p, fileAs(p, p.Admin, importbatch.ActionCreate, importbatch.ExistingSkip,
			"last name,first name,e-mail,password",
			"Lee,Cam,cam@acme.test,correct horse battery",
			"Lee,Cat,cat@acme.test,correct horse battery", "Lee,Cod,cod@acme.test,"))
		settle(p)
		p.Clock.Add(time.Minute)

		mustAccept(p, nil, p.Mailed(sentTo(p, "new@acme.test")))
		if _, err := p.Invitations.Resend(t.Context(), p.Caller(p.Admin),
			sentTo(p, "plain@acme.test").ID, invitation.ResendInput{}); err != nil {
			t.Fatal(err)
		}
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Member.UpdateOneID(p.Member("full@acme.test").ID).
				SetLabels([]string{"mine"}).Exec(ctx); err != nil {
				return err
			}
			return tx.Invitation.UpdateOneID(sentTo(p, "pending@acme.test").ID).
				SetFirstName("Patricia").Exec(ctx)
		})
		p.SignIn("cam@acme.test", "correct horse battery")
		choir, err := p.Store.Group.Query().All(p.In())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(choir, func(g *ent.Group) bool { return g.Name == "Choir" })
		if _, err := inviteAs(p, p.Admin, input{Emails: []string{"cat@acme.test"},
			Grant: &grants{GroupIDs: []ident.ID{choir[i].ID}}}); err != nil {
			t.Fatal(err)
		}
		settle(p)

		left := func(b *ent.ImportBatch) (list []string) {
			for _, l := range undo(p, b) {
				list = append(list, fmt.Sprint(l.Number, " ", l.Reason.Key))
			}
			return list
		}
		same(t, "left of the invitations", left(invited), []string{
			"2 import.left_answered", "3 import.left_changed", "5 import.left_changed",
			"6 import.left_changed",
		})
		same(t, "left of the accounts", left(created), []string{
			"2 import.left_used", "2 import.left_used", "3 import.left_changed",
			"3 import.left_used",
		})
		full := p.Member("full@acme.test")
		same(t, "what somebody wrote since", full.Labels, []string{"mine"})
		same(t, "what nobody touched", *full.AdditionalInfo, "Likes tea")
		pending := sentTo(p, "pending@acme.test")
		same(t, "the name of since", *pending.FirstName, "Patricia")
		same(t, "the former name", pending.LastName, nil)
		same(t, "the former labels", pending.Grant.Labels, []string{"old"})
		if p.Member("new@acme.test") == nil || p.Member("cam@acme.test") == nil ||
			p.Member("cat@acme.test") == nil {
			t.Error("somebody who is in was taken out")
		}
		if p.Member("cod@acme.test") != nil {
			t.Error("somebody who never came is still in")
		}
		settle(p)
	})
}
