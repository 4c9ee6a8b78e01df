package grouptree

import (
	"context"

	"usher/ent/role"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/store"
)

// LearnerRole returns the id of the workspace's learner role, the only role that is inherited.
func LearnerRole(ctx context.Context, tx *store.Tx) (ident.ID, error) {
	return tx.Role.Query().Where(role.Key(access.Learner)).OnlyID(ctx)
}

// MakesLearner reports whether granted roles make a person a learner in a granted group: the
// learner role is granted there, or no role is. Only learners inherit membership.
func MakesLearner(roles []schema.GrantedRole, groupID, learner ident.ID) bool {
	otherRole := false
	for _, r := range roles {
		if r.PlaceID != groupID {
			continue
		}
		if r.RoleID == learner {
			return true
		}
		otherRole = true
	}
	return !otherRole
}
