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
	"usher/internal/inputs"
	"usher/internal/searchtext"
	"usher/internal/store"
)

// maxUsername is the maximum length of a username, in characters.
const maxUsername = 64

// ParseUsername validates a username and returns its display form and the key that is unique in an
// organization. The key is the case-mapped profile of RFC 8265, so that Jane, jane and ｊａｎｅ are
// one. BAD_USER_INPUT at username if it is empty, too long, has spaces or invisible characters, or
// looks like an address (AUT-5).
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
	// Security: a username that looks like an address could be mistaken for that address's account.
	// The mapped form is checked, since some wide characters map to an @.
	if err == nil && strings.Contains(key, "@") {
		return "", "", fault.Input("username", "account.username_address")
	}
	if err != nil {
		return "", "", fault.Input("username", "account.username_chars")
	}
	return display, key, nil
}

// CopyNamesToMembers copies an account's address and names to each of its members, where lists are
// sorted and searched by them.
func CopyNamesToMembers(ctx context.Context, tx *store.Tx, u *ent.User) error {
	return tx.Member.Update().Where(member.UserID(u.ID)).
		SetEmailKey(inputs.ValueOrEmpty(u.EmailKey)).
		SetUsernameKey(inputs.ValueOrEmpty(u.UsernameKey)).
		SetSortName(SortName(u.FirstName, u.LastName)).SetFirstKey(FirstNameKey(u.FirstName)).
		SetSearchText(SearchText(u)).
		Exec(store.AsSystem(ctx, "an account may have members in several workspaces"))
}

// SearchText returns the text by which a search finds the members of an account.
func SearchText(u *ent.User) string {
	return searchtext.Text(inputs.ValueOrEmpty(u.Email), inputs.ValueOrEmpty(u.Username),
		inputs.ValueOrEmpty(u.FirstName), inputs.ValueOrEmpty(u.LastName))
}

// FirstNameKey returns the lower-case first name for members.first_key, which only the previous
// release reads.
func FirstNameKey(first *string) string { return strings.ToLower(inputs.ValueOrEmpty(first)) }

// SortName returns the name by which lists of members are sorted: last name, then first name, in
// lower case.
func SortName(first, last *string) string {
	name := inputs.ValueOrEmpty(last) + " " + inputs.ValueOrEmpty(first)
	return strings.ToLower(strings.TrimSpace(name))
}
