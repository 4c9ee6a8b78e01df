package pages

import (
	"net/http"
	"strings"

	entinvitation "usher/ent/invitation"
	"usher/internal/acceptance"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/mail"
)

// serveInvitation serves the link of an invitation. In every state the page offers a next step
// (INV-12).
func (v *visit) serveInvitation() error {
	l, err := v.loadInvitation()
	if isLinkFault(err) {
		return v.showUnknownInvitation()
	}
	if err != nil {
		return err
	}
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

// linkedInvitation is the invitation of a link and, while it is pending, what it offers.
type linkedInvitation struct {
	*acceptance.AcceptPage
	offer *pageOffer
}

// loadInvitation loads the invitation of the link and sets the brand and the language.
func (v *visit) loadInvitation() (*linkedInvitation, error) {
	l, err := v.Acceptances.LoadAcceptPage(v.r.Context(), v.caller, v.token)
	if err != nil {
		return nil, err
	}
	v.brand = workspaceBrand(l.Workspace)
	v.locale = v.chooseLocale(l.Locale, l.Workspace.DefaultLocale)
	page := &linkedInvitation{AcceptPage: l}
	if l.Status == entinvitation.StatusPending {
		page.offer, err = v.invitationOffer(l)
	}
	return page, err
}

// showInvitation shows an invitation in its current state.
func (v *visit) showInvitation(status int, page *linkedInvitation) error {
	switch page.Status {
	case entinvitation.StatusPending:
		return v.showPage(status, v.pendingView(page))
	case entinvitation.StatusActive:
		p, err := v.acceptedView(page)
		if err != nil {
			return err
		}
		return v.showPage(status, p)
	case entinvitation.StatusDeclined:
		return v.showPage(status, pageView{
			Title: v.t("declined_title", "Workspace", page.WorkspaceName),
			Text: []string{v.t("declined_text"),
				v.t("declined_again", "Workspace", page.WorkspaceName)},
			Links: []pageLink{{v.pathTo("/"), v.t("to_home")}},
		})
	}
	return v.showPage(status, v.endedView(page))
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
func (v *visit) pendingView(page *linkedInvitation) pageView {
	p := pageView{Title: v.t("join_title", "Workspace", page.WorkspaceName), Offer: page.offer}
	if page.InvitedByName != nil {
		p.QuoteBy = v.t("message_from", "Inviter", *page.InvitedByName)
	}
	if page.Message != nil {
		p.Quote = *page.Message
	}
	p.Asides = []*pageForm{v.declineForm(page)}
	if page.WorkspaceArchived {
		p.Title = v.t("archived_title", "Workspace", page.WorkspaceName)
		p.Text = []string{v.t("archived_text")}
		p.Links = []pageLink{{v.pathTo("/"), v.t("to_home")}}
		return p
	}
	if e := invitationRecipient(page); e.isOtherAccount() {
		v.offerAccountSwitch(&p, e)
		// Usernames have no mailbox to which an invitation could move.
		if p.Notice = v.doneNotice("moved"); p.Notice == "" &&
			strings.Contains(page.SignedInAs, "@") {
			p.Asides = append([]*pageForm{v.moveForm(page)}, p.Asides...)
		}
		return p
	}

	zone := i18n.LoadZone(page.Workspace.TimeZone)
	// Accepting would give access that has ended already.
	if page.AccessOver != nil {
		p.Text = []string{v.t("access_over", "Workspace", page.WorkspaceName, "Date",
			mail.When(v.locale, *page.AccessOver, zone))}
		p.Links = []pageLink{{v.pathTo("/"), v.t("to_home")}}
		v.offerNewLink(&p, page)
		return p
	}
	p.Form = v.entryForm(invitationRecipient(page))
	if page.ExpiresAt != nil {
		p.Form.Beside = v.t("open_until", "Date", mail.Day(v.locale, *page.ExpiresAt, zone))
	}
	v.explainForm(&p, invitationRecipient(page))
	return p
}

// acceptedView returns the page of an accepted invitation.
func (v *visit) acceptedView(page *linkedInvitation) (pageView, error) {
	if page.OwnAddress {
		return v.memberView(page.Workspace, v.t("in_text", "Account", page.SignedInAs),
			page.LandingURL)
	}
	p := pageView{Title: v.t("used_title"),
		Text: []string{v.t("used_text", "Email", page.Email, "Workspace", page.WorkspaceName)}}
	return v.usedLinkView(p, page.SignedInAs), nil
}

// endedView returns the page of an expired or cancelled invitation, with a button that asks for a
// new link (INV-12).
func (v *visit) endedView(page *linkedInvitation) pageView {
	state, date := "expired", ""
	if page.Status == entinvitation.StatusCancelled {
		state = "cancelled"
	} else if page.ExpiresAt != nil {
		date = mail.When(v.locale, *page.ExpiresAt, i18n.LoadZone(page.Workspace.TimeZone))
	}
	p := pageView{Title: v.t(state+"_title", "Workspace", page.WorkspaceName),
		Text:  []string{v.t(state+"_text", "Date", date)},
		Links: []pageLink{{v.pathTo("/"), v.t("to_home")}}}
	v.offerNewLink(&p, page)
	return p
}

// offerNewLink adds the button that asks for a new invitation, or the notice that it was pressed.
func (v *visit) offerNewLink(p *pageView, page *linkedInvitation) {
	if p.Notice = v.doneNotice("asked"); p.Notice != "" {
		return
	}
	p.Text = append(p.Text, v.t("request_text", "Email", page.Email))
	p.Form = v.newForm("request_button")
	p.Form.Act = "request"
}

// requestNew asks the administrators for a new link.
func (v *visit) requestNew() error {
	if _, err := v.Acceptances.RequestNewLink(v.r.Context(), v.token); err != nil {
		return v.showChangedInvitation(err)
	}
	return v.seeOther(v.pathTo(v.r.URL.EscapedPath(), "done", "asked"))
}

// moveForm returns the form that asks the inviter to invite the signed-in account instead (AHD-3).
// Only the inviter can tell whether both addresses belong to one person.
func (v *visit) moveForm(page *linkedInvitation) *pageForm {
	return &pageForm{
		Action: v.currentPath(""), Act: "move",
		Summary: v.t("move_summary", "Account", page.SignedInAs),
		Text:    []string{v.t("move_text")},
		Button:  v.t("move_button"), Quiet: true,
	}
}

// requestMove sends the request of moveForm to the inviter.
func (v *visit) requestMove() error {
	_, err := v.Acceptances.RequestMove(v.r.Context(), v.caller, v.token)
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
	// Read again: the page shows what has become of the invitation since it was opened.
	l, again := v.loadInvitation()
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
