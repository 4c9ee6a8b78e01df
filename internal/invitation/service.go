package invitation

import "usher/internal/admission"

// Service holds the operations on invitations.
type Service struct {
	admission.Deps
	Admission *admission.Service
}

// New returns the service. It registers the listener for the outcomes of its emails with the
// outbox. Package invitationemail composes them.
func New(d admission.Deps, admissions *admission.Service) *Service {
	s := &Service{Deps: d, Admission: admissions}
	d.Outbox.Listen(s.recordDelivery)
	d.Training.ExtendInvitations(s.lockSessionInvitees)
	return s
}
