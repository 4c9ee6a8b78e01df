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

// DisplayName is how a person is called: by name, else by what they sign in with.
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

// SlugForm is what slugs look like, of links and of workspaces: lower-case letters, digits, single
// hyphens between them.
var SlugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// ListQuestions are those of a workspace that must be answered and have not been.
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

// An erased address reads so. Its key is one of its own, so that nothing matches it: no address
// holds a colon.
const (
	ErasedAddress   = "erased"
	ErasedKeyPrefix = "erased:"
)

// IsErased tells whether it has been forgotten who an invitation was for.
func IsErased(inv *ent.Invitation) bool { return strings.HasPrefix(inv.EmailKey, ErasedKeyPrefix) }
