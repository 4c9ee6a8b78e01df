package acceptance

import (
	"usher/internal/admission"
	"usher/internal/invitation"
	"usher/internal/mail"
)

// Service holds the operations of invitees.
type Service struct {
	admission.Deps
	Admission   *admission.Service
	Invitations *invitation.Service
}

// New returns the service and registers the composer of the notices to inviters with the outbox.
func New(d admission.Deps, admissions *admission.Service, invitations *invitation.Service) *Service {
	s := &Service{Deps: d, Admission: admissions, Invitations: invitations}
	for _, kind := range []mail.Kind{mail.InvitationAccepted, mail.InvitationDeclined,
		mail.NewLinkRequested, mail.MoveRequested} {
		s.Outbox.Compose(kind, s.composeNotice)
	}
	return s
}
