package onboarding_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/importbatch"
	"usher/ent/member"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/spreadsheet"
	"usher/internal/store"
)

// offer uploads a text that may be refused.
func offer(p *apptest.Place, action importbatch.Action, header importbatch.Header,
	text string) (*ent.ImportBatch, error) {
	return p.Imports.CreateImport(p.T.Context(), p.Caller(p.Admin), imports.ImportInput{
		WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText,
		Content: strings.NewReader(text), Size: int64(len(text)),
		Action: action, Existing: importbatch.ExistingSkip, Header: header,
	})
}

func TestNobodyIsMadeOfALineThatMayBeAHeader(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for name, text := range map[string]string{
			"another language":    "Ism,Familiya\nNodi,Kari\n",
			"a title above":       "Liste\nVorname;Nachname;E-Mail\nAda;Lovelace;ada@x.test\n",
			"an unknown template": "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Key Rotation [UPLOAD ONLY],Mail Store [Required]\nAda,Lovelace,ada@x.test,Sup3r-secret-word,,/Staff/Teachers\n",
			"a web page":          "<html><table><tr><td>ada@x.test</td></tr></table></html>",
		} {
			for _, action := range []importbatch.Action{importbatch.ActionCreate,
				importbatch.ActionInvite} {
				_, err := offer(p, action, "", text)
				f, ok := fault.Of(err)
				if !ok || f.Code != fault.BadUserInput || f.Field != "file" ||
					strings.Contains(f.Error()+fmt.Sprint(f.Message.Args), "Sup3r") {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		same(t, "imports", p.Store.ImportBatch.Query().CountX(p.In()), 0)
		if dump := fmt.Sprint(p.Snapshot()); strings.Contains(dump, "Familiya") ||
			strings.Contains(dump, "Sup3r") {
			t.Error("something of a refused file is kept")
		}
		b, err := offer(p, importbatch.ActionCreate, importbatch.HeaderNone,
			"Ism,Familiya\nLast name,First name\n")
		must(t, err)
		same(t, "by order of a person", rowsOf(p, b),
			[]string{"1 CREATE", "2 ERROR :importfile.header_again"})
		same(t, "what is said", imports.ReadingOf(b).Notes[0].Key, "importfile.read_in_order")
	}, apptest.WithoutMail)
}

func TestTheClassicSampleMakesItsAccounts(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		b := upload(p, importbatch.ActionCreate, importbatch.ExistingSkip,
			"Smith, James,, France | North, 1, apozeiru, en, Professional Photographer\n"+
				"Martin, Christopher,,, 0, lmozeirp, fr, ID 5162\nDoe, Jane, jane@acme.test,, 1, zplmorteq\n")
		want := []string{
			"1 CREATE sendCredentials:import.no_mailbox password:import.password_trimmed",
			"2 CREATE password:import.password_trimmed",
			"3 CREATE sendCredentials:import.password_not_mailed password:import.password_trimmed",
		}
		same(t, "preview", rowsOf(p, b), want)
		same(t, "done", rowsOf(p, run(p, b)), want)
		p.SignIn("jane@acme.test", "zplmorteq")
		same(t, "nothing of a password is mailed", slices.Contains(p.Kinds("jane@acme.test"),
			"credentials"), false)
	})
}

// BAT-11: a password never leaves the seal.
func TestAPasswordNeverLeavesTheSealWhateverItsColumn(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		const secret = "Sup3r-secret-word"
		p.Field("kennwort", customfield.TypeText, false)
		clear := func(step string) {
			t.Helper()
			for table, rows := range p.Snapshot() {
				// A question of the workspace keeps its answer, whoever asked it.
				if table != "members" && strings.Contains(strings.Join(rows, ""), secret) {
					t.Errorf("%s: it stands in %s", step, table)
				}
			}
		}
		b := upload(p, importbatch.ActionCreate, importbatch.ExistingSkip, strings.Join([]string{
			"Last name,First name,E-mail,Password,Language,kennwort,",
			"Lee,Ann,ann@acme.test," + secret + ",en,,",
			"Lee,Ben,ben@acme.test,,en," + secret + ",",
			"Lee,Cem,cem@acme.test,,en,," + secret,
			"Lee,Dan,,dan@acme.test," + secret + ",en,",
			"Lee," + secret + ",eve@acme,,xx,,",
			secret + ",Fay,fay@acme.test,,xx,,",
			"Lee,Gil," + secret + ",,en,,",
		}, "\n"))
		clear("preview")
		downloads := func() (all string) {
			t.Helper()
			for _, l := range i18n.Locales {
				report, err := p.Imports.Report(t.Context(), p.Caller(p.Admin), b.ID, l)
				must(t, err)
				rejected, err := p.Imports.Rejected(t.Context(), p.Caller(p.Admin), b.ID, l)
				must(t, err)
				var out bytes.Buffer
				must(t, report.Write(&out))
				must(t, rejected.Write(&out))
				all += out.String()
			}
			page, err := p.Imports.Rows(t.Context(), p.Caller(p.Admin), b,
				imports.RowQuery{Limit: 100})
			must(t, err)
			for _, r := range page.Rows {
				for _, e := range r.Errors {
					all += e.Message.In(i18n.English)
				}
				for _, s := range []*string{r.Email, r.Name, r.Username} {
					if s != nil {
						all += *s
					}
				}
			}
			return all
		}
		if strings.Contains(downloads(), secret) {
			t.Error("it is shown before the start")
		}
		same(t, "outcomes", counts(b), "0 invited 2 created 0 updated 0 unchanged 5 wrong of 7")
		done := run(p, b)
		clear("done")
		if strings.Contains(downloads(), secret) {
			t.Error("it is shown after the end")
		}
		same(t, "outcomes", counts(done), counts(b))
		p.SignIn("ann@acme.test", secret)
		same(t, "the answer", p.Member("ben@acme.test").CustomFields["kennwort"], secret)
		for _, r := range p.Store.ImportRow.Query().AllX(p.In()) {
			if r.SealedPassword != nil && len(*r.SealedPassword) > 0 {
				t.Errorf("row %d keeps its sealed cells", r.Number)
			}
		}
	})
}

