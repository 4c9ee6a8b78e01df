package server_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/importbatch"
	"usher/ent/invitation"
	"usher/ent/signin"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/cookie"
	"usher/internal/ident"
	"usher/internal/importfile"
	"usher/internal/imports"
	"usher/internal/store"
)

// answer is what a download came to.
type answer struct {
	*http.Response
	body string
}

// fetch gets a path; headers are names and values by turns.
func fetch(p *apptest.Place, path string, headers ...string) answer {
	p.T.Helper()
	req, err := http.NewRequestWithContext(p.T.Context(), http.MethodGet, p.URL+path, nil)
	if err != nil {
		p.T.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // redirects are answers here
	if err != nil {
		p.T.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.T.Fatal(err)
	}
	return answer{resp, string(body)}
}

// table reads a CSV file as strings, the mark taken off.
func (a answer) table(t *testing.T, comma rune) [][]string {
	t.Helper()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff")))
	r.Comma, r.FieldsPerRecord = comma, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func bearing(p *apptest.Place, email string) []string {
	p.T.Helper()
	return []string{"Authorization", "Bearer " + p.SignIn(email, apptest.Password)}
}

// upload previews a file as the administrator.
func upload(p *apptest.Place, name, text string, action importbatch.Action) *ent.ImportBatch {
	p.T.Helper()
	b, err := p.Imports.CreateImport(p.T.Context(), p.Caller(p.Admin), imports.ImportInput{
		WorkspaceID: p.Workspace.ID, Source: importbatch.SourceFile, FileName: name,
		Content: strings.NewReader(text), Size: int64(len(text)),
		Action: action, Existing: importbatch.ExistingSkip,
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
		now, err := p.Store.ImportBatch.Get(p.In(), b.ID)
		b = now
		return err == nil && now.Status == importbatch.StatusCompleted
	})
	return b
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, fmt.Sprint(got), fmt.Sprint(want))
	}
}

func TestTheReportTellsWhatBecameOfEachRow(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		p.Group("Class", "PRIVATE", nil)
		b := run(p, upload(p, "../../élèves 2026.csv", strings.Join([]string{
			"E-mail;Prénom;Nom;Groupes",
			"ann@acme.test;=HYPERLINK(\"http://x.test\");Lee;Class",
			"nonsense;Bea;;Clas",
			"ann@acme.test;;;",
		}, "\n"), importbatch.ActionInvite))
		asAdmin := bearing(p, "admin@acme.test")
		path := "/imports/" + b.ID.String() + "/report.csv"
		a := fetch(p, path, asAdmin...)
		same(t, "report", a.table(t, ','), [][]string{
			{"Row", "E-mail", "Username", "Name", "Outcome", "Done", "Errors and remarks"},
			{"2", "ann@acme.test", "", "'=HYPERLINK(\"http://x.test\") Lee", "invite", "yes", ""},
			{"3", "nonsense", "", "Bea", "error", "yes", "Column A (E-mail): " +
				sentence(t, p, b, 3, 0) + " Column D (Groupes): " + sentence(t, p, b, 3, 1)},
			{"4", "ann@acme.test", "", "", "error", "yes",
				"Column A (E-mail): The same person is in row 2 already."},
		})
		same(t, "type", a.Header.Get("Content-Type"), "text/csv; charset=utf-8")
		same(t, "cache", a.Header.Get("Cache-Control"), "no-store")
		kind, named, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
		if err != nil || kind != "attachment" || named["filename"] != "élèves-2026-report.csv" {
			t.Errorf("%s %v %v", kind, named, err)
		}

		french := fetch(p, path+"?lang=fr", asAdmin...)
		same(t, "French header", french.table(t, ';')[0], []string{"Ligne", "E-mail",
			"Nom d’utilisateur", "Nom complet", "Résultat", "Terminé", "Erreurs et remarques"})
		wished := fetch(p, path, append(asAdmin, "Accept-Language", "fr-CA,en;q=0.5")...)
		same(t, "the wish of the browser", wished.body, french.body)
	})
}

