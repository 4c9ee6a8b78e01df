package admission

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"usher/ent"
	"usher/ent/customfield"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// DisplayName returns a person's name, else their username, else their address.
func DisplayName(u *ent.User) string {
	var parts []string
	for _, s := range []*string{u.FirstName, u.LastName} {
		if s != nil && *s != "" {
			parts = append(parts, *s)
		}
	}
	if len(parts) > 0 {
		return strings.Join(parts, " ")
	}
	for _, s := range []*string{u.Username, u.Email} {
		if s != nil {
			return *s
		}
	}
	return ""
}

// SlugForm matches the slugs of links and workspaces: lower-case letters and digits, with single
// hyphens between them.
var SlugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// ListQuestions returns the custom fields of a workspace that are required and not answered yet, in
// their order.
func (s *Service) ListQuestions(ctx context.Context, workspace ident.ID,
	answered map[string]string) (_ []*ent.CustomField, err error) {
	defer fault.Annotate(&err, "list questions")

	all, err := s.Store.CustomField.Query().Where(customfield.Required(true)).
		Order(ent.Asc(customfield.FieldPosition)).
		All(store.InWorkspace(ctx, workspace))
	return slices.DeleteFunc(all, func(f *ent.CustomField) bool {
		return answered[f.Key] != ""
	}), err
}

// An erased address is stored as these words. Its key begins with a prefix that no address can
// match, because an address contains no colon.
const (
	ErasedAddress   = "erased"
	ErasedKeyPrefix = "erased:"
)

// IsErased tells whether the invitee of an invitation was erased.
func IsErased(inv *ent.Invitation) bool { return strings.HasPrefix(inv.EmailKey, ErasedKeyPrefix) }
