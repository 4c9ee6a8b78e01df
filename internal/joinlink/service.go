package joinlink

import (
	"usher/internal/acceptance"
	"usher/internal/admission"
	"usher/internal/invitation"
)

// Service holds the verbs of join links and join requests.
type Service struct {
	admission.Deps
	Admission   *admission.Service
	Invitations *invitation.Service
	Acceptances *acceptance.Service
}

// New returns the service and registers the composers of its emails with the outbox.
func New(d admission.Deps, admissions *admission.Service, invitations *invitation.Service,
	acceptances *acceptance.Service) *Service {
	s := &Service{Deps: d, Admission: admissions, Invitations: invitations, Acceptances: acceptances}
	s.registerComposers()
	return s
}