// sentence is what the API says about a row, of its nth error.
func sentence(t *testing.T, p *apptest.Place, b *ent.ImportBatch, number, n int) string {
	t.Helper()
	page, err := p.Imports.Rows(t.Context(), p.Caller(p.Admin), b,
		imports.RowQuery{After: new(number - 1), Limit: 1})
	if err != nil || len(page.Rows) != 1 || len(page.Rows[0].Errors) <= n {
		t.Fatalf("row %d: %v, %v", number, page, err)
	}
	return page.Rows[0].Errors[n].Message.In("en")
}

// BAT-4: rejected rows come back as a file to correct and import again.
func TestRejectedRowsAreCorrectedAndUploadedAgain(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		b := run(p, upload(p, "people.csv",
			"E-mail;Prénom;Étiquettes\nann@acme.test;Ann;+new\nben-acme.test;Ben;+new|\"2026\"\ncyd@acme.test\tx;Cyd;\n", importbatch.ActionInvite))
		p.Received("ann@acme.test", 1)
		a := fetch(p, "/imports/"+b.ID.String()+"/rejected.csv", bearing(p, "admin@acme.test")...)
		rows := a.table(t, ';')
		same(t, "header", rows[0], []string{"E-mail", "Prénom", "Étiquettes",
			"Reasons for rejection"})
		same(t, "rows", len(rows), 3)
		same(t, "row", rows[1][:3], []string{"ben-acme.test", "Ben", `'+new|"2026"`})
		if !strings.HasPrefix(rows[1][3], "Column A (E-mail): ") ||
			!strings.HasPrefix(rows[2][3], "Column A (E-mail): ") {
			t.Errorf("reasons: %q", rows)
		}

		corrected := strings.NewReplacer("ben-acme.test", "ben@acme.test").Replace(a.body)
		again := run(p, upload(p, "people-rejected.csv", corrected, importbatch.ActionInvite))
		same(t, "invited", again.InviteCount, 1)
		same(t, "wrong", again.ErrorCount, 1)
		p.Received("ben@acme.test", 1)
		third := run(p, upload(p, "people-rejected.csv", corrected, importbatch.ActionInvite))
		same(t, "invited again", third.InviteCount, 0)
		same(t, "invitations", p.CountInvitations(), 2)
		for _, email := range []string{"ann@acme.test", "ben@acme.test"} {
			same(t, "mails to "+email, len(p.Mails(email)), 1)
		}
		inv := p.Store.Invitation.Query().Order(ent.Desc("id")).FirstX(p.In())
		same(t, "labels", inv.Grant.Labels, []string{"+new", `"2026"`})
	})
}

