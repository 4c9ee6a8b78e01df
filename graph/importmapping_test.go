package graph_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"usher/ent/customfield"
	"usher/internal/apptest"
)

// importing are the parts of an import that these tests read.
type importing struct {
	ID           string
	Status       string
	EmailsToSend int
	Failure      *string
	Counts       struct{ Invite, Create, Error int }
	Options      struct {
		Message, ExpiresAt                            *string
		NeverExpires, SendEmail, IgnoreUnknownColumns bool
	}
	Reading *struct {
		Notes   []string
		Columns []struct {
			Letter, Header string
			Name           *string
			Ignored        bool
		}
	}
}

const createMappedImport = `mutation($i: CreateImportInput!) { createImport(input: $i) { import {
	id status emailsToSend failure counts { invite create error }
	options { message expiresAt neverExpires sendEmail ignoreUnknownColumns }
	reading { notes columns { letter header name ignored } } } } }`

// mapped creates an import of a text by one more input.
func mapped(k *apptest.Kit, token string, input map[string]any) (importing, *apptest.Answer) {
	var out struct{ CreateImport struct{ Import importing } }
	a := k.Ask(token, createMappedImport, map[string]any{"i": input})
	if a.Code() == "" {
		if err := json.Unmarshal(a.Data, &out); err != nil {
			k.T.Fatal(err)
		}
	}
	return out.CreateImport.Import, a
}

func TestColumnsOfAnImportAreChosenAndRemembered(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		input := func(text string, more map[string]any) map[string]any {
			in := map[string]any{"workspaceId": p.Workspace.ID, "action": "INVITE",
				"content": map[string]any{"text": text}}
			for key, v := range more {
				in[key] = v
			}
			return in
		}
		const file = "Pochta,Ismi,Izoh\nann@new.test,Ann Lee,x\n"

		// Unknown columns are refused, and an inspection says what is there.
		if _, a := mapped(k, admin, input(file, nil)); a.Code() != "BAD_USER_INPUT" {
			t.Errorf("unknown columns: %s", a.Body)
		}
		var seen struct {
			InspectImport struct {
				Reading struct{ Delimiter string }
				Columns []struct {
					Column        struct{ Letter, Header string }
					Recognized    bool
					SuggestedName *string
					Samples       []string
				}
			}
		}
		k.Must(admin, `query($i: InspectImportInput!) { inspectImport(input: $i) { reading { delimiter }
			columns { column { letter header } recognized suggestedName samples } } }`,
			map[string]any{"i": map[string]any{"workspaceId": p.Workspace.ID,
				"content": map[string]any{"text": file}}}, &seen)
		if got := seen.InspectImport; got.Reading.Delimiter != "," || len(got.Columns) != 3 ||
			got.Columns[0].Recognized || got.Columns[0].SuggestedName == nil ||
			*got.Columns[0].SuggestedName != "email" || got.Columns[1].Samples[0] != "Ann Lee" {
			t.Errorf("%+v", got)
		}

		choices := []map[string]any{{"column": "pochta", "name": "email"},
			{"column": "B", "name": "fullName"}}
		made, a := mapped(k, admin, input(file, map[string]any{"columns": choices,
			"ignoreUnknownColumns": true, "message": "Welcome!", "neverExpires": true}))
		if made.Counts.Invite != 1 || made.Status != "PREVIEWED" || made.EmailsToSend != 1 ||
			made.Options.Message == nil || !made.Options.NeverExpires || !made.Options.SendEmail ||
			len(made.Reading.Columns) != 3 || !made.Reading.Columns[2].Ignored ||
			*made.Reading.Columns[1].Name != "fullName" {
			t.Fatalf("%s", a.Body)
		}
		k.Must(admin, `mutation($id: ID!) { startImport(input: {importId: $id}) { import { id } } }`,
			map[string]any{"id": made.ID}, nil)
		if letter := p.Received("ann@new.test", 1); !strings.Contains(letter.Text, "Welcome!") ||
			!strings.Contains(letter.Text, "Ann") {
			t.Errorf("%s", letter.Text)
		}

		// The next file of this layout is read in the same way, without a question.
		again, a := mapped(k, admin, input("POCHTA,Ismi,Izoh\nben@new.test,Ben Ray,y\n", nil))
		if again.Counts.Invite != 1 || len(again.Reading.Notes) == 0 ||
			!strings.Contains(again.Reading.Notes[0], "as you chose") {
			t.Errorf("%s", a.Body)
		}
		// Another workspace does not know it.
		other := k.Found("Other", "other")
		if _, a := mapped(k, k.SignIn("admin@other.test", apptest.Password), map[string]any{
			"workspaceId": other.Workspace.ID, "action": "INVITE",
			"content": map[string]any{"text": file}}); a.Code() != "BAD_USER_INPUT" {
			t.Errorf("another workspace: %s", a.Body)
		}

		for name, more := range map[string]map[string]any{
			"columns.0.name":   {"columns": []map[string]any{{"column": "Pochta", "name": "mail"}}},
			"columns.0.column": {"columns": []map[string]any{{"column": " ", "name": "email"}}},
			"content.text":     {"columns": []map[string]any{{"column": "Mail", "name": "email"}}},
			"neverExpires":     {"neverExpires": true, "expiresAt": "2099-01-01"},
			"message":          {"message": strings.Repeat("x", 2_001)},
		} {
			_, a := mapped(k, admin, input(file, more))
			if a.Code() != "BAD_USER_INPUT" || !strings.Contains(a.Body, `"`+name+`"`) {
				t.Errorf("%s: %s", name, a.Body)
			}
		}
	})
}

