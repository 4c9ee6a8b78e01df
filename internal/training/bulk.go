package training

import (
	"context"
	"strconv"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
)

// MaxEnrollments is the number of enrollments that one call sets.
const MaxEnrollments = 500

// EnrollmentInput is the state of one member in one session, as a learning system reports it.
type EnrollmentInput struct {
	SessionID ident.ID
	MemberID  ident.ID
	Status    enrollment.Status
	Progress  *int
}

// EnrollmentResult is what became of one entry. Fault is set if nothing was done.
type EnrollmentResult struct {
	Enrollment *ent.Enrollment
	Fault      *fault.Error
}

// SetEnrollments sets several enrollments, each in its own transaction and as SetEnrollment does. A
// fault of one does not stop the others; any other error stops. The results are in the order of the
// entries. Errors: UNAUTHENTICATED; BAD_USER_INPUT at enrollments for too many.
func (s *Service) SetEnrollments(ctx context.Context, by *access.Caller,
	entries []*EnrollmentInput) (_ []*EnrollmentResult, err error) {
	defer fault.Annotate(&err, "set enrollments")

	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	if len(entries) > MaxEnrollments {
		return nil, fault.Input("enrollments", "invite.too_many",
			i18n.Args{"Max": MaxEnrollments, "Given": len(entries)})
	}

	results := make([]*EnrollmentResult, len(entries))
	for i, e := range entries {
		row, err := s.SetEnrollment(ctx, by, e.SessionID, e.MemberID, e.Status, e.Progress)
		f, refused := fault.Of(err)
		// What is no refusal concerns the server, and the rest would meet it too.
		if err != nil && !refused {
			return nil, err
		}
		results[i] = &EnrollmentResult{Enrollment: row}
		if refused {
			// The field is that of the entry, so that a client finds it in its input.
			if f.Field != "" {
				f, _ = fault.Of(fault.At(f, "enrollments."+strconv.Itoa(i)+"."+f.Field))
			}
			results[i] = &EnrollmentResult{Fault: f}
		}
	}
	return results, nil
}