// BAT-4: uploaded again, a file makes nobody twice.
func TestTheSameFileTwiceMakesNobodyTwice(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		const file = "Last name,First name,Additional information\nTwice,Tim,\nTwice,Tom,ID 1\nTwice,Tom,ID 2\nSame,Sam,\nSame,Sam,\n"
		b := upload(p, importbatch.ActionCreate, importbatch.ExistingSkip, file)
		want := []string{"2 CREATE", "3 CREATE", "4 CREATE", "5 CREATE",
			"6 CREATE username:import.same_names"}
		same(t, "preview", rowsOf(p, b), want)
		waiting := upload(p, importbatch.ActionCreate, importbatch.ExistingSkip, file)
		same(t, "done", rowsOf(p, run(p, b)), want)
		members := p.Store.Member.Query().CountX(p.In())
		same(t, "a former preview", counts(run(p, waiting)),
			"0 invited 0 created 0 updated 0 unchanged 5 wrong of 5")
		again := upload(p, importbatch.ActionCreate, importbatch.ExistingSkip,
			file+"Twice,Tim,ID 3\n")
		same(t, "again", rowsOf(p, again), []string{
			"2 ERROR username:import.namesake", "3 ERROR username:import.namesake",
			"4 ERROR username:import.namesake", "5 ERROR username:import.namesake",
			"6 ERROR username:import.same_names username:import.namesake",
			"7 CREATE username:import.namesake_other",
		})
		same(t, "members", p.Store.Member.Query().CountX(p.In()), members)
		said := upload(p, importbatch.ActionCreate, importbatch.ExistingSkip,
			"Last name,First name,Username\nTwice,Tim,other.tim\n")
		same(t, "somebody else", rowsOf(p, said), []string{"2 CREATE"})
	})
}

func TestOnlyNewAccountsAreAskedForTheirNames(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Join("up@acme.test", nil)
		for existing, want := range map[importbatch.Existing]string{importbatch.ExistingUpdate: "2 UPDATE", importbatch.ExistingSkip: "2 UNCHANGED"} {
			b := upload(p, importbatch.ActionCreate, existing,
				"E-mail,Labels\nup@acme.test,x\nnew@acme.test,x\n")
			same(t, string(existing), rowsOf(p, b),
				[]string{want, "3 ERROR firstName:create.first_name lastName:create.last_name"})
		}
	}, apptest.WithoutMail)
}

// exported is the list of members as a file.
func exported(p *apptest.Place, format spreadsheet.Format, l i18n.Locale) []byte {
	p.T.Helper()
	d, err := p.Imports.ExportMembers(p.T.Context(), p.Caller(p.Admin), p.Workspace.ID, format, l,
		imports.MemberSelection{})
	must(p.T, err)
	var out bytes.Buffer
	must(p.T, d.Write(&out))
	return out.Bytes()
}

func sessionIDs(sessions []*ent.Session) (list []ident.ID) {
	for _, s := range sessions {
		list = append(list, s.ID)
	}
	return list
}

