package workspace_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"usher/ent/customfield"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

func ask(p *apptest.Place, in createField) string {
	p.T.Helper()
	in.WorkspaceID = p.Workspace.ID
	if in.Type == "" {
		in.Type = customfield.TypeText
	}
	f, err := p.Workspaces.CreateCustomField(p.T.Context(), p.Caller(p.Admin), in)
	if err != nil {
		p.T.Fatal(err)
	}
	return f.Key
}

func TestAQuestionIsAskedChangedAndForgottenWithItsAnswers(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		other := p.Found("Other", "other")
		other.Field("size", customfield.TypeText, false)
		theirs := other.Join("ann@other.test", &grants{CustomFields: map[string]any{"size": "L"}})
		by := p.Caller(p.Admin)
		f, err := p.Workspaces.CreateCustomField(t.Context(), by,
			createField{WorkspaceID: p.Workspace.ID, Key: new("size"), Name: "Shirt size",
				Type: customfield.TypeChoice, Choices: []string{" S", "M", "M", "L"},
				Required: new(true)})
		done(t, err)
		same(t, "choices", f.Choices, []string{"S", "M", "L"})
		ask(p, createField{Name: "Town"})
		p.Join("lea@acme.test", &grants{CustomFields: map[string]any{"size": "M", "town": "Lyon"}})

		_, err = p.Workspaces.UpdateCustomField(t.Context(), by, updateField{ID: f.ID,
			Name: new("Size"), Choices: []string{"S", "L"}, Required: new(false)})
		done(t, err)
		ned := p.Join("ned@acme.test", nil)
		same(t, "an answer that is no choice any more", p.Member("lea@acme.test").
			CustomFields["size"], "M")
		f = p.Store.CustomField.GetX(p.In(), f.ID)
		if f.Name != "Size" || f.Key != "size" || f.Required || len(f.Choices) != 2 {
			t.Errorf("changed to %v", f)
		}

		done(t, p.Workspaces.DeleteCustomField(t.Context(), by, f.ID))
		same(t, "answers", p.Member("lea@acme.test").CustomFields,
			map[string]string{"town": "Lyon"})
		same(t, "answers of who gave none",
			len(p.Store.Member.GetX(p.In(), ned.ID).CustomFields), 0)
		same(t, "another workspace's", other.Store.Member.GetX(other.In(), theirs.ID).CustomFields,
			map[string]string{"size": "L"})
		refused(t, p.Workspaces.DeleteCustomField(t.Context(), by, f.ID), fault.NotFound, "")
		same(t, "history", p.Happened(f.ID),
			[]string{"field.made", "field.edited", "field.removed"})
	})
}

func TestAKeyIsMadeOfTheName(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for _, c := range [][2]string{
			{"Employee number", "employee_number"}, {"  Employee   Number!", "employee_number_2"},
			{"Prénom d’usage", "prenom_d_usage"},
			{"2nd name", "field_2nd_name"}, {"日本", "field"}, {"部", "field_2"},
			{strings.Repeat("ab ", 60), strings.TrimRight(strings.Repeat("ab_", 16)[:47], "_")},
		} {
			same(t, c[0], ask(p, createField{Name: c[0]}), c[1])
		}
		rows := p.Store.CustomField.Query().AllX(p.In())
		for i, f := range rows {
			same(t, "position", f.Position, i)
		}
	})
}

func TestBadQuestionsAndStrangersAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		other := p.Found("Other", "other")
		theirs, ours := other.Field("theirs", customfield.TypeText, false),
			p.Field("ours", customfield.TypeText, false)
		by := p.Caller(p.Admin)
		make := func(in createField) error {
			in.WorkspaceID = p.Workspace.ID
			if in.Name == "" {
				in.Name = "x"
			}
			if in.Type == "" {
				in.Type = customfield.TypeText
			}
			_, err := p.Workspaces.CreateCustomField(t.Context(), by, in)
			return err
		}
		change := func(in updateField) error {
			_, err := p.Workspaces.UpdateCustomField(t.Context(), by, in)
			return err
		}
		many := []string{}
		for n := range 101 {
			many = append(many, fmt.Sprint(n))
		}
		refused(t, make(createField{Name: " "}), fault.BadUserInput, "name")
		for _, key := range []string{"", "Key", "1a", "a-b", "é", strings.Repeat("a", 51)} {
			refused(t, make(createField{Key: &key}), fault.BadUserInput, "key")
		}
		refused(t, make(createField{Key: new("ours")}), fault.Conflict, "key")
		refused(t, make(createField{Type: customfield.TypeChoice}), fault.BadUserInput, "choices")
		refused(t, make(createField{Type: customfield.TypeChoice, Choices: many}),
			fault.BadUserInput, "choices")
		refused(t, make(createField{Type: customfield.TypeChoice, Choices: []string{"a", ""}}),
			fault.BadUserInput, "choices.1")
		refused(t, make(createField{Choices: []string{"a"}}), fault.BadUserInput, "choices")
		refused(t, make(createField{Position: new(-1)}), fault.BadUserInput, "position")
		refused(t, change(updateField{ID: ours.ID, Name: new("")}), fault.BadUserInput, "name")
		refused(t, change(updateField{ID: ours.ID, Choices: []string{"a"}}), fault.BadUserInput,
			"choices")
		refused(t, change(updateField{ID: theirs.ID}), fault.NotFound, "")
		refused(t, p.Workspaces.DeleteCustomField(t.Context(), by, theirs.ID), fault.NotFound, "")
		refused(t, p.Workspaces.DeleteCustomField(t.Context(), by, ident.New(ident.CustomField)),
			fault.NotFound, "")

		p.Write(func(ctx context.Context, tx *store.Tx) error {
			for n := range 59 {
				if err := tx.CustomField.Create().SetWorkspaceID(p.Workspace.ID).
					SetKey(fmt.Sprint("k", n)).SetName("n").SetType(customfield.TypeText).
					Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		refused(t, make(createField{}), fault.Conflict, "")

		by = p.Caller(everywhere(p, "head@acme.test", access.MembersView))
		refused(t, make(createField{}), fault.Forbidden, "")
		refused(t, change(updateField{ID: ours.ID}), fault.Forbidden, "")
		refused(t, p.Workspaces.DeleteCustomField(t.Context(), by, ours.ID), fault.Forbidden, "")
		by = other.Caller(other.Admin)
		refused(t, make(createField{}), fault.NotFound, "")
		refused(t, change(updateField{ID: ours.ID}), fault.NotFound, "")
	})
}
