package pages

import (
	"net/http"
	"strings"

	entinvitation "usher/ent/invitation"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/invitation"
	"usher/internal/mail"
)

// serveInvitation serves the link of an invitation. In every state the page offers a next step
// (INV-12).
func (v *visit) serveInvitation() error {
	l, err := v.Invitations.LoadAcceptPage(v.r.Context(), v.caller, v.token)
	if isLinkFault(err) {
		return v.showUnknownInvitation()
	}
	if err != nil {
		return err
	}
	v.brand = workspaceBrand(l.Workspace)
	v.locale = v.chooseLocale(l.Locale, l.Workspace.DefaultLocale)
	// The forms of the page are told apart by their button.
	if v.isSubmission() {
		switch v.r.PostForm.Get("act") {
		case "decline":
			return v.declineInvitation(l)
		case "request":
			return v.requestNew()
		case "move":
			return v.requestMove()
		}
		return v.acceptInvitation(l)
	}
	return v.showInvitation(http.StatusOK, l)
}

// showInvitation shows an invitation in its current state.
func (v *visit) showInvitation(status int, l *invitation.AcceptPage) error {
	switch l.Status {
	case entinvitation.StatusPending:
		return v.showPage(status, v.pendingView(l))
	case entinvitation.StatusActive:
		p, err := v.acceptedView(l)
		if err != nil {
			return err
		}
		return v.showPage(status, p)
	case entinvitation.StatusDeclined:
		return v.showPage(status, pageView{
			Title: v.t("declined_title", "Workspace", l.WorkspaceName),
			Text: []string{v.t("declined_text"),
				v.t("declined_again", "Workspace", l.WorkspaceName)},
			Links: []pageLink{{v.pathTo("/"), v.t("to_home")}},
		})
	}
	return v.showPage(status, v.endedView(l))
}

// showUnknownInvitation answers 404. Security: an unknown token, a damaged one and one of a
// corrected address get the same page, so that none of them tells whether an invitation exists.
func (v *visit) showUnknownInvitation() error {
	return v.showPage(http.StatusNotFound, pageView{
		Title: v.t("unknown_title"), Text: []string{v.t("unknown_text"), v.t("unknown_ask")},
		MainLink: &pageLink{v.pathTo("/sign-in"), v.t("to_sign_in")},
	})
}

// pendingView returns the page of a pending invitation: the form to accept, the personal message
// and the form to decline.
func (v *visit) pendingView(l *invitation.AcceptPage) pageView {
	p := pageView{Title: v.t("invited_title", "Workspace", l.WorkspaceName)}
	if l.InvitedByName != nil {
		p.Title = v.t("invited_by_title", "Inviter", *l.InvitedByName, "Workspace", l.WorkspaceName)
		p.QuoteBy = v.t("message_from", "Inviter", *l.InvitedByName)
	}
	if l.Message != nil {
		p.Quote = *l.Message
	}
	p.Asides = []*pageForm{v.declineForm(l)}
	if l.WorkspaceArchived {
		p.Title = v.t("archived_title", "Workspace", l.WorkspaceName)
		p.Text = []string{v.t("archived_text")}
		p.Links = []pageLink{{v.pathTo("/"), v.t("to_home")}}
		return p
	}
	if e := invitationRecipient(l); e.isOtherAccount() {
		v.offerAccountSwitch(&p, e)
		// Usernames have no mailbox to which an invitation could move.
		if p.Notice = v.doneNotice("moved"); p.Notice == "" && strings.Contains(l.SignedInAs, "@") {
			p.Asides = append([]*pageForm{v.moveForm(l)}, p.Asides...)
		}
		return p
	}

	zone := i18n.LoadZone(l.Workspace.TimeZone)
	// Accepting would give access that has ended already.
	if l.AccessOver != nil {
		p.Text = []string{v.t("access_over", "Workspace", l.WorkspaceName, "Date",
			mail.When(v.locale, *l.AccessOver, zone))}
		p.Links = []pageLink{{v.pathTo("/"), v.t("to_home")}}
		v.offerNewLink(&p, l)
		return p
	}
	until := ""
	if l.ExpiresAt != nil {
		until = mail.When(v.locale, *l.ExpiresAt, zone)
	}
	p.Text = []string{v.t("invited_text", "Email", l.Email, "Until", until)}
	p.Form = v.entryForm(invitationRecipient(l))
	v.explainForm(&p, invitationRecipient(l))
	return p
}

