package lifecycle

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/organization"
	"usher/ent/schema"
	"usher/internal/fault"
)

// ErasedWorkspace is a workspace that was erased, with the name of its organization.
type ErasedWorkspace struct {
	schema.ErasedWorkspace
	Organization string
}

// ErasedWorkspaces lists the workspaces of all organizations that were erased, the oldest erasure
// first. It is for the operator: an organization without a workspace has no reader.
func (s *Service) ErasedWorkspaces(ctx context.Context) (_ []ErasedWorkspace, err error) {
	defer fault.Annotate(&err, "erased workspaces")

	all, err := s.Store.Organization.Query().Where(organization.ErasedWorkspacesNotNil()).
		Order(ent.Asc(organization.FieldID)).All(asSystem(ctx))
	if err != nil {
		return nil, err
	}
	var erased []ErasedWorkspace
	for _, org := range all {
		for _, w := range org.ErasedWorkspaces {
			erased = append(erased, ErasedWorkspace{w, org.Name})
		}
	}
	slices.SortStableFunc(erased, func(a, b ErasedWorkspace) int { return a.At.Compare(b.At) })
	return erased, nil
}
