package graph

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
)

// endBeforeUnsettled returns the condition that ends a list before changes which are not complete
// yet, if it is read to keep a copy: in the order of the changes, from a moment on. Other lists have
// all rows. The reason is in package store, at SettledBefore.
func (r *Resolver) endBeforeUnsettled(ctx context.Context, updatedAfter *time.Time,
	byUpdate bool) (func(*sql.Selector), error) {
	if updatedAfter == nil || !byUpdate {
		return func(*sql.Selector) {}, nil
	}
	before, err := r.Members.Store.SettledBefore(ctx)
	return func(s *sql.Selector) { s.Where(sql.LT(s.C("updated_at"), before)) }, err
}

// changedSince returns the moment of updatedAfter; nil without a filter. The same for each list
// that programs keep a copy of.
func (f *MemberFilter) changedSince() *time.Time {
	if f == nil {
		return nil
	}
	return f.UpdatedAfter
}

func (f *InvitationFilter) changedSince() *time.Time {
	if f == nil {
		return nil
	}
	return f.UpdatedAfter
}

func (f *EnrollmentFilter) changedSince() *time.Time {
	if f == nil {
		return nil
	}
	return f.UpdatedAfter
}

// byEnrollmentUpdate reports whether enrollments are listed in the order of their changes.
func byEnrollmentUpdate(order *ent.EnrollmentOrder) bool {
	return order != nil && order.Field.String() == ent.EnrollmentOrderFieldUpdatedAt.String()
}
