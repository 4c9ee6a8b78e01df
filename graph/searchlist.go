package graph

import (
	"context"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/group"
	"usher/ent/joinlink"
	"usher/ent/orgunit"
	"usher/ent/predicate"
	"usher/ent/program"
	"usher/ent/role"
	"usher/ent/session"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// Each of these functions returns the condition of the search in a filter of a short list. The rows
// that it reads are those that the caller may see.

// toNamed converts rows to what a search compares.
func toNamed[T any](rows []*T, toName func(*T) named) []named {
	all := make([]named, len(rows))
	for i, row := range rows {
		all[i] = toName(row)
	}
	return all
}

// searchGroups finds groups by the words of their name and by their external id.
func (r *Resolver) searchGroups(ctx context.Context, workspace ident.ID,
	filter *GroupFilter) (predicate.Group, error) {
	if filter == nil {
		return allOf[predicate.Group](nil), nil
	}
	return findNamed[predicate.Group](ctx, filter.Search,
		func(ctx context.Context) ([]named, error) {
			rows, err := r.Reads.Group.Query().Where(group.WorkspaceID(workspace)).
				Select(group.FieldID, group.FieldName, group.FieldExternalID).All(ctx)
			return toNamed(rows, func(row *ent.Group) named {
				return named{row.ID, []string{row.Name, inputs.ValueOrEmpty(row.ExternalID)}}
			}), err
		})
}

// searchOrgUnits finds org units by the words of their name.
func (r *Resolver) searchOrgUnits(ctx context.Context, workspace ident.ID,
	filter *OrgUnitFilter) (predicate.OrgUnit, error) {
	if filter == nil {
		return allOf[predicate.OrgUnit](nil), nil
	}
	return findNamed[predicate.OrgUnit](ctx, filter.Search,
		func(ctx context.Context) ([]named, error) {
			rows, err := r.Reads.OrgUnit.Query().Where(orgunit.WorkspaceID(workspace)).
				Select(orgunit.FieldID, orgunit.FieldName, orgunit.FieldExternalID).
				All(ctx)
			return toNamed(rows, func(row *ent.OrgUnit) named {
				return named{row.ID, []string{row.Name, inputs.ValueOrEmpty(row.ExternalID)}}
			}), err
		})
}

// searchRoles finds roles by the words of their name.
func (r *Resolver) searchRoles(ctx context.Context, workspace ident.ID,
	filter *RoleFilter) (predicate.Role, error) {
	if filter == nil {
		return allOf[predicate.Role](nil), nil
	}
	return findNamed[predicate.Role](ctx, filter.Search,
		func(ctx context.Context) ([]named, error) {
			rows, err := r.Reads.Role.Query().Where(role.WorkspaceID(workspace)).
				Select(role.FieldID, role.FieldName).All(ctx)
			return toNamed(rows, func(row *ent.Role) named {
				return named{row.ID, []string{row.Name}}
			}), err
		})
}

// searchPrograms finds programs by the words of their name.
func (r *Resolver) searchPrograms(ctx context.Context, workspace ident.ID,
	filter *ProgramFilter) (predicate.Program, error) {
	if filter == nil {
		return allOf[predicate.Program](nil), nil
	}
	return findNamed[predicate.Program](ctx, filter.Search,
		func(ctx context.Context) ([]named, error) {
			rows, err := r.Reads.Program.Query().Where(program.WorkspaceID(workspace)).
				Select(program.FieldID, program.FieldName, program.FieldExternalID).
				All(ctx)
			return toNamed(rows, func(row *ent.Program) named {
				return named{row.ID, []string{row.Name, inputs.ValueOrEmpty(row.ExternalID)}}
			}), err
		})
}

// searchSessions finds sessions by the words of their own name. The name of their program does not
// count.
func (r *Resolver) searchSessions(ctx context.Context, workspace ident.ID,
	filter *SessionFilter) (predicate.Session, error) {
	if filter == nil {
		return allOf[predicate.Session](nil), nil
	}
	return findNamed[predicate.Session](ctx, filter.Search,
		func(ctx context.Context) ([]named, error) {
			rows, err := r.Reads.Session.Query().Where(session.WorkspaceID(workspace)).
				Select(session.FieldID, session.FieldName, session.FieldExternalID).
				All(ctx)
			return toNamed(rows, func(row *ent.Session) named {
				return named{row.ID, []string{row.Name, inputs.ValueOrEmpty(row.ExternalID)}}
			}), err
		})
}

// searchCustomFields finds custom fields by the words of their name, not of their key.
func (r *Resolver) searchCustomFields(ctx context.Context, workspace ident.ID,
	filter *CustomFieldFilter) (predicate.CustomField, error) {
	if filter == nil {
		return allOf[predicate.CustomField](nil), nil
	}
	return findNamed[predicate.CustomField](ctx, filter.Search,
		func(ctx context.Context) ([]named, error) {
			rows, err := r.Reads.CustomField.Query().Where(customfield.WorkspaceID(workspace)).
				Select(customfield.FieldID, customfield.FieldName).All(ctx)
			return toNamed(rows, func(row *ent.CustomField) named {
				return named{row.ID, []string{row.Name}}
			}), err
		})
}

// searchJoinLinks finds join links by the words of their title and by their slug.
func (r *Resolver) searchJoinLinks(ctx context.Context, workspace ident.ID,
	filter *JoinLinkFilter) (predicate.JoinLink, error) {
	if filter == nil {
		return allOf[predicate.JoinLink](nil), nil
	}
	return findNamed[predicate.JoinLink](ctx, filter.Search,
		func(ctx context.Context) ([]named, error) {
			rows, err := r.Reads.JoinLink.Query().Where(joinlink.WorkspaceID(workspace)).
				Select(joinlink.FieldID, joinlink.FieldTitle, joinlink.FieldSlug).All(ctx)
			return toNamed(rows, func(row *ent.JoinLink) named {
				return named{row.ID, []string{inputs.ValueOrEmpty(row.Title), row.Slug}}
			}), err
		})
}
