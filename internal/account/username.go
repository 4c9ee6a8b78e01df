package account

import (
	"context"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/store"
)

// maxUsername is the most characters of a username.
const maxUsername = 64

// ParseUsername reads a username: how it is shown, and the key under which it is unique in an
// organization. The key is the case-mapped profile of RFC 8265, so that Jane, jane and ｊａｎｅ are
// one. BAD_USER_INPUT at username when it is empty, too long, holds spaces or signs that cannot be
// seen, or looks like an address (AUT-5).
func ParseUsername(s string) (display, key string, err error) {
	display = strings.TrimSpace(s)
	switch {
	case display == "":
		return "", "", fault.Input("username", "account.username_empty")
	case utf8.RuneCountInString(display) > maxUsername:
		return "", "", fault.Input("username", "account.username_long",
			i18n.Args{"Max": maxUsername})
	}
	key, err = precis.UsernameCaseMapped.String(display)
	// Security: whoever was called like another one's address would be taken for them; the mapped
	// form is looked at, since there are wide signs that are mapped to an @.
	if err == nil && strings.Contains(key, "@") {
		return "", "", fault.Input("username", "account.username_address")
	}
	if err != nil {
		return "", "", fault.Input("username", "account.username_chars")
	}
	return display, key, nil
}

// CopyNamesToMembers writes the copies of an account's names that stand beside each of its places,
// where lists are sorted by them and searched.
func CopyNamesToMembers(ctx context.Context, tx *store.Tx, u *ent.User) error {
	return tx.Member.Update().Where(member.UserID(u.ID)).
		SetSortName(SortName(u.FirstName, u.LastName)).SetFirstKey(FirstNameKey(u.FirstName)).
		Exec(store.AsSystem(ctx, "an account's names stand beside all of its places"))
}

// FirstNameKey is what a search for a first name goes by.
func FirstNameKey(first *string) string { return strings.ToLower(stringOrEmpty(first)) }

// SortName is the name by which lists of members are sorted: last name, then first name, in lower
// case.
func SortName(first, last *string) string {
	return strings.ToLower(strings.TrimSpace(stringOrEmpty(last) + " " + stringOrEmpty(first)))
}
