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

// ActorNames tells by name who did things: members as people are called, keys by the name that they
// were given. Who has left has none.
//
// Security: it asks nobody's right. Who may read that something was done is told by whom, though
// they may not see that member: it is for histories that were read behind the fence, and for
// nothing else.
func (s *Service) ActorNames(ctx context.Context,
	actors []ident.ID) (_ map[ident.ID]string, err error) {
	defer fault.Annotate(&err, "actor names")

	ctx = store.AsSystem(ctx, "who may read a history is told who did it")
	var members, keys []ident.ID
	for _, i := range actors {
		if i.Kind() == ident.APIKey {
			keys = append(keys, i)
		} else {
			members = append(members, i)
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
