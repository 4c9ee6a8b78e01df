package workspace

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"usher/ent"
	"usher/ent/customfield"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// Limits of a workspace's questions. A file of an import has 60 columns at most.
const (
	maxFields   = 60
	maxChoices  = 100
	maxKey      = 50
	maxPosition = 1_000_000
)

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)

// CreateCustomFieldInput is a question to ask. Without a key one is made from the name; without a
// position it comes last.
type CreateCustomFieldInput struct {
	WorkspaceID ident.ID
	Key         *string
	Name        string
	Type        customfield.Type
	Choices     []string
	Required    *bool
	Position    *int
}

// UpdateCustomFieldInput is what to change of a question; nil keeps. Its type and key stay what
// they are: answers rest on both.
type UpdateCustomFieldInput struct {
	ID       ident.ID
	Name     *string
	Choices  []string
	Required *bool
	Position *int
}

// CreateCustomField makes a question that the workspace asks about its people.
func (s *Service) CreateCustomField(ctx context.Context, by *access.Caller,
	in CreateCustomFieldInput) (_ *ent.CustomField, err error) {
	defer fault.Annotate(&err, "create custom field")

	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if !m.Throughout(access.WorkspaceManage) {
		return nil, fault.Denied()
	}

	var faults fault.Collector
	name, err := inputs.ParseName("name", in.Name, maxName, "workspace.name")
	faults.Add(err)
	if in.Key != nil && !keyForm.MatchString(*in.Key) {
		faults.Add(fault.Input("key", "group.field_key", i18n.Args{"Max": maxKey}))
	}
	choices, err := checkChoices(in.Type, in.Choices)
	faults.Add(err, checkPosition(in.Position))
	if err := faults.Err(); err != nil {
		return nil, err
	}

	var f *ent.CustomField
	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		if _, err := lockWorkspace(ctx, tx); err != nil {
			return err
		}
		all, err := tx.CustomField.Query().All(ctx)
		if err != nil {
			return err
		}
		if len(all) >= maxFields {
			return fault.New(fault.Conflict, "group.too_many_fields", i18n.Args{"Max": maxFields})
		}
		id, now := ident.New(ident.CustomField), s.Clock()
		create := tx.CustomField.Create().SetID(id).SetWorkspaceID(in.WorkspaceID).SetName(name).
			SetType(in.Type).SetChoices(choices).
			SetNillableRequired(in.Required).SetPosition(choosePosition(in.Position, all)).
			SetCreatedAt(now).SetUpdatedAt(now)
		if in.Key != nil {
			create.SetKey(*in.Key)
		} else {
			create.SetKey(freeKey(name, all))
		}
		if f, err = create.Save(ctx); ent.IsConstraintError(err) {
			return fault.At(fault.New(fault.Conflict, "group.field_key_taken"), "key")
		} else if err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, in.WorkspaceID, audit.FieldMade, id,
			newDetail("name", "", name)...)
	})
	return f, err
}

// UpdateCustomField changes a question. An answer that is no longer one of its choices stays as it
// was given.
func (s *Service) UpdateCustomField(ctx context.Context, by *access.Caller,
	in UpdateCustomFieldInput) (_ *ent.CustomField, err error) {
	defer fault.Annotate(&err, "update custom field")

	f, err := s.requireManagedField(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}

	name, err := optionalLine("name", in.Name)
	if err != nil {
		return nil, err
	}
	if in.Choices != nil {
		if in.Choices, err = checkChoices(f.Type, in.Choices); err != nil {
			return nil, err
		}
	}
	if err := checkPosition(in.Position); err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, f.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		old, err := lockField(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		update := tx.CustomField.UpdateOne(old).SetNillableName(name).
			SetNillableRequired(in.Required).
			SetNillablePosition(in.Position).SetUpdatedAt(s.Clock())
		if in.Choices != nil {
			update.SetChoices(in.Choices)
		}
		if f, err = update.Save(ctx); err != nil {
			return err
		}
		what := newDetail("name", old.Name, f.Name)
		what = append(what, newDetail("choices", strings.Join(old.Choices, ", "),
			strings.Join(f.Choices, ", "))...)
		what = append(what, newDetail("required", fmt.Sprint(old.Required),
			fmt.Sprint(f.Required))...)
		what = append(what, newDetail("position", fmt.Sprint(old.Position),
			fmt.Sprint(f.Position))...)
		if len(what) == 0 {
			return nil
		}
		return s.recordEvent(ctx, tx, by, f.WorkspaceID, audit.FieldEdited, f.ID, what...)
	})
	return f, err
}

