package admission

import (
	"context"

	"usher/ent"
	"usher/ent/apikey"
	"usher/ent/member"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// ActorNames returns the names of the actors of audit events: the display names of members, the
// names of API keys (AHD-6). An actor who was removed has none.
//
// Security: it does not check whether the caller may see these members. A caller who may read an
// event may read the name of its actor. Use it for events that were read through the tenant filter
// only.
func (s *Service) ActorNames(ctx context.Context,
	actors []ident.ID) (_ map[ident.ID]string, err error) {
	defer fault.Annotate(&err, "actor names")

	ctx = store.AsSystem(ctx, "actors of events that the caller may read")
	var members, keys []ident.ID
	for _, id := range actors {
		// An id tells its kind, so no actor is looked up twice.
		if id.Kind() == ident.APIKey {
			keys = append(keys, id)
		} else {
			members = append(members, id)
		}
	}
	names := map[ident.ID]string{}
	if len(members) > 0 {
		found, err := s.Store.Member.Query().Where(member.IDIn(members...)).WithUser().All(ctx)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			names[m.ID] = DisplayName(m.Edges.User)
		}
	}
	var found []*ent.APIKey
	if len(keys) > 0 {
		found, err = s.Store.APIKey.Query().Where(apikey.IDIn(keys...)).All(ctx)
	}
	for _, k := range found {
		names[k.ID] = k.Name
	}
	return names, err
}
