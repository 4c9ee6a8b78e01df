package provisioning

import (
	"usher/internal/admission"
	"usher/internal/invitation"
	"usher/internal/mail"
)

// Service holds the operations that make accounts.
type Service struct {
	admission.Deps
	Admission   *admission.Service
	Invitations *invitation.Service
}

// New returns the service. It registers the composer of the emailed credentials with the outbox.
func New(d admission.Deps, admissions *admission.Service,
	invitations *invitation.Service) *Service {
	s := &Service{Deps: d, Admission: admissions, Invitations: invitations}
	d.Outbox.Compose(mail.Credentials, s.composeCredentials)
	return s
}