func TestRejectedRowsGiveNoPasswordBack(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		b := upload(p, "people.csv",
			"last name,first name,e-mail,password\nLee,Ann,ann-acme.test,correct horse battery\n",
			importbatch.ActionCreate)
		rows := fetch(p, "/imports/"+b.ID.String()+"/rejected.csv",
			bearing(p, "admin@acme.test")...).table(t, ',')
		same(t, "row", rows[1][:4], []string{"Lee", "Ann", "ann-acme.test", ""})
		if !strings.HasSuffix(rows[1][4], "type it again.") {
			t.Errorf("nothing says that the password is missing: %s", rows[1][4])
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func TestDownloadsAreAuthorisedLikeTheAPI(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, other := k.Found("Acme", "acme"), k.Found("Other", "other")
		b := upload(p, "people.csv", "ann@acme.test\nwrong\n", importbatch.ActionInvite)
		foreign := upload(other, "people.csv", "ann@other.test\n", importbatch.ActionInvite)
		p.Join("learner@acme.test", nil)
		admin, learner := bearing(p, "admin@acme.test"), bearing(p, "learner@acme.test")
		of := func(b *ent.ImportBatch, file string) string {
			return "/imports/" + b.ID.String() + "/" + file
		}
		for name, c := range map[string]struct {
			path   string
			as     []string
			status int
		}{
			"nobody": {of(b, "report.csv"), nil, http.StatusUnauthorized},
			"nobody, of rejected rows": {of(b, "rejected.csv"), nil,
				http.StatusUnauthorized},
			"nobody, of no import": {"/imports/nonsense/report.csv", nil,
				http.StatusUnauthorized},
			"nobody, of a template": {"/imports/template.csv?workspace=acme", nil,
				http.StatusUnauthorized},
			"nobody, of groups": {"/groups.csv", nil, http.StatusUnauthorized},
			"a token that is none": {of(b, "report.csv"),
				[]string{"Authorization", "Bearer x"}, http.StatusUnauthorized},
			"the administrator": {of(b, "report.csv"), admin, http.StatusOK},
			"another workspace’s import": {of(foreign, "report.csv"), admin,
				http.StatusNotFound},
			"another workspace’s rejected": {of(foreign, "rejected.csv"), admin,
				http.StatusNotFound},
			"another workspace’s template": {"/imports/template.xlsx?workspace=other", admin,
				http.StatusNotFound},
			"another workspace’s groups by id": {"/groups.csv?workspace=" +
				other.Workspace.ID.String(), admin, http.StatusNotFound},
			"an id that is none": {"/imports/nonsense/report.csv", admin,
				http.StatusNotFound},
			"the id of something else": {"/imports/" + p.Workspace.ID.String() +
				"/report.csv", admin, http.StatusNotFound},
			"a learner": {of(b, "report.csv"), learner, http.StatusNotFound},
			"a learner, of a template": {"/imports/template.csv?workspace=acme", learner,
				http.StatusForbidden},
			"a learner, of groups": {"/groups.csv?workspace=acme", learner,
				http.StatusForbidden},
			"no workspace": {"/groups.csv", admin, http.StatusBadRequest},
			"a workspace that is none": {"/groups.csv?workspace=nowhere", admin,
				http.StatusNotFound},
			"a workspace by slug": {"/groups.csv?workspace=ACME", admin,
				http.StatusOK},
			"a workspace by id": {"/imports/template.csv?workspace=" +
				p.Workspace.ID.String(), admin, http.StatusOK},
		} {
			a := fetch(p, c.path, c.as...)
			if a.StatusCode != c.status {
				t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
			}
			if a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: may be kept", name)
			}
			if c.status != http.StatusOK &&
				(a.Header.Get("Content-Type") != "text/plain; charset=utf-8" ||
					!strings.HasSuffix(strings.TrimSpace(a.body), ".")) {
				t.Errorf("%s: not a sentence: %s %s", name, a.Header.Get("Content-Type"), a.body)
			}
		}
		same(t, "in French", strings.TrimSpace(fetch(p, of(b, "report.csv"), "Accept-Language",
			"fr").body), "Connectez-vous d’abord.")
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func TestABrowserDownloadsByItsCookieAndIsLedToTheSignInWithoutOne(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		path := "/imports/" + upload(p, "people.csv", "ann@acme.test\n", importbatch.ActionInvite).
			ID.String() + "/report.csv"
		var out struct {
			SignIn struct{ Auth struct{ RefreshToken string } }
		}
		p.Must("", `mutation { signIn(input: {login: "admin@acme.test", password: "correct horse battery", tokenDelivery: BODY}) { auth { refreshToken } } }`, nil, &out)
		kept := cookie.PolicyFor(k.Settings.PublicURL).Name("") + "=" + out.SignIn.Auth.RefreshToken
		if a := fetch(p, path, "Cookie", kept); a.StatusCode != http.StatusOK {
			t.Errorf("by the cookie: %d %s", a.StatusCode, a.body)
		}
		a := fetch(p, path+"?lang=fr", "Accept", "text/html,*/*;q=0.8")
		same(t, "status", a.StatusCode, http.StatusSeeOther)
		same(t, "to", a.Header.Get("Location"), "/sign-in?next=%2Fimports%2F"+
			strings.Split(path, "/")[2]+"%2Freport.csv%3Flang%3Dfr")

		p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			return tx.SignIn.Update().Where(signin.EndedAtIsNil()).SetMustChangePassword(true).
				Exec(ctx)
		})
		if a := fetch(p, path, "Cookie", kept); a.StatusCode != http.StatusForbidden {
			t.Errorf("with a password that has to be changed: %d", a.StatusCode)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

// BAT-6: the template holds the workspace's groups and roles.
func TestTheTemplateOffersWhatTheCallerSeesAndReadsBack(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		school := p.Group("School", "PRIVATE", nil)
		class := p.Group("Class", "PUBLIC", school)
		p.Group("A|B", "PRIVATE", nil)
		p.Unit("Sales", nil)
		p.Field("size", customfield.TypeChoice, false, "S", "M")
		admin := bearing(p, "admin@acme.test")
		a := fetch(p, "/imports/template.xlsx?workspace=acme", admin...)
		book, err := excelize.OpenReader(strings.NewReader(a.body))
		if err != nil {
			t.Fatalf("%d: %v", a.StatusCode, err)
		}
		defer book.Close()
		values, err := book.GetRows(book.GetSheetList()[1])
		if err != nil {
			t.Fatal(err)
		}
		listed := map[string]string{}
		for _, row := range values[1:] {
			listed[row[0]+": "+row[2]] = row[1]
		}
		for what, value := range map[string]string{
			"Groups: School / Class": "School / Class", "Groups: School": "School",
			"Roles: Learner":             "learner",
			"Organisational unit: Sales": "Sales", "Your size: M": "M",
		} {
			same(t, what, listed[what], value)
		}
		if word := listed["Groups: A|B"]; !strings.HasPrefix(word, "grp_") {
			t.Errorf("a name with a bar is written %q, which would be read as two", word)
		}
		_, named, _ := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
		same(t, "name", named["filename"], "acme-template.xlsx")
		r, err := importfile.Open(bytes.NewReader([]byte(a.body)), int64(len(a.body)),
			importfile.Options{Fields: []importfile.Field{{Key: "size", Name: "Your size"}}})
		if err != nil {
			t.Fatalf("the template is not one that can be uploaded: %v", err)
		}
		_ = r.Close()

		importer := p.Role("Importer", access.MembersView, access.MembersInvite,
			access.MembersImport)
		p.Join("head@acme.test", &admission.GrantInput{Roles: []string{importer.Key},
			GroupIDs: []ident.ID{class.ID}})
		rows := fetch(p, "/groups.csv?workspace=acme", bearing(p, "head@acme.test")...).
			table(t, ',')
		same(t, "groups that who imports into one sees", rows,
			[][]string{{"Group id", "External id", "Path"}, {class.ID.String(), "", "Class"}})
		rows = fetch(p, "/groups.csv?workspace=acme", admin...).table(t, ',')
		same(t, "paths", []string{rows[1][2], rows[2][2], rows[3][2]},
			[]string{"A|B", "School", "School / Class"})
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func TestALongReportIsWrittenPageByPage(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		var text strings.Builder
		for i := range 2_000 { // a page that is full is not the end
			fmt.Fprintf(&text, "person%d@acme.test\n", i)
		}
		b := upload(p, "people.csv", text.String(), importbatch.ActionInvite)
		rows := fetch(p, "/imports/"+b.ID.String()+"/report.csv", bearing(p, "admin@acme.test")...).
			table(t, ',')
		same(t, "rows", len(rows), 2_001)
		for i, row := range rows[1:] {
			if row[0] != fmt.Sprint(i+1) || row[1] != fmt.Sprintf("person%d@acme.test", i) ||
				row[5] != "no" {
				t.Fatalf("row %d: %v", i+1, row)
			}
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func TestTheReportTellsWhatUndoingLeftAlone(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		b, err := p.Imports.BatchUsers(t.Context(), p.Caller(p.Admin), imports.BatchInput{
			WorkspaceID: p.Workspace.ID, Action: importbatch.ActionInvite,
			Rows: []*imports.RowInput{{Email: new("ann@acme.test")}, {Email: new("ben@acme.test")},
				{Email: new("wrong")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		p.Received("ann@acme.test", 1)
		p.Eventually("the import is done", func() bool {
			now, err := p.Store.ImportBatch.Get(p.In(), b.ID)
			return err == nil && now.Status == importbatch.StatusCompleted
		})
		inv := p.Store.Invitation.Query().Where(invitation.EmailKey("ann@acme.test")).OnlyX(p.In())
		if _, err := p.Acceptances.Accept(t.Context(), nil, p.Mailed(inv),
			account.Origin{}); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Imports.UndoImport(t.Context(), p.Caller(p.Admin), b.ID); err != nil {
			t.Fatal(err)
		}
		rows := fetch(p, "/imports/"+b.ID.String()+"/report.csv", bearing(p, "admin@acme.test")...).
			table(t, ',')
		same(t, "ann", rows[1][6],
			"Not undone: The invitation has been answered or taken back since.")
		same(t, "ben", rows[2][6], "")
		same(t, "wrong, in a column without a letter", rows[3][6][:7], "email: ")
	})
}

func TestAReportThatCannotBeWrittenToTheEndBreaksOff(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		text := strings.Repeat("x", 100) + "@acme.test\n" +
			strings.Repeat("somebody-or-other@acme.test\n", 1500)
		b := upload(p, "people.csv", text, importbatch.ActionInvite)
		admin := bearing(p, "admin@acme.test")
		// Errors that cannot be read break the second page in the middle of the answer.
		if _, err := p.Store.DB().ExecContext(t.Context(),
			`UPDATE import_rows SET errors = '[{"column": 7}]' WHERE number = 1400`); err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
			p.URL+"/imports/"+b.ID.String()+"/report.csv", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(admin[0], admin[1])
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if body, err := io.ReadAll(resp.Body); err == nil {
			t.Errorf("%d bytes look like the whole", len(body))
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

// MEM-1: what is exported comes back as it went, and nobody gets the file of who they do not see.
func TestTheListOfMembersIsAFileThatImportsAgain(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		top := p.Group("Top", "PRIVATE", nil)
		low := p.Group("Low", "PUBLIC", top)
		unit := p.Unit("North", nil)
		p.Field("badge", customfield.TypeText, false)
		jane := p.Join("jane@example.org", &admission.GrantInput{
			GroupIDs: []ident.ID{low.ID}, OrgUnitID: &unit.ID, Labels: []string{"a", "b"},
			AdditionalInfo: new("=1+1"), CustomFields: map[string]any{"badge": "7"},
		})
		p.Join("boss@example.org", &admission.GrantInput{Roles: []string{access.GroupAdmin},
			GroupIDs: []ident.ID{low.ID}})
		p.Join("alone@example.org", nil)
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Member.UpdateOneID(jane.ID).SetExternalID("0042").Exec(ctx)
		})

		a := fetch(p, "/members.csv?workspace=acme", bearing(p, "admin@acme.test")...)
		rows := a.table(t, ',')
		if len(rows) != 5 {
			t.Fatalf("%d rows: %v", len(rows), rows)
		}
		want := []string{"jane", "jane", "jane@example.org", "", "0042", "a|b", "", "", "", "'=1+1",
			"Top / Low", "learner", "North", "", "", "7", ""}
		if !reflect.DeepEqual(rows[2], want) {
			t.Errorf("jane is\n%q, want\n%q", rows[2], want)
		}
		batch, err := p.Imports.CreateImport(t.Context(), p.Caller(p.Admin), imports.ImportInput{
			WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText,
			Content: strings.NewReader(a.body), Size: int64(len(a.body)),
			Action: importbatch.ActionInvite, Existing: importbatch.ExistingUpdate,
		})
		if err != nil {
			t.Fatal(err)
		}
		if batch.ErrorCount != 0 || batch.UnchangedCount != 4 {
			t.Errorf("imported again: %d errors, %d unchanged", batch.ErrorCount,
				batch.UnchangedCount)
		}
		if few := fetch(p, "/members.csv?workspace=acme", bearing(p, "boss@example.org")...).
			table(t, ','); len(few) != 3 {
			t.Errorf("the group's administrator gets %v", few)
		}
		if no := fetch(p, "/members.csv?workspace=acme",
			bearing(p, "alone@example.org")...); no.StatusCode != http.StatusForbidden {
			t.Errorf("a learner gets %d", no.StatusCode)
		}
	}, apptest.WithoutMail)
}
