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
func New(d admission.Deps, admissions *admission.Service, invitations *invitation.Service) *Service {
	return &Service{Deps: d, Admission: admissions, Invitations: invitations}
}
