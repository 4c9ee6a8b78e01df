package joinlink

import (
	"context"

	"usher/ent"
	"usher/ent/role"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/store"
)

// LinkWarning is something that the person who saves a join link should know about it. The words
// are part of the public schema.
type LinkWarning string

// The warnings.
const (
	AdmitsAnyone      LinkWarning = "ADMITS_ANYONE"
	FreeEmailProvider LinkWarning = "FREE_EMAIL_PROVIDER"
	AdministratorRole LinkWarning = "ADMINISTRATOR_ROLE"
)

// Warnings returns the warnings about a join link as it is stored. A link that requires approval
// has none: somebody looks at each person.
func (s *Service) Warnings(ctx context.Context, l *ent.JoinLink) (_ []LinkWarning, err error) {
	defer fault.Annotate(&err, "warnings of join link")

	warnings := []LinkWarning{}
	if l.RequiresApproval {
		return warnings, nil
	}
	list, err := address.CompileWhitelist(l.Whitelist)
	if err != nil {
		return nil, err
	}
	switch {
	case list.Empty():
		warnings = append(warnings, AdmitsAnyone)
	case len(list.FreeEmailProviders()) > 0:
		warnings = append(warnings, FreeEmailProvider)
	default:
		return warnings, nil
	}
	// Anybody can join here. What they can do then matters more than that they join.
	roles, err := s.Store.Role.Query().Where(role.IDIn(admission.RoleIDs(l.Grant)...)).
		All(store.InWorkspace(ctx, l.WorkspaceID))
	if err != nil {
		return nil, err
	}
	for _, r := range roles {
		if !access.NewSet(r.Permissions).Within(access.SetOf([]access.Permission{access.MembersView})) {
			return append(warnings, AdministratorRole), nil
		}
	}
	return warnings, nil
}
