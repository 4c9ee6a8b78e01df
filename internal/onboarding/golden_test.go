package onboarding_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/importbatch"
	"usher/ent/importrow"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/invitation"
	"usher/internal/store"
)

var renew = flag.Bool("update", false, "write the golden files again")

// fileAs previews a file as a member; options are the rest of the input.
func fileAs(p *apptest.Place, by *ent.Member, action importbatch.Action,
	existing importbatch.Existing, lines ...string) *ent.ImportBatch {
	p.T.Helper()
	text := strings.Join(lines, "\n") + "\n"
	b, err := p.Imports.CreateImport(p.T.Context(), p.Caller(by), imports.ImportInput{
		WorkspaceID: p.Workspace.ID, Source: importbatch.SourceFile, FileName: "people.csv",
		Content: strings.NewReader(text), Size: int64(len(text)),
		Action: action, Existing: existing,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return b
}

// reported holds the report and the rejected rows of an import, in both languages, against their
// golden files. The two databases share them.
func reported(p *apptest.Place, by *ent.Member, b *ent.ImportBatch, name string) {
	p.T.Helper()
	for kind, of := range map[string]func(context.Context, *access.Caller, ident.ID, i18n.Locale) (
		*imports.Download, error){
		"report": p.Imports.Report, "rejected": p.Imports.Rejected,
	} {
		for _, l := range i18n.Locales {
			d, err := of(p.T.Context(), p.Caller(by), b.ID, l)
			if err != nil {
				p.T.Fatal(err)
			}
			var got bytes.Buffer
			if err := d.Write(&got); err != nil {
				p.T.Fatal(err)
			}
			path := filepath.Join("testdata", "reports", name+"."+kind+"."+string(l)+".csv")
			if *renew {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					p.T.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				p.T.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				p.T.Errorf("%s:\n got %s\nwant %s", path, got.Bytes(), want)
			}
		}
	}
}

// said are the sentences of an import's rows, as keys of the catalogue.
func said(p *apptest.Place, imports ...*ent.ImportBatch) map[string]bool {
	p.T.Helper()
	keys := map[string]bool{}
	for _, b := range imports {
		rows, err := p.Store.ImportRow.Query().Where(importrow.ImportID(b.ID)).All(p.In())
		if err != nil {
			p.T.Fatal(err)
		}
		for _, r := range rows {
			keys[string(r.Outcome)] = true
			for _, e := range r.Errors {
				keys[e.Message] = true
			}
		}
	}
	return keys
}

// everySentence is all that a row of this text can be told, except for the twenty ways of an
// address to be wrong.
var everySentence = strings.Fields(`INVITE CREATE UPDATE UNCHANGED ERROR
	importfile.cell_too_long importfile.cell_unreadable importfile.cell_formula importfile.cell_beyond importfile.cell_bool importfile.cell_date importfile.cell_locale
	input.too_long account.username_long account.username_address account.username_chars address.no_at address.domain_no_dot
	create.first_name create.last_name create.username_taken
	grant.too_many grant.label grant.access_past grant.field_answer_number grant.field_answer_choice grant.no_place
	grant.group_required grant.beyond_role grant.beyond_place grant.name_a_place
	import.no_email import.twice import.unknown import.unknown_near import.ambiguous import.not_yours import.password_unused import.no_mailbox import.password_not_mailed import.same_names
	invite.suppressed invite.deactivated password.too_short password.common password.personal seat.none_left`)

func TestReportsReadAsTheirGoldenFiles(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		class := p.Group("Class", "PRIVATE", p.Group("School", "PRIVATE", nil))
		p.Group("Class", "PRIVATE", p.Group("Annexe", "PRIVATE", nil))
		p.Unit("Atelier", nil)
		p.Field("size", customfield.TypeChoice, false, "S", "XL")
		p.Field("height", customfield.TypeNumber, false)
		p.Field("born", customfield.TypeDate, false)
		p.Join("gone@acme.test", &grants{AccessExpiresAt: after(p, day)})
		p.Clock.Add(2 * day)
		if err := p.Members.EndAccess(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.Join("there@acme.test", &grants{Labels: []string{"a"}})
		p.Invite("pending@acme.test", &grants{Labels: []string{"a"}})
		suppressed(p, "mute@acme.test", p.Workspace.ID)
		far := p.Found("Far", "far")
		far.Join("far@far.test", nil)
		long, manyLabels := strings.Repeat("é", 201), ""
		for i := range 51 {
			manyLabels += fmt.Sprintf("%d|", i)
		}

		invited := fileAs(p, p.Admin, importbatch.ActionInvite, importbatch.ExistingUpdate,
			"Nom;E-mail;Groupes;Étiquettes;Rôles;Unité;Langue;Fin d’accès;Envoyer les identifiants;Mot de passe;Your size;Your height;Your born;Prénom",
			"Lee;ann@acme.test;School / Class;new|2026;;;fr;31/12/2040;0;;XL;1.75;3/2/1990;=HYPERLINK(\"http://x.test\")",
			"Lee;there@acme.test;;b;;;;;;;;;;",
			";there2@acme.test;;;;;;;;correct horse battery;;;;Pwd",
			";pending@acme.test;;b;;;;;;;;;;",
			";gone@acme.test;;;;;;;;;;;;",
			";mute@acme.test;;;;;;;;;;;;",
			";ann-acme.test;;;;;;;;;;;;",
			";ann@acme;;;;;;;;;;;;",
			"Nobody;;;;;;;;;;;;;",
			";ANN@acme.test;;;;;;;;;;;;",
			";f1@acme.test;Class|Scool|Others;;boss;Ateliers;klingon;31/12/26;maybe;;M;tall;yesterday;",
			";f2@acme.test;;"+strings.Repeat("x", 101)+";;;;;;;;;;",
			";f3@acme.test;;;;;;1/2/2020;;;;;;",
			";f4@acme.test;;;coach;;;;;;;;;",
			";f5@acme.test;;;;;;;;;;;;;over|here",
			";f6@acme.test;#REF!;;;;;;;;;;;",
			";f7@acme.test;;;;;;;;;;;\a;"+strings.Repeat("y", 1001),
			long+";f8@acme.test;;;;;;;;;;;;",
			";f9@acme.test;;;;;;;;;M;;;",
			";f10@acme.test;;;;;;;;;;tall;;",
			";f11@acme.test;;"+manyLabels+";;;;;;;;;;",
		)
		reported(p, p.Admin, invited, "invite-previewed")
		invited = run(p, invited)
		reported(p, p.Admin, invited, "invite")

		// one of them for the account elsewhere, of which the preview does not tell
		p.Seats(p.SeatsTaken() + 5)
		again := run(p, fileAs(p, p.Admin, importbatch.ActionInvite, importbatch.ExistingSkip,
			"E-mail", "there@acme.test", "ann@acme.test"))
		reported(p, p.Admin, again, "skip")
		created := run(p, fileAs(p, p.Admin, importbatch.ActionCreate, importbatch.ExistingSkip,
			"last name,first name,e-mail,username,password,send credentials",
			"Lee,Bo,bo@acme.test,,correct horse battery,0",
			"Éluard,Zoë,,,,1",
			"Éluard,Zoë,,,,",
			"Far,Away,far@far.test,,,",
			"Lee,Max,,max,correct horse battery,",
			"Lee,Max,,MAX,,",
			"Lee,,c1@acme.test,,,",
			",Ann,c2@acme.test,,,",
			"Lee,Both,c3@acme.test,,correct horse battery,1",
			"Lee,Weak,c4@acme.test,,password,",
			"Lee,Short,c5@acme.test,,abc,",
			"Ottoline,Personal,c6@acme.test,,Personal Ottoline,",
			"Lee,Long,,"+long+",,",
			"Lee,At,at@acme.test,a@b.test,,",
			"Lee,Odd,,a b,,",
			"Lee,Late,c7@acme.test,,,",
		))
		reported(p, p.Admin, created, "create")
		named := run(p, fileAs(p, p.Admin, importbatch.ActionCreate, importbatch.ExistingSkip,
			"last name,first name,e-mail,username", "Lee,Max,c8@acme.test,max"))
		reported(p, p.Admin, named, "username-taken")

		// Somebody who looks after one group.
		p.Seats(100)
		narrow, choir := p.Join("narrow@acme.test", &grants{Roles: []string{"user_admin"},
			GroupIDs: idList(class)}), p.Group("Choir", "PRIVATE", nil)
		_, err := p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin),
			invitation.AddInput{GroupID: choir.ID, MemberIDs: []ident.ID{narrow.ID}})
		must(t, err)
		limited := ranAs(p, narrow, fileAs(p, narrow, importbatch.ActionInvite,
			importbatch.ExistingUpdate, "email,groups,roles,labels",
			"n1@acme.test,Class,,",
			"n2@acme.test,Choir,,",
			"n3@acme.test,,,",
			"n4@acme.test,Class,admin,",
			"there@acme.test,Class,,z",
			"n5@acme.test,Annexe / Class,,",
			"n6@acme.test,Annex,,",
		))
		reported(p, narrow, limited, "narrow")
		p.Configure(func(s *settings) { s.RequireGroup = true })
		grouped := run(p, fileAs(p, p.Admin, importbatch.ActionInvite, importbatch.ExistingSkip,
			"email", "g1@acme.test"))
		reported(p, p.Admin, grouped, "group-required")

		mustAccept(p, nil, p.Mailed(sentTo(p, "ann@acme.test")))
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Member.UpdateOneID(p.Member("there@acme.test").ID).
				SetLabels([]string{"mine"}).Exec(ctx)
		})
		undone, err := p.Imports.UndoImport(t.Context(), p.Caller(p.Admin), invited.ID)
		if err != nil {
			t.Fatal(err)
		}
		reported(p, p.Admin, undone, "undone")

		keys := said(p, invited, again, created, named, limited, grouped)
		for _, key := range everySentence {
			if !keys[key] {
				t.Errorf("no row says %s", key)
			}
			delete(keys, key)
		}
		if len(keys) > 0 {
			t.Errorf("rows say what is not listed: %v", keys)
		}
	})
}