// acceptedView returns the page of an accepted invitation.
func (v *visit) acceptedView(l *invitation.AcceptPage) (pageView, error) {
	if l.OwnAddress {
		return v.memberView(l.WorkspaceName, v.t("in_text", "Account", l.SignedInAs))
	}
	p := pageView{Title: v.t("used_title"),
		Text: []string{v.t("used_text", "Email", l.Email, "Workspace", l.WorkspaceName)}}
	return v.usedLinkView(p, l.SignedInAs), nil
}

// endedView returns the page of an expired or cancelled invitation, with a button that asks for a
// new link (INV-12).
func (v *visit) endedView(l *invitation.AcceptPage) pageView {
	state, date := "expired", ""
	if l.Status == entinvitation.StatusCancelled {
		state = "cancelled"
	} else if l.ExpiresAt != nil {
		date = mail.When(v.locale, *l.ExpiresAt, i18n.LoadZone(l.Workspace.TimeZone))
	}
	p := pageView{Title: v.t(state+"_title", "Workspace", l.WorkspaceName),
		Text: []string{v.t(state+"_text", "Date", date)}, Links: []pageLink{{v.pathTo("/"), v.t("to_home")}}}
	v.offerNewLink(&p, l)
	return p
}

// offerNewLink adds the button that asks for a new invitation, or the notice that it was pressed.
func (v *visit) offerNewLink(p *pageView, l *invitation.AcceptPage) {
	if p.Notice = v.doneNotice("asked"); p.Notice != "" {
		return
	}
	p.Text = append(p.Text, v.t("request_text", "Email", l.Email))
	p.Form = v.newForm("request_button")
	p.Form.Act = "request"
}

// requestNew asks the administrators for a new link.
func (v *visit) requestNew() error {
	if err := v.Invitations.RequestNewLink(v.r.Context(), v.token); err != nil {
		return v.showChangedInvitation(err)
	}
	return v.seeOther(v.pathTo(v.r.URL.EscapedPath(), "done", "asked"))
}

// moveForm returns the form that asks the inviter to invite the signed-in account instead (AHD-3).
// Only the inviter can tell whether both addresses belong to one person.
func (v *visit) moveForm(l *invitation.AcceptPage) *pageForm {
	return &pageForm{
		Action: v.currentPath(""), Act: "move",
		Summary: v.t("move_summary", "Account", l.SignedInAs),
		Text:    []string{v.t("move_text")},
		Button:  v.t("move_button"), Quiet: true,
	}
}

// requestMove sends the request of moveForm to the inviter.
func (v *visit) requestMove() error {
	err := v.Invitations.RequestMove(v.r.Context(), v.caller, v.token)
	if fault.Has(err, fault.Unauthenticated) || fault.Has(err, fault.Conflict) {
		// The sign-in has changed since the page was shown.
		return v.reloadPage()
	}
	if err != nil {
		return v.showChangedInvitation(err)
	}
	return v.seeOther(v.pathTo(v.r.URL.EscapedPath(), "done", "moved"))
}

// showChangedInvitation loads the invitation again after a verb refused the link, and shows its new
// state. Other errors are returned.
func (v *visit) showChangedInvitation(err error) error {
	if !isLinkFault(err) {
		return err
	}
	l, again := v.Invitations.LoadAcceptPage(v.r.Context(), v.caller, v.token)
	if isLinkFault(again) {
		return v.showUnknownInvitation()
	}
	if again != nil {
		return again
	}
	switch l.Status {
	case entinvitation.StatusPending: // the link is valid; the access that it grants has ended
		return v.showUnusableLink(err, pageLink{v.pathTo("/"), v.t("to_home")})
	case entinvitation.StatusActive:
		return v.reloadPage()
	}
	return v.showInvitation(http.StatusGone, l)
}
