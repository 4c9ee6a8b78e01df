package pages

import (
	"net/http"

	"usher/ent/joinrequest"
	"usher/internal/fault"
	"usher/internal/joinlink"
)

// joinRecipient describes the person of a join request. The link was sent by email only, so
// emailedLink is true.
func joinRecipient(page *joinlink.ConfirmPage) linkRecipient {
	return linkRecipient{
		email: page.Email, firstName: page.FirstName, lastName: page.LastName,
		signedInAs: page.SignedInAs,
		ownAddress: page.OwnAddress,
		hasAccount: page.HasAccount, emailedLink: true, newPassword: page.NewPassword,
		customFields: page.Fields, consent: page.Consent,
		submitLabel: "join_confirm_button", signInLabel: "join_confirm_sign_in_button",
		otherAccountText: "join_other_text",
	}
}

// serveJoinConfirmation serves the emailed link of a join request. GET changes nothing; POST
// confirms the request and verifies the address (JOI-3).
func (v *visit) serveJoinConfirmation() error {
	l, err := v.loadJoinRequest()
	if err != nil || l == nil {
		return err
	}
	if v.isSubmission() {
		return v.confirmJoinRequest(l)
	}
	return v.showJoinRequest(http.StatusOK, l)
}

// loadJoinRequest returns the join request of the link and sets the brand and the language. It
// returns nil after it has answered an invalid link itself.
func (v *visit) loadJoinRequest() (*joinlink.ConfirmPage, error) {
	l, err := v.JoinLinks.LoadConfirmPage(v.r.Context(), v.caller, v.token)
	if isLinkFault(err) {
		return nil, v.showUnknownJoinLink()
	}
	if err != nil {
		return nil, err
	}
	v.brand = workspaceBrand(l.Workspace)
	v.locale = v.chooseLocale(l.Locale, l.Workspace.DefaultLocale)
	return l, nil
}

// showUnknownJoinLink answers 404 for a token that does not belong to a join request.
func (v *visit) showUnknownJoinLink() error {
	return v.showPage(http.StatusNotFound, pageView{
		Title:    v.t("join_link_unknown_title"),
		Text:     []string{v.t("unknown_text"), v.t("join_link_unknown_ask")},
		MainLink: &pageLink{v.pathTo("/sign-in"), v.t("to_sign_in")},
	})
}

// showJoinRequest shows a join request in its current state.
func (v *visit) showJoinRequest(status int, page *joinlink.ConfirmPage) error {
	name := page.Workspace.Name
	joinPage := pageLink{v.pathTo("/join/" + page.Slug), v.t("join_page_way")}
	switch standing := page.RequestState(); {
	// The order matters: a request that is decided is shown as decided, even if its link was closed
	// later.
	case standing == joinlink.ConfirmExpired:
		return v.showPage(http.StatusGone, pageView{Title: v.t("join_link_expired_title"),
			Text: []string{v.t("join_link_expired_text")}, MainLink: &joinPage})
	case standing == joinlink.ConfirmWaiting:
		return v.showPage(status, v.waitingView(name, page.Email))
	case standing == joinlink.ConfirmRejected:
		return v.showPage(status, pageView{
			Title: v.t("join_rejected_title", "Workspace", name),
			Text:  []string{v.t("join_rejected_text")},
			Links: []pageLink{{v.pathTo("/"), v.t("to_home")}},
		})
	case standing == joinlink.ConfirmJoined && page.OwnAddress &&
		v.caller.In(page.Workspace.ID) != nil:
		p, err := v.memberView(page.Workspace,
			v.t("join_in_text", "Account", page.SignedInAs), page.LandingURL)
		if err != nil {
			return err
		}
		return v.showPage(status, p)
	case standing == joinlink.ConfirmJoined:
		p := v.usedLinkView(pageView{Title: v.t("join_used_title"),
			Text: []string{v.t("join_used_text", "Email", page.Email, "Workspace", name)}},
			page.SignedInAs)
		p.Links = append(p.Links, joinPage)
		return v.showPage(status, p)
	case standing == joinlink.ConfirmClosed:
		p := v.closedReasonView(page.State, name)
		p.Links = []pageLink{{v.pathTo("/sign-in"), v.t("join_closed_sign_in")}}
		return v.showPage(http.StatusGone, p)
	case standing == joinlink.ConfirmEmailNotAllowed:
		p := pageView{Title: v.t("join_refused_title"),
			Text:     []string{v.t("join_refused_text", "Email", page.Email, "Workspace", name)},
			MainLink: &joinPage}
		return v.showPage(http.StatusForbidden, p)
	}
	return v.showPage(status, v.unconfirmedView(page))
}

// unconfirmedView returns the page of a request that is not confirmed yet: the form, or the choice
// of accounts when another account is signed in.
func (v *visit) unconfirmedView(page *joinlink.ConfirmPage) pageView {
	e := joinRecipient(page)
	p := pageView{Title: v.t("join_confirm_title", "Workspace", page.Workspace.Name)}
	if e.isOtherAccount() {
		v.offerAccountSwitch(&p, e)
		return p
	}
	p.Text = []string{v.t("join_confirm_text", "Email", page.Email)}
	// Joining takes the wish for no emails back, and the page says so before (INV-11).
	if page.OptedOut {
		p.Text = append(p.Text, v.t("join_confirm_emails"))
	}
	p.Form = v.entryForm(e)
	v.explainForm(&p, e)
	return p
}

// confirmJoinRequest confirms a join request: the second of the two steps of joining by email.
func (v *visit) confirmJoinRequest(page *joinlink.ConfirmPage) error {
	if page.Status != joinrequest.StatusUnconfirmed || page.Expired {
		return v.reloadPage()
	}
	if page.State != joinlink.PageOpen || !page.Allowed {
		return v.showJoinRequest(http.StatusGone, page)
	}
	p := v.unconfirmedView(page)
	if joinRecipient(page).isOtherAccount() {
		// Another account has signed in since the page was shown.
		return v.showPage(http.StatusConflict, p)
	}
	if !p.Form.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	joined, err := v.JoinLinks.Confirm(v.r.Context(), v.caller, v.acceptInput(), v.requestOrigin())
	switch {
	case isLinkFault(err) || fault.Has(err, fault.JoinClosed) ||
		fault.Has(err, fault.EmailNotAllowed):
		// The request or its join link changed since the page was shown; the reload shows the new
		// state.
		return v.reloadPage()
	case err != nil:
		return v.showEntryError(joinRecipient(page), func() pageView {
			return v.unconfirmedView(page)
		}, err)
	case joined.SignIn != nil:
		if err := v.setSignInSession(joined.SignIn); err != nil {
			return err
		}
	}
	return v.reloadPage()
}
