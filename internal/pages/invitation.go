package pages

import (
	"net/http"
	"strings"
	"time"

	entinvitation "usher/ent/invitation"
	"usher/internal/fault"
	"usher/internal/invitation"
	"usher/internal/mail"
)

// invitation is where an invitation's links lead. Whatever state it is in, the page has a way
// forward (INV-12).
func (v *visit) invitation() error {
	l, err := v.Invitations.Land(v.r.Context(), v.caller, v.token)
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
		case "move":
			return v.requestMove()
		}
		return v.accept(l)
	}
	return v.landed(http.StatusOK, l)
}

// landed shows an invitation as it stands.
func (v *visit) landed(status int, l *invitation.Landing) error {
	switch l.Status {
	case entinvitation.StatusPending:
		return v.show(status, v.pending(l))
	case entinvitation.StatusActive:
		p, err := v.accepted(l)
		if err != nil {
			return err
		}
		return v.show(status, p)
	case entinvitation.StatusDeclined:
		return v.show(status, view{
			Title: v.t("declined_title", "Workspace", l.WorkspaceName),
			Text: []string{v.t("declined_text"),
				v.t("declined_again", "Workspace", l.WorkspaceName)},
			Links: []way{{v.path("/"), v.t("to_home")}},
		})
	}
	return v.show(status, v.over(l))
}

// unknownInvitation is what a token that was never good, one of a corrected address and one that
// got damaged on its way have in common: they are not told apart.
func (v *visit) unknownInvitation() error {
	return v.show(http.StatusNotFound, view{
		Title: v.t("unknown_title"), Text: []string{v.t("unknown_text"), v.t("unknown_ask")},
		Way: &way{v.path("/sign-in"), v.t("to_sign_in")},
	})
}

// pending is the page of an invitation that can be accepted: as somebody new, with an account, or
// with one click by who is signed in already.
func (v *visit) pending(l *invitation.Landing) view {
	p := view{Title: v.t("invited_title", "Workspace", l.WorkspaceName)}
	if l.InvitedByName != nil {
		p.Title = v.t("invited_by_title", "Inviter", *l.InvitedByName, "Workspace", l.WorkspaceName)
		p.QuoteBy = v.t("message_from", "Inviter", *l.InvitedByName)
	}
	if l.Message != nil {
		p.Quote = *l.Message
	}
	p.Asides = []*form{v.declineForm(l)}
	if e := invitee(l); e.wrong() {
		v.wrongAccount(&p, e)
		if p.Notice = v.done("moved"); p.Notice == "" && strings.Contains(l.SignedInAs, "@") {
			p.Asides = append([]*form{v.moveForm(l)}, p.Asides...)
		}
		return p
	}

	zone, err := time.LoadLocation(l.Workspace.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	if l.AccessOver != nil {
		p.Text = []string{v.t("access_over", "Workspace", l.WorkspaceName, "Date",
			mail.When(v.locale, *l.AccessOver, zone))}
		p.Links = []way{{v.path("/"), v.t("to_home")}}
		return p
	}
	until := ""
	if l.ExpiresAt != nil {
		until = mail.When(v.locale, *l.ExpiresAt, zone)
	}
	p.Text = []string{v.t("invited_text", "Email", l.Email, "Until", until)}
	p.Form = v.entryForm(invitee(l))
	v.explain(&p, invitee(l))
	return p
}

// accepted is the page of an invitation that has been used.
func (v *visit) accepted(l *invitation.Landing) (view, error) {
	if l.OwnAddress {
		return v.arrived(l.WorkspaceName, v.t("in_text", "Account", l.SignedInAs))
	}
	p := view{Title: v.t("used_title"),
		Text: []string{v.t("used_text", "Email", l.Email, "Workspace", l.WorkspaceName)}}
	return v.used(p, l.SignedInAs), nil
}

// over is the page of an invitation that ran out or was taken back: one may ask for a new one
// (INV-12).
func (v *visit) over(l *invitation.Landing) view {
	state := "expired"
	if l.Status == entinvitation.StatusCancelled {
		state = "cancelled"
	}
	p := view{Title: v.t(state+"_title", "Workspace", l.WorkspaceName),
		Text: []string{v.t(state + "_text")}, Links: []way{{v.path("/"), v.t("to_home")}}}
	if p.Notice = v.done("asked"); p.Notice == "" {
		p.Text = append(p.Text, v.t("request_text", "Email", l.Email))
		p.Form = v.form("request_button")
		p.Form.Act = "request"
	}
	return p
}

// requestNew passes the wish for a new invitation on.
func (v *visit) requestNew() error {
	if err := v.Invitations.RequestNew(v.r.Context(), v.token); err != nil {
		return v.changed(err)
	}
	return v.to(v.path(v.r.URL.EscapedPath(), "done", "asked"))
}

// moveForm asks the inviter to invite the account that is signed in instead (AHD-3): nobody but
// them can say whether the two addresses are one person's.
func (v *visit) moveForm(l *invitation.Landing) *form {
	return &form{
		Action: v.here(""), Act: "move", Summary: v.t("move_summary", "Account", l.SignedInAs),
		Text:   []string{v.t("move_text")},
		Button: v.t("move_button"), Quiet: true,
	}
}

// requestMove passes that wish on.
func (v *visit) requestMove() error {
	err := v.Invitations.RequestMove(v.r.Context(), v.caller, v.token)
	if fault.Has(err, fault.Unauthenticated) || fault.Has(err, fault.Conflict) {
		return v.again() // signed out meanwhile, or signed in as whom it is for
	}
	if err != nil {
		return v.changed(err)
	}
	return v.to(v.path(v.r.URL.EscapedPath(), "done", "moved"))
}

// changed answers when an invitation is no longer what the page had said: with what it is now.
func (v *visit) changed(err error) error {
	if !linkFault(err) {
		return err
	}
	l, again := v.Invitations.Land(v.r.Context(), v.caller, v.token)
	if linkFault(again) {
		return v.unknownInvitation()
	}
	if again != nil {
		return again
	}
	switch l.Status {
	case entinvitation.StatusPending: // not the link, but what it would have given is over
		return v.deadLink(err, way{v.path("/"), v.t("to_home")})
	case entinvitation.StatusActive:
		return v.again()
	}
	return v.landed(http.StatusGone, l)
}
