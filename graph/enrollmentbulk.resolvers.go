package graph

import (
	"context"
)

// SetEnrollments is the resolver for the setEnrollments field.
func (r *mutationResolver) SetEnrollments(ctx context.Context, input SetEnrollmentsInput) (*SetEnrollmentsPayload, error) {
	results, err := r.Training.SetEnrollments(ctx, callerOf(ctx), input.Enrollments)
	if err != nil {
		return nil, err
	}
	if err := r.showEnrollments(ctx, results); err != nil {
		return nil, err
	}
	p := &SetEnrollmentsPayload{Results: make([]*EnrollmentResult, len(results))}
	for i, one := range results {
		p.Results[i] = &EnrollmentResult{Enrollment: one.Enrollment}
		if one.Fault == nil {
			p.ChangedCount++
			continue
		}
		p.Results[i].Error = outcomeError(ctx, one.Fault)
		p.FailedCount++
	}
	return p, nil
}
