package member

import (
	"usher/internal/admission"
	"usher/internal/invitation"
)

// Service holds the operations on members.
type Service struct {
	admission.Deps
	Admission   *admission.Service
	Invitations *invitation.Service
}

// New returns the service.
func New(d admission.Deps, a *admission.Service, i *invitation.Service) *Service {
	return &Service{Deps: d, Admission: a, Invitations: i}
}
