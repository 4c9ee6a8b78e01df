package outbox

import (
	"context"

	"usher/ent"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/store"
	"usher/internal/weburl"
)

// LoadRecipient loads the workspace and the account that an email is for. The error is that of a
// missing row without them.
func (c *Outbox) LoadRecipient(ctx context.Context,
	m *ent.Mail) (_ *ent.Workspace, _ *ent.User, err error) {
	defer fault.Annotate(&err, "load email recipient")

	w, err := c.store.Workspace.Get(store.InWorkspace(ctx, *m.WorkspaceID), *m.WorkspaceID)
	if err != nil {
		return nil, nil, err
	}
	u, err := c.store.User.Get(
		store.AsSystem(ctx, "a mail is for an account, which may have left since"), *m.UserID)
	return w, u, err
}

// IgnoreGone turns the error of a missing row into ErrGone, and no error too.
func IgnoreGone(err error) error {
	if err == nil || ent.IsNotFound(err) {
		return ErrGone
	}
	return err
}

// Branding returns the name, logo and colors of a workspace for an email.
func Branding(w *ent.Workspace) mail.Workspace {
	logo := inputs.ValueOrEmpty(w.LogoURL)
	// Earlier versions accepted what no page shows.
	if _, ok := weburl.ParsePicture(logo); !ok {
		logo = ""
	}
	return mail.Workspace{Name: w.Name, LogoURL: logo,
		Color: inputs.ValueOrEmpty(w.Color), SupportContact: inputs.ValueOrEmpty(w.SupportContact),
		PrivacyURL: inputs.ValueOrEmpty(w.Settings.PrivacyURL),
		TermsURL:   inputs.ValueOrEmpty(w.Settings.TermsURL),
		TimeZone:   i18n.LoadZone(w.TimeZone)}
}

// Locale returns a person's language, else that of the workspace.
func Locale(own *string, w *ent.Workspace) i18n.Locale {
	l, _ := i18n.Match(inputs.ValueOrEmpty(own), w.DefaultLocale)
	return l
}
