package imports

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/grouptree"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/inputs"
)

// memberRemoval is what a row of a sync takes from a member, by the columns that replace.
type memberRemoval struct {
	released   []*ent.RoleAssignment
	labels     *[]string // all labels that the member has then; nil if they stay
	clearsUnit bool
}

// isEmpty tells whether the removal has no effect.
func (r memberRemoval) isEmpty() bool {
	return len(r.released) == 0 && r.labels == nil && !r.clearsUnit
}

// diffRemoval returns what a row takes from a member with some assignments, each with its role.
func (j *rowEvaluator) diffRemoval(c *candidate, held []*ent.RoleAssignment) (r memberRemoval) {
	if j.batch.Options.Sync == nil || len(j.batch.Options.Sync.Replace) == 0 {
		return r
	}
	for _, a := range held {
		if j.releases(c, a) {
			r.released = append(r.released, a)
		}
	}
	// The order of labels is the member's own, and no difference.
	if replaces(j.batch, files.Labels) && !sameLabels(c.member.Labels, c.Grant.Labels) {
		labels := slices.Clone(c.Grant.Labels)
		r.labels = &labels
	}
	r.clearsUnit = replaces(j.batch, files.OrgUnit) && c.Grant.OrgUnitID.IsZero() &&
		c.member.OrgUnitID != nil
	return r
}

// sameLabels compares two lists of labels without their order.
func sameLabels(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(label string) bool {
		return !slices.Contains(b, label)
	})
}

// releases tells whether a row takes an assignment away.
//
// Security: what is outside of the starter's authority stays, as it does for updateMember: a place
// that they do not see cannot stand in their file.
func (j *rowEvaluator) releases(c *candidate, a *ent.RoleAssignment) bool {
	named := schema.GrantedRole{RoleID: a.RoleID, PlaceID: a.PlaceID}
	at := access.PlaceOf(a.PlaceID)
	switch {
	case a.Inherited, a.PlaceID.Kind() == ident.Session, slices.Contains(c.Grant.Roles, named):
		return false
	case !j.directory.grantor.Can(access.MembersUpdate, at),
		!j.directory.grantor.MayGive(access.NewSet(a.Edges.Role.Permissions), at):
		return false
	}
	if a.PlaceID.Kind() == ident.Group && !slices.Contains(c.Grant.GroupIDs, a.PlaceID) {
		return replaces(j.batch, files.Groups)
	}
	// Roles at an org unit end with the column of roles alone: a move does not end them.
	return replaces(j.batch, files.Roles)
}

// releaseRoles takes roles from a member, before the grant of the row is applied: what is inherited is
// worked out from what is left.
func (w *rowWriter) releaseRoles(ctx context.Context, r memberRemoval) error {
	if len(r.released) == 0 {
		return nil
	}
	ids := make([]ident.ID, len(r.released))
	for i, a := range r.released {
		ids[i] = a.ID
	}
	return grouptree.Release(ctx, w.tx, ids)
}

// applyReplaced sets the labels and the unit that a row replaces, and ends the enrollments that only
// the released groups gave.
func (w *rowWriter) applyReplaced(ctx context.Context, m *ent.Member,
	r memberRemoval) (*ent.Member, error) {
	if len(r.released) > 0 {
		if err := w.service.Training.DeleteGroupEnrollments(ctx, w.tx, w.workspace.ID,
			[]ident.ID{m.ID}); err != nil {
			return nil, err
		}
	}
	// Most rows replace neither, and need no statement.
	if r.labels == nil && !r.clearsUnit {
		return m, nil
	}
	update := w.tx.Member.UpdateOne(m)
	if r.labels != nil {
		update.SetLabels(*r.labels)
	}
	if r.clearsUnit {
		update.ClearOrgUnitID()
	}
	return update.Save(ctx)
}

// describe adds to the two sides of a change what a removal takes away.
func (r memberRemoval) describe(m *ent.Member, previous, next *schema.Grant) {
	for _, a := range r.released {
		previous.Roles = append(previous.Roles,
			schema.GrantedRole{RoleID: a.RoleID, PlaceID: a.PlaceID})
		// Leaving a group shows as a change of the groups, too.
		if a.GroupID != nil {
			previous.GroupIDs = inputs.Distinct(append(previous.GroupIDs, *a.GroupID))
		}
	}
	if r.labels != nil {
		previous.Labels, next.Labels = m.Labels, *r.labels
	}
	if r.clearsUnit {
		previous.OrgUnitID = *m.OrgUnitID
	}
}

// endsAdmin tells whether a removal takes the administrator's role of the workspace.
func (r memberRemoval) endsAdmin() bool {
	return slices.ContainsFunc(r.released, func(a *ent.RoleAssignment) bool {
		return a.Edges.Role.Key == access.Admin
	})
}

// guardRemoval returns the guard of the administrators for a removal that may end one; nil for any
// other. The workspace is locked.
func (w *rowWriter) guardRemoval(ctx context.Context,
	r memberRemoval) (*admission.AdminGuard, error) {
	if !r.endsAdmin() {
		return nil, nil
	}
	return admission.GuardAdmins(ctx, w.tx, w.workspace.ID, w.now)
}

// replaceInGrant replaces parts of the grant of a pending invitation by those of a row, for the
// columns that replace.
func (j *rowEvaluator) replaceInGrant(g schema.Grant, row schema.Grant) schema.Grant {
	if j.batch.Options.Sync == nil {
		return g
	}
	if replaces(j.batch, files.Groups) {
		g.GroupIDs = row.GroupIDs
	}
	if replaces(j.batch, files.Labels) {
		g.Labels = row.Labels
	}
	if replaces(j.batch, files.OrgUnit) {
		g.OrgUnitID = row.OrgUnitID
	}
	if replaces(j.batch, files.Roles) {
		g.Roles = row.Roles
	}
	// A role ends with its place.
	g.Roles = slices.DeleteFunc(slices.Clone(g.Roles), func(r schema.GrantedRole) bool {
		switch r.PlaceID.Kind() {
		case ident.Group:
			return !slices.Contains(g.GroupIDs, r.PlaceID)
		case ident.OrgUnit:
			return r.PlaceID != g.OrgUnitID
		}
		return false
	})
	return g
}
