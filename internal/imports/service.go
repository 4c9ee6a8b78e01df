package imports

import (
	"usher/internal/admission"
	"usher/internal/invitation"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/member"
	"usher/internal/provisioning"
)

// Service holds the verbs of imports.
type Service struct {
	admission.Deps
	Admission    *admission.Service
	Invitations  *invitation.Service
	Provisioning *provisioning.Service
	Members      *member.Service
}

// New returns the service, and registers its job handler and the composer of its digest.
func New(d admission.Deps, admissions *admission.Service, invitations *invitation.Service,
	accounts *provisioning.Service, members *member.Service) *Service {
	s := &Service{Deps: d, Admission: admissions, Invitations: invitations,
		Provisioning: accounts, Members: members}
	s.Outbox.Compose(mail.ImportDigest, s.composeDigest)
	jobs.Handle(d.Queue, s.workOnImport)
	return s
}
