package graph

import (
	"github.com/99designs/gqlgen/graphql"

	"usher/internal/admission"
	"usher/internal/inputs"
)

// toGrantChange converts the input of an edit; nil for none.
func toGrantChange(in *UpdateGrantInput) *admission.GrantChange {
	if in == nil {
		return nil
	}
	return &admission.GrantChange{
		Roles: toSliceChange(in.Roles), GroupIDs: toSliceChange(in.GroupIds),
		AddGroupIDs: in.AddGroupIds, RemoveGroupIDs: in.RemoveGroupIds,
		OrgUnitID: toChange(in.OrgUnitID), SessionIDs: toSliceChange(in.SessionIds),
		ProgramIDs: toSliceChange(in.ProgramIds), Labels: toSliceChange(in.Labels),
		AddLabels: in.AddLabels, RemoveLabels: in.RemoveLabels,
		AdditionalInfo: toChange(in.AdditionalInfo), Locale: toChange(in.Locale),
		RedirectURL:     toChange(in.RedirectURL),
		AccessExpiresAt: toChange(in.AccessExpiresAt), DeleteOnExpiry: toChange(in.DeleteOnExpiry),
		CustomFields: toMapChange(in.CustomFields),
	}
}

// toSliceChange is toChange for a list; null is empty.
func toSliceChange[T any](field graphql.Omittable[[]T]) inputs.Change[[]T] {
	v, set := field.ValueOK()
	return inputs.Change[[]T]{Set: set, Value: &v}
}

// toMapChange is toChange for answers; null clears all of them.
func toMapChange(field graphql.Omittable[map[string]any]) inputs.Change[map[string]any] {
	v, set := field.ValueOK()
	c := inputs.Change[map[string]any]{Set: set}
	if v != nil {
		c.Value = &v
	}
	return c
}

// toLinkGrantChange converts the change of a join link's grant; null resets the grant to
// the default.
func toLinkGrantChange(
	field graphql.Omittable[*UpdateGrantInput]) inputs.Change[admission.GrantChange] {
	v, set := field.ValueOK()
	return inputs.Change[admission.GrantChange]{Set: set, Value: toGrantChange(v)}
}
