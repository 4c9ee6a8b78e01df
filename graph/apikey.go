package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	"usher/ent/apikey"
	"usher/ent/predicate"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// searchAPIKeys finds API keys by the words of their names.
func (r *Resolver) searchAPIKeys(ctx context.Context, workspace ident.ID,
	filter *APIKeyFilter) (predicate.APIKey, error) {
	if filter == nil {
		return allOf[predicate.APIKey](nil), nil
	}
	return findNamed[predicate.APIKey](ctx, filter.Search,
		func(ctx context.Context) ([]named, error) {
			rows, err := r.Reads.APIKey.Query().Where(apikey.WorkspaceID(workspace)).
				Select(apikey.FieldID, apikey.FieldName).All(ctx)
			return toNamed(rows, func(row *ent.APIKey) named {
				return named{row.ID, []string{row.Name}}
			}), err
		})
}

// keyPlacesOf reads the places of one kind of all API keys of a page at once, with what the client asks
// of them. Those that the caller may not see are left out.
func keyPlacesOf[T any](ctx context.Context, obj *ent.APIKey, kind ident.Kind,
	read func(ids []ident.ID) ([]*T, error), id func(*T) ident.ID) ([]*T, error) {
	page := obj.Page()
	// The first key of the page reads for all of them.
	found, err := page.Once(graphql.GetFieldContext(ctx).Field.Field, func() (any, error) {
		var ids []ident.ID
		for _, row := range page.Rows {
			ids = append(ids, ofKind(row.PlaceIds, kind)...)
		}
		if len(ids) == 0 {
			return map[ident.ID]*T{}, nil
		}
		rows, err := read(inputs.Distinct(ids))
		return byID(rows, id), err
	})
	if err != nil {
		return nil, err
	}
	return pick(found.(map[ident.ID]*T), ofKind(obj.PlaceIds, kind)), nil
}