func TestTheListOfMembersComesBackAsUnchanged(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		europe := p.Group("Europe", "PRIVATE", nil)
		groups := []*ent.Group{
			p.Group("Germany", "PRIVATE", europe), p.Group("France @ home", "PUBLIC", europe),
			p.Group("Sales | North", "PRIVATE", nil), p.Group("Year 7/8", "PRIVATE", nil),
			p.Group("*", "PRIVATE", nil),
		}
		unit := p.Unit("Staff", nil)
		course := p.Program("Course")
		sessions := []*ent.Session{p.Session(course, "Spring | 1", day, 2*day),
			p.Session(course, "Autumn", 3*day, 4*day)}
		own := p.Role("Mentor @ work")
		for i, name := range []string{"=1+1", "+plus", "-minus", "@handle", "=SUM(A1)", "Size [EU]",
			"E-mail", "Deactivated", "'quoted"} {
			f := p.Field(fmt.Sprint("field_", i), customfield.TypeText, false)
			p.Write(func(ctx context.Context, tx *store.Tx) error {
				return tx.CustomField.UpdateOne(f).SetName(name).Exec(ctx)
			})
		}
		ends := after(p, 400*day).UTC().Truncate(time.Second).Add(123_456 * time.Microsecond)
		grant := func(in grants) *grants { return &in }
		for i, in := range []*grants{
			nil,
			grant(grants{GroupIDs: idList(groups...), Labels: []string{"R&D | EU", `back\slash\`,
				"=1+1", "0042", "plain"}}),
			grant(grants{Roles: []string{"coach"}, GroupIDs: idList(groups[0], groups[2]),
				SessionIDs: sessionIDs(sessions)}),
			grant(grants{Roles: []string{"user_admin"}, AccessExpiresAt: &ends,
				AdditionalInfo: new("two\nlines, \"quoted\"; =x")}),
			grant(grants{Roles: []string{"manager"}, OrgUnitID: &unit.ID,
				CustomFields: map[string]any{"field_0": "=1+1", "field_3": "0042", "field_6": "'x",
					"field_7": "@x"}}),
			grant(grants{Roles: []string{own.ID.String()}, GroupIDs: idList(groups[1])}),
			grant(grants{SessionIDs: sessionIDs(sessions)[1:]}),
		} {
			p.Join(fmt.Sprintf("person%d@acme.test", i), in)
		}
		// A learner in one group and a coach in another, as no list of roles and groups says.
		p.Invite("mixed@acme.test", grant(grants{GroupIDs: idList(groups[0])}))
		p.Invite("mixed@acme.test",
			grant(grants{GroupIDs: idList(groups[1]), Roles: []string{"coach"}}))
		inv := p.Invite("mixed@acme.test",
			grant(grants{GroupIDs: idList(groups[4]), Roles: []string{"group_admin"}}))
		mixed := mustAccept(p, nil, p.Accepting(inv)).Member
		held := p.Holds(mixed.ID)
		deactivated(p, "gone@acme.test")
		before := p.Snapshot()
		for _, l := range i18n.Locales {
			for _, format := range []spreadsheet.Format{spreadsheet.CSV, spreadsheet.XLSX} {
				file := exported(p, format, l)
				for _, action := range []importbatch.Action{importbatch.ActionCreate,
					importbatch.ActionInvite} {
					b, err := p.Imports.CreateImport(t.Context(), p.Caller(p.Admin),
						imports.ImportInput{
							WorkspaceID: p.Workspace.ID, Source: importbatch.SourceFile,
							Content: bytes.NewReader(file), Size: int64(len(file)), Action: action,
							Existing: importbatch.ExistingUpdate,
						})
					if err != nil {
						t.Fatalf("%s %s: %v\n%s", l, format, err, file)
					}
					for _, row := range rowsOf(p, b) {
						if !strings.HasSuffix(row, " UNCHANGED") {
							t.Errorf("%s %s %s: %s", l, format, action, row)
						}
					}
					same(t, "rows", b.TotalRows, p.Store.Member.Query().CountX(p.In()))
				}
			}
		}
		after := p.Snapshot()
		for _, table := range []string{"members", "role_assignments", "enrollments", "users"} {
			same(t, table, after[table], before[table])
		}
		same(t, "what the mixed one holds", p.Holds(mixed.ID), held)
		same(t, "still deactivated", p.Member("gone@acme.test").Status, member.StatusDeactivated)
	}, apptest.WithoutMail)
}

func TestUsernamesAreMadeOfNamesInAnyScript(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		b, err := offer(p, importbatch.ActionCreate, "", "Last name,First name\nKowalski,Łukasz\n"+
			"Weiß,Jörg\nØrsted,Øystein\nĐoàn,Đức\nИванов,Иван\n李,小龍\n")
		must(t, err)
		page, err := p.Imports.Rows(t.Context(), p.Caller(p.Admin), b, imports.RowQuery{Limit: 10})
		must(t, err)
		var got []string
		for _, r := range page.Rows {
			got = append(got, *r.Username)
		}
		same(t, "usernames", strings.Join(got, " "),
			"lukasz.kowalski jorg.weiss oystein.orsted duc.doan ivan.ivanov xiaolong.li")
	})
}
