package dryrun

import (
	"usher/internal/admission"
	"usher/internal/invitation"
	"usher/internal/provisioning"
)

// Service runs operations dry.
type Service struct {
	admission.Deps
	Admission    *admission.Service
	Invitations  *invitation.Service
	Provisioning *provisioning.Service
	limit        *concurrencyLimit
}

// New returns the service.
func New(d admission.Deps, admissions *admission.Service, invitations *invitation.Service,
	accounts *provisioning.Service) *Service {
	return &Service{Deps: d, Admission: admissions, Invitations: invitations,
		Provisioning: accounts, limit: newConcurrencyLimit()}
}