// DeleteCustomField deletes a question and the answers of the workspace's members to it: what
// nobody asks any more is not kept, and does not come back with another question of the same key.
func (s *Service) DeleteCustomField(ctx context.Context, by *access.Caller,
	i ident.ID) (err error) {
	defer fault.Annotate(&err, "delete custom field")

	f, err := s.requireManagedField(ctx, by, i)
	if err != nil {
		return err
	}

	ctx = store.InWorkspace(ctx, f.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		f, err := lockField(ctx, tx, i)
		if err != nil {
			return err
		}
		if err := tx.ForgetAnswers(ctx, f.Key); err != nil {
			return err
		}
		if err := tx.CustomField.DeleteOne(f).Exec(ctx); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, f.WorkspaceID, audit.FieldRemoved, i,
			newDetail("name", f.Name, "")...)
	})
}

// requireManagedField loads a question for who may change it.
func (s *Service) requireManagedField(ctx context.Context, by *access.Caller,
	i ident.ID) (*ent.CustomField, error) {
	f, err := store.FindVisible(ctx, by, s.Store.CustomField.Get, i)
	if err != nil {
		return nil, err
	}
	if !by.In(f.WorkspaceID).Throughout(access.WorkspaceManage) {
		return nil, fault.Denied()
	}
	return f, nil
}

func lockField(ctx context.Context, tx *store.Tx, i ident.ID) (*ent.CustomField, error) {
	if _, err := lockWorkspace(ctx, tx); err != nil {
		return nil, err
	}
	f, err := tx.CustomField.Get(ctx, i)
	if ent.IsNotFound(err) {
		return nil, fault.Missing() // gone since it was seen
	}
	return f, err
}

// checkChoices reads what may be answered: 1 to 100 different lines for a choice, nothing for
// another type.
func checkChoices(t customfield.Type, choices []string) ([]string, error) {
	list := []string{}
	for i, c := range choices {
		c, err := inputs.ParseName(fmt.Sprintf("choices.%d", i), c, maxName, "workspace.name")
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	switch {
	case t != customfield.TypeChoice && len(list) > 0:
		return nil, fault.Input("choices", "group.no_choices")
	case t == customfield.TypeChoice && (len(list) == 0 || len(list) > maxChoices):
		return nil, fault.Input("choices", "group.choices", i18n.Args{"Max": maxChoices})
	}
	return list, nil
}

func checkPosition(p *int) error {
	if p != nil && (*p < 0 || *p > maxPosition) {
		return fault.Input("position", "group.position", i18n.Args{"Max": maxPosition})
	}
	return nil
}

// choosePosition is where on forms a new question stands: where it is wanted, else after all
// others.
func choosePosition(wanted *int, all []*ent.CustomField) int {
	if wanted != nil {
		return *wanted
	}
	last := 0
	for _, f := range all {
		last = max(last, f.Position+1)
	}
	return min(last, maxPosition)
}

// freeKey makes a key of a name: its letters without accents and its digits, words joined by
// underscores; with a number behind it when another question has it.
func freeKey(name string, all []*ent.CustomField) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			b.WriteRune(r)
			gap = false
		case !unicode.Is(unicode.Mn, r): // an accent, which NFKD set apart, is no gap between words
			gap = true
		}
	}
	key := b.String()
	if key == "" || key[0] <= '9' {
		key = strings.TrimSuffix("field_"+key, "_")
	}
	key = strings.TrimRight(key[:min(len(key), maxKey-3)], "_") // room for a number
	free := key
	for n := 2; slices.ContainsFunc(all, func(f *ent.CustomField) bool {
		return f.Key == free
	}); n++ {
		free = fmt.Sprintf("%s_%d", key, n)
	}
	return free
}