func TestAnImportCanSendNoEmails(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		for _, action := range []string{"INVITE", "CREATE"} {
			made, a := mapped(k, admin, map[string]any{"workspaceId": p.Workspace.ID, "action": action,
				"sendEmail": false, "content": map[string]any{"text": "First name,Last name,Email,Send credentials\nAnn,Lee," + strings.ToLower(action) + "@new.test,1\n"}})
			if made.EmailsToSend != 0 || made.Options.SendEmail || made.Counts.Error != 0 {
				t.Fatalf("%s", a.Body)
			}
			k.Must(admin, `mutation($id: ID!) { startImport(input: {importId: $id}) { import { id } } }`,
				map[string]any{"id": made.ID}, nil)
			k.Eventually("the import is completed", func() bool {
				return strings.Contains(k.Ask(admin,
					`query($id: ID!) { node(id: $id) { ... on Import { status } } }`,
					map[string]any{"id": made.ID}).Body, "COMPLETED")
			})
		}
		// Nothing is queued either.
		if got := len(k.Mails("invite@new.test")) + len(k.Mails("create@new.test")); got != 0 {
			t.Errorf("%d emails", got)
		}
	})
}

func TestThePreviewTellsWhatWasRead(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		p.Field("size", customfield.TypeNumber, false)
		p.Field("team", customfield.TypeChoice, false, "Red", "Blue")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		var out struct {
			CreateImport struct {
				Import struct {
					Rows struct {
						Edges []struct {
							Node struct {
								Outcome string
								Values  []struct{ Column, Value string }
								Errors  []struct{ Column *string }
							}
						}
					}
				}
			}
		}
		k.Must(admin, `mutation($i: CreateImportInput!) { createImport(input: $i) { import {
			rows { edges { node { outcome values { column value } errors { column } } } } } } }`,
			map[string]any{"i": map[string]any{"workspaceId": p.Workspace.ID, "action": "CREATE",
				"dateOrder": "MONTH_FIRST", "content": map[string]any{"text": "Full name;Email;Password;Size;Team;Access expires;Language\n" +
					"Ada Lovelace;ada@new.test;quite-a-secret-1;3,5;Red;12/31/2098;Français\n" +
					";ben@new.test;;many;Green;2/30/2098;Klingon\n"}}}, &out)
		rows := out.CreateImport.Import.Rows.Edges
		got := map[string]string{}
		for _, v := range rows[0].Node.Values {
			got[v.Column] = v.Value
		}
		want := map[string]string{"firstName": "Ada", "lastName": "Lovelace", "email": "ada@new.test",
			"customFields.size": "3.5", "customFields.team": "Red", "locale": "fr",
			"accessExpiresAt": "2098-12-31T23:59:59Z"}
		if !maps.Equal(got, want) || rows[0].Node.Outcome != "CREATE" {
			t.Errorf("%v", got)
		}
		// Every mistake is told at once.
		var wrong []string
		for _, e := range rows[1].Node.Errors {
			wrong = append(wrong, *e.Column)
		}
		slices.Sort(wrong)
		if strings.Join(wrong, " ") != "accessExpiresAt customFields.size customFields.team locale" {
			t.Errorf("%v", wrong)
		}
	})
}
