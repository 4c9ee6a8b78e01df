package invitation

import (
	"context"
	"slices"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/invitation"
	"usher/ent/predicate"
	"usher/ent/program"
	"usher/ent/session"
	"usher/internal/grouptree"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/training"
)

// LeadsToSession returns a predicate for the invitations that lead into a session: those that name
// it, and the pending ones that lead there through a program or a group, as admission would work
// it out now (INV-15, ADM-7). It takes a few statements, whatever the number of invitations.
func LeadsToSession(ctx context.Context, db *ent.Client, id ident.ID,
	now time.Time) (_ predicate.Invitation, err error) {
	names := invitation.HasSessionsWith(session.ID(id))
	row, err := db.Session.Query().Where(session.ID(id)).Only(ctx)
	if ent.IsNotFound(err) || err == nil && training.IsOver(row, now) {
		return names, nil
	}
	if err != nil {
		return nil, err
	}

	// What leads there is the same for each caller. The list itself is limited to what they see.
	ctx = store.InWorkspace(ctx, row.WorkspaceID)
	ways := []predicate.Invitation{}
	reached, err := isReachedByProgram(ctx, db, row)
	if err != nil {
		return nil, err
	}
	if reached {
		ways = append(ways, grantNames("programIds", row.ProgramID))
	}
	groups, err := db.Group.Query().Where(group.HasProgramsWith(program.ID(row.ProgramID))).IDs(ctx)
	if err != nil {
		return nil, err
	}
	if len(groups) > 0 {
		byGroup, err := leadsIntoGroups(ctx, db, groups)
		if err != nil {
			return nil, err
		}
		ways = append(ways, byGroup)
	}
	if len(ways) == 0 {
		return names, nil
	}
	return invitation.Or(names, invitation.And(invitation.StatusEQ(invitation.StatusPending),
		invitation.Or(ways...))), nil
}

// isReachedByProgram tells whether a grant that names the program of a session leads into it: not
// if the program has an always-open session and this is another one (INV-17).
func isReachedByProgram(ctx context.Context, db *ent.Client, row *ent.Session) (bool, error) {
	if row.StartsAt == nil && row.EndsAt == nil {
		return true, nil
	}
	open, err := db.Session.Query().Where(session.ProgramID(row.ProgramID),
		session.StartsAtIsNil(), session.EndsAtIsNil()).Exist(ctx)
	return !open, err
}

// leadsIntoGroups selects the invitations into some groups: into the groups themselves, and as a
// learner into a group below whose learners inherit membership in one of them (ADM-2).
func leadsIntoGroups(ctx context.Context, db *ent.Client,
	groups []ident.ID) (predicate.Invitation, error) {
	direct := invitation.HasGroupsWith(group.IDIn(groups...))
	// grouptree takes a transaction, because most of its callers write.
	tx := &store.Tx{Client: db} // it only reads
	tree, err := grouptree.Load(ctx, tx)
	if err != nil {
		return nil, err
	}
	var below []ident.ID
	for _, g := range groups {
		for _, source := range tree.SourceGroups(g) {
			if !slices.Contains(groups, source) && !slices.Contains(below, source) {
				below = append(below, source)
			}
		}
	}
	// No group inherits into these, and the role need not be looked up.
	if len(below) == 0 {
		return direct, nil
	}
	learner, err := grouptree.LearnerRole(ctx, tx)
	if err != nil {
		return nil, err
	}
	return invitation.Or(direct, invitation.And(invitation.HasGroupsWith(group.IDIn(below...)),
		grantPlaces(learner, below))), nil
}

// grantNames selects the invitations whose grant has an id in one of its lists.
func grantNames(list string, id ident.ID) predicate.Invitation {
	return func(s *sql.Selector) {
		s.Where(sqljson.ValueContains(s.C(invitation.FieldGrant), id.String(),
			sqljson.Path(list)))
	}
}

// grantPlaces selects the invitations whose grant gives a role at one of some places.
func grantPlaces(role ident.ID, places []ident.ID) predicate.Invitation {
	texts := make([]any, len(places))
	for i, id := range places {
		texts[i] = id.String()
	}
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			roleAt, placeAt := "json_extract(given.value, '$.roleId')",
				"json_extract(given.value, '$.placeId')"
			if b.Dialect() == dialect.Postgres {
				roleAt, placeAt = "given.value->>'roleId'", "given.value->>'placeId'"
				// Role and place must stand in one element, which containment of the whole list
				// cannot ask.
				b.WriteString("EXISTS (SELECT 1 FROM jsonb_array_elements(").
					Ident(s.C(invitation.FieldGrant)).
					WriteString("->'roles') AS given(value) WHERE ")
			} else {
				b.WriteString("EXISTS (SELECT 1 FROM json_each(").
					Ident(s.C(invitation.FieldGrant)).WriteString(", '$.roles') AS given WHERE ")
			}
			b.WriteString(roleAt + " = ").Arg(role.String()).
				WriteString(" AND " + placeAt + " IN (").
				Args(texts...).WriteString("))")
		}))
	}
}
