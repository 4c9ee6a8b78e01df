package joinlink

import (
	"context"
	"time"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/scalar"
	"usher/internal/store"
	"usher/internal/suppression"
)

// SettingsInput are settings of a join link that decide who may join. A field that is not set keeps
// the setting of the link.
type SettingsInput struct {
	Enabled          *bool
	Whitelist        OptionalList
	ExpiresAt        inputs.Change[time.Time]
	MaxJoins         inputs.Change[int]
	RequiresApproval *bool
}

// applyTo returns a copy of a link with the settings, validated as UpdateLink does. An expiry in the
// past is accepted: the answer is then that the link has expired.
func (in SettingsInput) applyTo(link *ent.JoinLink, w *ent.Workspace) (*ent.JoinLink, error) {
	// A copy: the settings are tried and never saved.
	tried := *link
	var faults fault.Collector
	if in.Enabled != nil {
		tried.Enabled = *in.Enabled
	}
	if in.Whitelist.Set {
		list, err := parseWhitelist(in.Whitelist.Value)
		faults.Add(underSettings(err))
		tried.Whitelist = list
	}
	if in.ExpiresAt.Set {
		tried.ExpiresAt = nil
		if end := in.ExpiresAt.Value; end != nil {
			at := scalar.EndIn(*end, i18n.LoadZone(w.TimeZone))
			tried.ExpiresAt = &at
		}
	}
	if in.MaxJoins.Set {
		faults.Add(underSettings(checkMaxJoins(in.MaxJoins.Value)))
		tried.MaxJoins = in.MaxJoins.Value
	}
	if in.RequiresApproval != nil {
		tried.RequiresApproval = *in.RequiresApproval
	}
	return &tried, faults.Err()
}

// underSettings puts the field of a fault below the argument that holds the settings.
func underSettings(err error) error {
	if f, refused := fault.Of(err); refused && f.Field != "" {
		f.Field = "settings." + f.Field
	}
	return err
}

// Verdict tells whether an address would be admitted, and why.
type Verdict struct {
	Allowed bool
	Reason  i18n.Message
}

// Explain tells a caller who may edit the link whether an address would be admitted, and why
// (JOI-7). Settings that are set replace those of the link for the answer, so that they can be tried
// before they are saved. It changes nothing. NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
func (s *Service) Explain(ctx context.Context, by *access.Caller, id ident.ID, email string,
	settings SettingsInput) (_ *Verdict, err error) {
	defer fault.Annotate(&err, "explain join link")

	link, m, err := s.findEditableLink(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if err := admission.RequireLinkAuthority(store.InWorkspace(ctx, link.WorkspaceID),
		s.Store.Client, m, link.Grant); err != nil {
		return nil, err
	}
	ctx = store.InWorkspace(ctx, link.WorkspaceID)
	w, err := s.Store.Workspace.Get(ctx, link.WorkspaceID)
	if err != nil {
		return nil, err
	}
	var faults fault.Collector
	a, err := address.Parse(email)
	faults.Add(fault.At(err, "email"))
	link, err = settings.applyTo(link, w)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}

	verdict := func(allowed bool, key string, args i18n.Args) (*Verdict, error) {
		return &Verdict{allowed, i18n.Message{Key: key, Args: args}}, nil
	}
	args := i18n.Args{"Email": a.Display, "Entry": address.Readable(whitelistOf(link).Match(a))}
	switch state := pageState(link, s.Clock()); {
	case state == PageArchived:
		return verdict(false, "join.archived", args)
	case state == PageOff:
		return verdict(false, "join.why_off", args)
	case state == PageExpired:
		return verdict(false, "join.why_expired", args)
	case state == PageFull:
		return verdict(false, "join.why_full", args)
	case !whitelistOf(link).Allows(a):
		return verdict(false, "join.why_not_listed", args)
	}

	// An address that bounces never gets the confirmation link.
	if mute, err := suppression.IsUndeliverable(ctx, s.Store.Client, a.Key,
		link.WorkspaceID); mute || err != nil {
		return &Verdict{false, i18n.Message{Key: "join.why_suppressed", Args: args}}, err
	}

	// The same code decides here and in the transaction that admits.
	j := &joinAttempt{Service: s, link: link, address: a, tx: &store.Tx{Client: s.Store.Client},
		now: s.Clock()}
	system := store.AsSystem(ctx,
		"the account may be in any workspace; the answer tells only what concerns this one")
	if j.user, err = s.Store.User.Query().Where(user.EmailKey(a.Key)).
		Only(system); ent.IsNotFound(err) {
		j.user = nil
	} else if err != nil {
		return nil, err
	}
	j.invitation, err = s.Store.Invitation.Query().
		Where(entinvitation.EmailKey(a.Key), invitation.IsOpen(j.now)).Only(ctx)
	if ent.IsNotFound(err) {
		j.invitation = nil
	} else if err != nil {
		return nil, err
	}
	switch why, err := j.decideApproval(ctx); {
	case err != nil:
		return nil, err
	case why != nil:
		return verdict(true, approvalReasons[*why], args)
	case j.invitation != nil:
		return verdict(true, "join.why_invited", args)
	case len(link.Whitelist) == 0:
		return verdict(true, "join.why_anyone", args)
	}
	return verdict(true, "join.why_listed", args)
}
