package graph

import (
	"context"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/internal/ident"
	"usher/internal/training"
)

// showEnrollments reads enrollments again with what the client asks for, for all of them together.
func (r *Resolver) showEnrollments(ctx context.Context, results []*training.EnrollmentResult) error {
	var changed []*ent.Enrollment
	for _, one := range results {
		if one.Enrollment != nil {
			changed = append(changed, one.Enrollment)
		}
	}
	at, asked := fieldContextAt(ctx, "results", "enrollment")
	if !asked || len(changed) == 0 {
		return nil
	}
	query, err := r.Reads.Enrollment.Query().Where(enrollment.IDIn(
		idsOf(changed, func(e *ent.Enrollment) ident.ID { return e.ID })...)).
		CollectFields(at, "Enrollment", "Node")
	if err != nil {
		return err
	}
	rows, err := query.All(at)
	if err != nil {
		return err
	}
	found := byID(rows, func(e *ent.Enrollment) ident.ID { return e.ID })
	for _, one := range results {
		if one.Enrollment != nil && found[one.Enrollment.ID] != nil {
			one.Enrollment = found[one.Enrollment.ID]
		}
	}
	return nil
}
