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

// These limit a workspace's custom fields. An import file has at most 60 columns.
const (
	maxFields   = 60
	maxChoices  = 100
	maxKey      = 50
	maxPosition = 1_000_000
)

// keyForm is the form of a key, which is a column header of imports and a key of JSON.
var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)

// CreateCustomFieldInput describes a custom field to create. Without a key one is derived from the
// name. Without a position the field comes last.
type CreateCustomFieldInput struct {
	WorkspaceID ident.ID
	Key         *string
	Name        string
	Type        customfield.Type
	Choices     []string
	Required    *bool
	Position    *int
}

// UpdateCustomFieldInput says what to change in a custom field. nil keeps a value. Type and key
// never change, since stored answers depend on both.
type UpdateCustomFieldInput struct {
	ID       ident.ID
	Name     *string
	Choices  []string
	Required *bool
	Position *int
}

// CreateCustomField creates a custom field of a workspace's members. Errors: FORBIDDEN,
// BAD_USER_INPUT; CONFLICT if the key is taken or there are 60 fields.
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
		// The lock keeps two requests from passing the limit together.
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
		// The unique index decides, also between two requests at the same time.
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

// UpdateCustomField changes a custom field. An answer that is no longer one of its choices stays.
// Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
func (s *Service) UpdateCustomField(ctx context.Context, by *access.Caller,
	in UpdateCustomFieldInput) (_ *ent.CustomField, err error) {
	defer fault.Annotate(&err, "update custom field")

	f, err := s.requireManagedField(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}

	var faults fault.Collector
	name, err := optionalLine("name", in.Name)
	faults.Add(err)
	if in.Choices != nil {
		// The type never changes, so the row that was read outside the transaction is enough.
		in.Choices, err = checkChoices(f.Type, in.Choices)
		faults.Add(err)
	}
	faults.Add(checkPosition(in.Position))
	if err := faults.Err(); err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, f.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		// The previous values of the history are those behind the lock.
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
		// An update to the same values writes no event.
		if len(what) == 0 {
			return nil
		}
		return s.recordEvent(ctx, tx, by, f.WorkspaceID, audit.FieldEdited, f.ID, what...)
	})
	return f, err
}

// DeleteCustomField deletes a custom field and the answers of the workspace's members to it.
// Otherwise the answers would come back with another field of the same key. Errors: NOT_FOUND,
// FORBIDDEN.
func (s *Service) DeleteCustomField(ctx context.Context, by *access.Caller,
	id ident.ID) (err error) {
	defer fault.Annotate(&err, "delete custom field")

	f, err := s.requireManagedField(ctx, by, id)
	if err != nil {
		return err
	}

	ctx = store.InWorkspace(ctx, f.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		f, err := lockField(ctx, tx, id)
		if err != nil {
			return err
		}
		// Answers are stored by key in the members' rows, so no foreign key deletes them.
		if err := tx.ForgetAnswers(ctx, f.Key); err != nil {
			return err
		}
		if err := tx.CustomField.DeleteOne(f).Exec(ctx); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, f.WorkspaceID, audit.FieldRemoved, id,
			newDetail("name", f.Name, "")...)
	})
}

// requireManagedField loads a custom field for a caller who may change it.
func (s *Service) requireManagedField(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.CustomField, error) {
	f, err := store.FindVisible(ctx, by, s.Store.CustomField.Get, id)
	if err != nil {
		return nil, err
	}
	if !by.In(f.WorkspaceID).Throughout(access.WorkspaceManage) {
		return nil, fault.Denied()
	}
	return f, nil
}

// lockField locks the workspace, under whose lock all custom fields change, and reads a field
// behind it. NOT_FOUND if it was deleted meanwhile.
func lockField(ctx context.Context, tx *store.Tx, id ident.ID) (*ent.CustomField, error) {
	if _, err := lockWorkspace(ctx, tx); err != nil {
		return nil, err
	}
	f, err := tx.CustomField.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, fault.Missing() // deleted since it was read
	}
	return f, err
}

// checkChoices validates the choices of a field: 1 to 100 different names for a field of choices,
// none for other types. It drops duplicates.
func checkChoices(t customfield.Type, choices []string) ([]string, error) {
	list := []string{}
	for i, c := range choices {
		c, err := inputs.ParseName(fmt.Sprintf("choices.%d", i), c, maxName, "workspace.name")
		if err != nil {
			return nil, err
		}
		// Pasted lists often have duplicates.
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

// checkPosition refuses a position outside of 0 to maxPosition.
func checkPosition(position *int) error {
	if position != nil && (*position < 0 || *position > maxPosition) {
		return fault.Input("position", "group.position", i18n.Args{"Max": maxPosition})
	}
	return nil
}

// choosePosition returns the position of a new field on forms: the wanted one, or the last.
func choosePosition(wanted *int, all []*ent.CustomField) int {
	if wanted != nil {
		return *wanted
	}
	last := 0
	for _, f := range all {
		last = max(last, f.Position+1)
	}
	// Several fields may share a position.
	return min(last, maxPosition)
}

// freeKey derives a key from a name: its letters without accents and its digits, with words joined
// by underscores. A number is appended if another field has the key.
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
		// NFKD sets accents apart; they do not separate words.
		case !unicode.Is(unicode.Mn, r):
			gap = true
		}
	}
	key := b.String()
	// A key begins with a letter. Names in other scripts have no letters left.
	if key == "" || key[0] <= '9' {
		key = strings.TrimSuffix("field_"+key, "_")
	}
	// Three characters are left for the underscore and a number.
	key = strings.TrimRight(key[:min(len(key), maxKey-3)], "_")
	free := key
	for n := 2; slices.ContainsFunc(all, func(f *ent.CustomField) bool {
		return f.Key == free
	}); n++ {
		free = fmt.Sprintf("%s_%d", key, n)
	}
	return free
}
