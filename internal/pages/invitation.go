package pages

import (
	"net/http"
	"time"

	"usher/ent/invitation"
	"usher/internal/mail"
	"usher/internal/onboarding"
	"usher/internal/store"
)

// invitation is where an invitation's links lead. Whatever state it is in, the page has a way forward (INV-12).
func (v *visit) invitation() error {
	l, err := v.Onboarding.Land(v.r.Context(), v.caller, v.token)
	if linkFault(err) {
		return v.unknownInvitation()
	}
	if err != nil {
		return err
	}
	v.brand = brandOf(l.Workspace)
	v.locale = v.language(l.Locale, l.Workspace.DefaultLocale)
	if v.acts() {
		switch v.r.PostForm.Get("act") {
		case "decline":
			return v.decline()
		case "request":
			return v.requestNew()
		}
		if l.Status != invitation.StatusActive || !l.OwnAddress { // accepting twice is harmless (INV-8)
			return v.accept(l)
		}
		return v.to(v.here(""))
	}
	return v.landed(http.StatusOK, l)
}

// landed shows an invitation as it stands.
func (v *visit) landed(status int, l *onboarding.Landing) error {
	switch l.Status {
	case invitation.StatusPending:
		return v.show(status, v.pending(l))
	case invitation.StatusActive:
		p := v.accepted(l)
		if err := v.passwordEnded(&p, l); err != nil {
			return err
		}
		return v.show(status, p)
	case invitation.StatusDeclined:
		return v.show(status, view{
			Title: v.t("declined_title", "Workspace", l.WorkspaceName), Text: []string{v.t("declined_text"), v.t("declined_again", "Workspace", l.WorkspaceName)},
			Links: []way{{v.path("/"), v.t("to_home")}},
		})
	}
	return v.show(status, v.over(l))
}

// unknownInvitation is what a token that was never good, one of a corrected address and one that got damaged on its way
// have in common: they are not told apart.
func (v *visit) unknownInvitation() error {
	return v.show(http.StatusNotFound, view{
		Title: v.t("unknown_title"), Text: []string{v.t("unknown_text"), v.t("unknown_ask")},
		Way: &way{v.path("/sign-in"), v.t("to_sign_in")},
	})
}

// pending is the page of an invitation that can be accepted: as somebody new, with an account, or with one click by who is
// signed in already.
func (v *visit) pending(l *onboarding.Landing) view {
	p := view{Title: v.t("invited_title", "Workspace", l.WorkspaceName)}
	if l.InvitedByName != nil {
		p.Title = v.t("invited_by_title", "Inviter", *l.InvitedByName, "Workspace", l.WorkspaceName)
		p.QuoteBy = v.t("message_from", "Inviter", *l.InvitedByName)
	}
	if l.Message != nil {
		p.Quote = *l.Message
	}
	p.Aside = v.declineForm(l)
	if l.SignedInAs != "" && !l.OwnAddress {
		v.wrongAccount(&p, l)
		return p
	}

	until := ""
	if l.ExpiresAt != nil {
		zone, err := time.LoadLocation(l.Workspace.TimeZone)
		if err != nil {
			zone = time.UTC
		}
		until = mail.When(v.locale, *l.ExpiresAt, zone)
	}
	p.Text = []string{v.t("invited_text", "Email", l.Email, "Until", until)}
	p.Form = v.acceptForm(l)
	switch {
	case v.knows(l):
		p.Text = append(p.Text, v.t("account_text"))
		p.Links = []way{{v.path("/forgot-password"), v.t("forgot_link")}}
		if !l.HasAccount || !l.Mailed {
			p.Links = append(p.Links, way{v.path(v.r.URL.EscapedPath()), v.t("account_not")})
		}
	case v.oneClick(l):
		p.Text = append(p.Text, v.t("signed_in_as", "Account", l.SignedInAs))
	case !l.Mailed:
		p.Links = []way{{v.path(v.r.URL.EscapedPath(), "have", "account"), v.t("account_have")}}
	}
	return p
}

