package invitation

import "usher/internal/admission"

// Service holds the verbs of invitations.
type Service struct {
	admission.Deps
	Admission *admission.Service
	plans     *planLimit
}

// New makes the service, and tells the outbox how the emails of this package are composed and what
// to do when one arrived.
func New(d admission.Deps, a *admission.Service) *Service {
	s := &Service{Deps: d, Admission: a, plans: newPlanLimit()}
	s.registerComposers()
	d.Training.ExtendInvitations(s.lockSessionInvitees)
	return s
}
