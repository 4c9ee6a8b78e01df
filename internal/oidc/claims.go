package oidc

import (
	"context"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/text/language"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

var supportedClaims = []string{"sub", "iss", "aud", "azp", "exp", "iat", "auth_time", "nonce",
	"at_hash", "c_hash", "name", "given_name", "family_name", "preferred_username", "locale",
	"email", "email_verified", "roles", "groups"}

// groupClaim is a group of the member in the claim "groups".
type groupClaim struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	ExternalID string   `json:"external_id,omitempty"`
	Roles      []string `json:"roles"` // keys, sorted
}

// fillClaims adds the claims that scopes allow about a member. The subject is the id of the
// account, which is the same in all workspaces.
func (s *Service) fillClaims(ctx context.Context, info *oidc.UserInfo, workspaceID,
	memberID ident.ID, scopes []string) error {
	ctx = store.InWorkspace(ctx, workspaceID)
	q := s.Store.Member.Query().Where(member.ID(memberID)).WithUser().WithWorkspace()
	places := slices.Contains(scopes, scopeRoles) || slices.Contains(scopes, scopeGroups)
	if places {
		q.WithRoleAssignments(func(a *ent.RoleAssignmentQuery) { a.WithRole().WithGroup() })
	}
	m, err := q.Only(ctx)
	if err != nil {
		return err
	}
	u := m.Edges.User
	info.Subject = u.ID.String()
	for _, scope := range scopes {
		switch scope {
		case oidc.ScopeProfile:
			info.GivenName = strings.TrimSpace(inputs.ValueOrEmpty(u.FirstName))
			info.FamilyName = strings.TrimSpace(inputs.ValueOrEmpty(u.LastName))
			info.Name = strings.TrimSpace(info.GivenName + " " + info.FamilyName)
			info.PreferredUsername = inputs.ValueOrEmpty(u.Username)
			if info.PreferredUsername == "" {
				info.PreferredUsername = inputs.ValueOrEmpty(u.Email)
			}
			locale := inputs.ValueOrEmpty(u.Locale)
			if locale == "" {
				locale = m.Edges.Workspace.DefaultLocale
			}
			info.Locale = oidc.NewLocale(language.Make(locale))
		case oidc.ScopeEmail:
			if u.Email != nil {
				info.Email = *u.Email
				// The field of the library is left out when it is false.
				info.AppendClaims("email_verified", u.EmailProven)
			}
		case scopeRoles:
			info.AppendClaims(scopeRoles, workspaceRoles(m))
		case scopeGroups:
			info.AppendClaims(scopeGroups, memberGroups(m))
		}
	}
	return nil
}

// workspaceRoles returns the keys of the roles that a member holds in the whole workspace, sorted.
func workspaceRoles(m *ent.Member) []string {
	keys := []string{}
	for _, a := range m.Edges.RoleAssignments {
		if a.GroupID == nil && a.OrgUnitID == nil && a.SessionID == nil {
			keys = append(keys, a.Edges.Role.Key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// memberGroups returns the groups that a member is in, with the roles held there, sorted by name.
func memberGroups(m *ent.Member) []groupClaim {
	groups := []groupClaim{}
	for _, a := range m.Edges.RoleAssignments {
		if a.Edges.Group == nil {
			continue
		}
		g := a.Edges.Group
		i := slices.IndexFunc(groups, func(c groupClaim) bool { return c.ID == g.ID.String() })
		if i < 0 {
			i = len(groups)
			groups = append(groups, groupClaim{ID: g.ID.String(), Name: g.Name,
				ExternalID: inputs.ValueOrEmpty(g.ExternalID)})
		}
		groups[i].Roles = append(groups[i].Roles, a.Edges.Role.Key)
	}
	for i := range groups {
		slices.Sort(groups[i].Roles)
		groups[i].Roles = slices.Compact(groups[i].Roles)
	}
	slices.SortFunc(groups, func(a, b groupClaim) int {
		return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
	})
	return groups
}
