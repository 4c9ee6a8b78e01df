package joinlink

import (
	"usher/internal/admission"
	"usher/internal/invitation"
)

// Service holds the verbs of join links and join requests.
type Service struct {
	admission.Deps
	Admission   *admission.Service
	Invitations *invitation.Service
}

// New returns the service and registers the composers of its emails with the outbox.
func New(d admission.Deps, a *admission.Service, i *invitation.Service) *Service {
	s := &Service{Deps: d, Admission: a, Invitations: i}
	s.registerComposers()
	return s
}