// wrongAccount shows both addresses and offers to switch and come back (AHD-3). Nobody is ever bound by mistake.
func (v *visit) wrongAccount(p *view, l *onboarding.Landing) {
	p.Text = []string{v.t("other_text", "Email", l.Email, "Account", l.SignedInAs), v.t("other_switch")}
	p.Form = v.signOutForm(v.path(v.r.URL.EscapedPath()), v.t("other_button", "Email", l.Email))
	p.Links = []way{{v.path("/"), v.t("other_stay", "Account", l.SignedInAs)}}
}

// accepted is the page of an invitation that has been used: the threshold for the person, a closed door for others.
func (v *visit) accepted(l *onboarding.Landing) view {
	if l.OwnAddress {
		return view{
			Title: v.t("in_title", "Workspace", l.WorkspaceName), Text: []string{v.t("in_text", "Account", l.SignedInAs)},
			Way: &way{v.path("/"), v.t("in_way")},
		}
	}
	p := view{Title: v.t("used_title"), Text: []string{v.t("used_text", "Email", l.Email, "Workspace", l.WorkspaceName)}}
	if l.SignedInAs == "" {
		p.Way = &way{v.path("/sign-in"), v.t("sign_in_button")}
		p.Links = []way{{v.path("/forgot-password"), v.t("forgot_link")}}
		return p
	}
	p.Text = append(p.Text, v.t("used_other", "Account", l.SignedInAs))
	p.Form = v.signOutForm(v.path("/sign-in"), v.t("used_switch"))
	p.Links = []way{{v.path("/"), v.t("other_stay", "Account", l.SignedInAs)}}
	return p
}

// passwordEnded tells who just came in when their password did not: an account whose first proof of the mailbox this was
// loses the one it had before (AUT-4), and its owner should not find that out at the next sign-in.
func (v *visit) passwordEnded(p *view, l *onboarding.Landing) error {
	if !l.OwnAddress {
		return nil
	}
	u, err := v.Store.User.Get(store.AsCaller(v.r.Context(), v.caller), v.caller.UserID)
	if err != nil {
		return err
	}
	if u.PasswordHash == nil {
		p.Text = append(p.Text, v.t("in_password"))
		p.Links = []way{{v.path("/forgot-password"), v.t("in_password_link")}}
	}
	return nil
}

// over is the page of an invitation that ran out or was taken back: one may ask for a new one (INV-12).
func (v *visit) over(l *onboarding.Landing) view {
	state := "expired"
	if l.Status == invitation.StatusCancelled {
		state = "cancelled"
	}
	p := view{Title: v.t(state+"_title", "Workspace", l.WorkspaceName), Text: []string{v.t(state + "_text")}, Links: []way{{v.path("/"), v.t("to_home")}}}
	if p.Notice = v.done("asked"); p.Notice == "" {
		p.Text = append(p.Text, v.t("request_text", "Email", l.Email))
		p.Form = v.form("request_button")
		p.Form.Act = "request"
	}
	return p
}

// requestNew passes the wish for a new invitation on.
func (v *visit) requestNew() error {
	if err := v.Onboarding.RequestNew(v.r.Context(), v.token); err != nil {
		return v.changed(err)
	}
	return v.to(v.path(v.r.URL.EscapedPath(), "done", "asked"))
}

// changed answers when an invitation is no longer what the page had said: with what it is now.
func (v *visit) changed(err error) error {
	if !linkFault(err) {
		return err
	}
	l, again := v.Onboarding.Land(v.r.Context(), v.caller, v.token)
	if linkFault(again) {
		return v.unknownInvitation()
	}
	if again != nil {
		return again
	}
	if l.Status == invitation.StatusPending { // not the link, but what it would have given is over
		return v.deadLink(err, way{v.path("/"), v.t("to_home")})
	}
	return v.landed(http.StatusGone, l)
}
