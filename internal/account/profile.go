package account

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/ent"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/store"
)

// maxName is the maximum length of a first or last name, in characters.
const maxName = 200

// Field is one field of an update: a field that is not Set stays, and nil clears it.
type Field struct {
	Set   bool
	Value *string
}

// ProfileInput holds the changes to the caller's own profile.
type ProfileInput struct{ FirstName, LastName, Locale Field }

// UpdateProfile changes the caller's own name and language. BAD_USER_INPUT at firstName, lastName
// or locale.
func (s *Service) UpdateProfile(ctx context.Context, c *access.Caller,
	in ProfileInput) (_ *ent.User, err error) {
	defer fault.Annotate(&err, "update profile")

	id, err := requirePerson(c)
	if err != nil {
		return nil, err
	}

	var faults fault.Collector
	first, err := ParseName("firstName", in.FirstName.Value)
	faults.Add(err)
	last, err := ParseName("lastName", in.LastName.Value)
	faults.Add(err)
	if in.Locale.Value != nil && !i18n.Known(*in.Locale.Value) {
		faults.Add(fault.Input("locale", "account.locale_unknown"))
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}

	ctx = systemContext(ctx)

	var u *ent.User
	err = s.store.WithTx(ctx, func(tx *store.Tx) error {
		// An erased account keeps its row, and must not get a name again.
		update := tx.User.UpdateOneID(id).Where(user.ErasedAtIsNil())
		assignColumn(in.FirstName.Set, first, update.SetFirstName, update.ClearFirstName)
		assignColumn(in.LastName.Set, last, update.SetLastName, update.ClearLastName)
		assignColumn(in.Locale.Set, in.Locale.Value, update.SetLocale, update.ClearLocale)
		if u, err = update.Save(ctx); ent.IsNotFound(err) {
			return unauthenticatedFault()
		}
		if err != nil {
			return fmt.Errorf("account: update a profile: %w", err)
		}
		if !in.FirstName.Set && !in.LastName.Set {
			return nil
		}
		// Lists are sorted by a copy of the name in the member's row.
		if err := CopyNamesToMembers(ctx, tx, u); err != nil {
			return fmt.Errorf("account: sort under a new name: %w", err)
		}
		return nil
	})
	return u, err
}

// assignColumn sets or clears a column, or leaves it as it is.
func assignColumn(touched bool, value *string, set func(string) *ent.UserUpdateOne,
	clear func() *ent.UserUpdateOne) {
	switch {
	case !touched:
	case value == nil:
		clear()
	default:
		set(*value)
	}
}

// ParseName normalizes a first or last name: one line without invisible characters, nil if nothing
// is left. BAD_USER_INPUT at the field if it is too long.
func ParseName(field string, s *string) (*string, error) {
	if s == nil {
		return nil, nil
	}
	// Invisible characters first: one between two blanks would otherwise keep both of them.
	name := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(*s, ""))), " ")
	if name == "" {
		return nil, nil
	}
	if utf8.RuneCountInString(name) > maxName {
		return nil, fault.Input(field, "account.name_long", i18n.Args{"Max": maxName})
	}
	return &name, nil
}
