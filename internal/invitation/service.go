package invitation

import "usher/internal/admission"

// Service holds the operations on invitations.
type Service struct {
	admission.Deps
	Admission *admission.Service
	dryRuns   *dryRunLimit
}

// New returns the service. It registers the composers of its emails and the listener for their
// outcomes with the outbox.
func New(d admission.Deps, admissions *admission.Service) *Service {
	s := &Service{Deps: d, Admission: admissions, dryRuns: newDryRunLimit()}
	s.registerComposers()
	d.Training.ExtendInvitations(s.lockSessionInvitees)
	return s
}
