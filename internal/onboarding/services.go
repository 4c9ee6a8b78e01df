// Package onboarding assembles the services of every way into a workspace and of what follows. Its
// tests are those that cross several of them.
package onboarding

import (
	"time"

	"usher/internal/acceptance"
	"usher/internal/admission"
	"usher/internal/apikey"
	"usher/internal/card"
	"usher/internal/dryrun"
	"usher/internal/emailaction"
	"usher/internal/imports"
	"usher/internal/invitation"
	"usher/internal/invitationemail"
	"usher/internal/joinlink"
	"usher/internal/lifecycle"
	"usher/internal/member"
	"usher/internal/provisioning"
	"usher/internal/suppression"
)

// Services are the verbs of an organization's onboarding, by what they are about.
type Services struct {
	Admission    *admission.Service
	APIKeys      *apikey.Service
	Invitations  *invitation.Service
	Provisioning *provisioning.Service
	DryRuns      *dryrun.Service
	Acceptances  *acceptance.Service
	Suppressions *suppression.Service
	JoinLinks    *joinlink.Service
	EmailActions *emailaction.Service
	Members      *member.Service
	Cards        *card.Service
	Imports      *imports.Service
	Lifecycle    *lifecycle.Service
}

// New makes the services. It registers their emails and jobs: call it once for each outbox and
// queue.
func New(d admission.Deps) Services {
	a := admission.New(d)
	i := invitation.New(d, a)
	invitationemail.Register(i)
	p := provisioning.New(d, a, i)
	acceptances := acceptance.New(d, a, i)
	m := member.New(d, a, i)
	b := imports.New(d, a, i, p, m)
	j := joinlink.New(d, a, i, acceptances)
	return Services{
		Admission: a, APIKeys: apikey.New(d), Invitations: i, Provisioning: p,
		DryRuns: dryrun.New(d, a, i, p), Acceptances: acceptances, Suppressions: suppression.New(d),
		JoinLinks: j, EmailActions: emailaction.New(d, i, j), Members: m,
		Cards: card.New(d, a, i), Imports: b, Lifecycle: lifecycle.New(d, m, b),
	}
}

// At returns the services as they act at another time. Emails, jobs and limits are shared with the
// original.
func (s Services) At(clock func() time.Time) Services {
	a, i, j, m, c, b := *s.Admission, *s.Invitations, *s.JoinLinks, *s.Members, *s.Cards, *s.Imports
	l, acceptances, suppressions := *s.Lifecycle, *s.Acceptances, *s.Suppressions
	k, p, r, e := *s.APIKeys, *s.Provisioning, *s.DryRuns, *s.EmailActions
	k.Clock, p.Clock, r.Clock, e.Clock = clock, clock, clock, clock
	e.Invitations, e.JoinLinks = &i, &j
	p.Admission, p.Invitations = &a, &i
	r.Admission, r.Invitations, r.Provisioning = &a, &i, &p
	a.Clock, i.Clock, j.Clock, m.Clock, c.Clock, b.Clock = clock, clock, clock, clock, clock, clock
	acceptances.Clock, suppressions.Clock = clock, clock
	i.Admission, j.Admission, m.Admission, c.Admission, b.Admission = &a, &a, &a, &a, &a
	acceptances.Admission, acceptances.Invitations = &a, &i
	j.Invitations, m.Invitations, c.Invitations, b.Invitations = &i, &i, &i, &i
	j.Acceptances = &acceptances
	b.Provisioning, b.Members, l.Members, l.Imports, l.Clock = &p, &m, &m, &b, clock
	return Services{Admission: &a, APIKeys: &k, Invitations: &i, Provisioning: &p,
		DryRuns: &r, Acceptances: &acceptances,
		Suppressions: &suppressions, JoinLinks: &j, EmailActions: &e, Members: &m, Cards: &c,
		Imports: &b, Lifecycle: &l}
}
