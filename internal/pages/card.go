package pages

import (
	"net/http"

	"usher/internal/admission"
	"usher/internal/card"
	"usher/internal/consent"
	"usher/internal/fault"
)

// serveCard serves the link on a printed card (AHD-2). GET shows the form; POST redeems the card
// and signs the member in.
func (v *visit) serveCard() error {
	l, err := v.loadCard()
	if err != nil || l == nil {
		return err
	}
	// The member who has just redeemed the card reloads the page: they need their login, not an
	// error.
	if l.Used && l.Own {
		return v.showPage(http.StatusOK, v.redeemedCardView(l))
	}
	if l.Dead != nil {
		return v.showUnusableCard(l.Dead, l)
	}
	p := v.cardView(l)
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}
	if !p.Form.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	s, err := v.Cards.RedeemCard(v.r.Context(), card.RedeemInput{
		Token: v.token, Pin: v.r.PostForm.Get("pin"), Password: v.r.PostForm.Get("password"),
		Consent: v.sentValue(consent.Field),
	}, v.requestOrigin())
	if err != nil {
		return v.showCardError(p, err)
	}
	if err := v.setSignInSession(s); err != nil {
		return err
	}
	// The next sign-in by username needs the workspace, which this browser now knows.
	if l.Username != "" {
		v.rememberWorkspace(l.Workspace.Slug)
	}
	return v.reloadPage()
}

// loadCard returns the card of the link and sets the brand and the language. It returns nil after
// it has answered an invalid link itself.
func (v *visit) loadCard() (*card.CardPage, error) {
	l, err := v.Cards.LoadCardPage(v.r.Context(), v.caller, v.token, v.requestOrigin())
	// A printed code may stand in the place of the token, and its guesses are limited.
	if isLinkFault(err) || fault.Has(err, fault.RateLimited) {
		return nil, v.showUnusableCard(err, nil)
	}
	if err != nil {
		return nil, err
	}
	v.brand = workspaceBrand(l.Workspace)
	v.locale = v.chooseLocale(l.Locale, l.Workspace.DefaultLocale)
	return l, nil
}

// cardView returns the form for the PIN and a new password. The read-only username is there for
// password managers and for the member to remember.
func (v *visit) cardView(page *card.CardPage) pageView {
	who := formField{Name: "username", Label: v.t("card_username"), Type: "text",
		Autocomplete: "username", Value: page.Username, ReadOnly: true}
	if page.Username == "" {
		who = formField{Name: "email", Label: v.t("email"), Type: "email", Autocomplete: "username",
			Value: page.Email, ReadOnly: true}
	}
	pin := formField{
		Name: "pin", Label: v.t("card_pin"), Hint: v.t("card_pin_hint"), Type: "text",
		Autocomplete: "one-time-code", missingText: v.t("card_pin_missing"),
	}
	p := pageView{Title: v.t("card_title", "Workspace", page.Workspace.Name),
		Text: []string{v.t("card_text")}}
	// Redeeming signs another account out, so the page announces it.
	if page.SignedInAs != "" && !page.Own {
		p.Text = append(p.Text, v.t("card_signed_in", "Account", page.SignedInAs))
	}
	p.Form = v.newForm("card_button", who, pin, v.passwordField("password", "password_choose",
		"new-password"))
	p.Form.Fields = append(p.Form.Fields, v.consentFields(page.Consent)...)
	p.Form.fillAnswers(v)
	return p
}

// showCardError shows the form again with the error at the PIN or the password. If this was the
// card's last attempt, it shows that the card is no longer valid.
func (v *visit) showCardError(p pageView, err error) error {
	f, refused := fault.Of(err)
	if !refused {
		return err
	}
	// The attempts may be used up now. The card is loaded again, since only it knows.
	if isLinkFault(err) || f.Code == fault.Unauthenticated {
		l, gone := v.loadCard()
		if gone != nil || l == nil {
			return gone
		}
		if l.Dead != nil {
			return v.showUnusableCard(l.Dead, l)
		}
	}
	if f.Code == fault.Unauthenticated {
		p.Form.setFieldError("pin", f.Message.In(v.locale))
		return v.showPage(v.faultStatus(f), p)
	}
	return v.showFormError(p, atPasswordField(err))
}

// showUnusableCard shows why a card is not valid. A used card offers the sign-in; any other one
// names the contact.
func (v *visit) showUnusableCard(why error, page *card.CardPage) error {
	f, ok := fault.Of(why)
	if !ok {
		return why
	}
	p := pageView{Title: v.t("card_unknown_title"), Text: []string{f.Message.In(v.locale)}}
	slug := ""
	if page != nil {
		p.Title, slug = v.t("card_dead_title"), page.Workspace.Slug
	}
	signIn := pageLink{v.pathTo("/sign-in", "workspace", slug), v.t("to_sign_in")}
	if f.Code == fault.LinkUsed {
		p.MainLink = &signIn
	} else {
		p.Links = []pageLink{signIn, {v.pathTo("/card", "workspace", slug), v.t("card_code_other")}}
	}
	return v.showPage(v.faultStatus(f), p)
}

// redeemedCardView returns the page after redeeming a card. It shows the login that the member
// needs the next time.
func (v *visit) redeemedCardView(page *card.CardPage) pageView {
	p := pageView{Title: v.t("card_in_title", "Workspace", page.Workspace.Name)}
	if page.Username != "" {
		p.Text = []string{v.t("card_in_text", "Username", page.Username,
			"Slug", page.Workspace.Slug)}
	} else {
		p.Text = []string{v.t("card_in_email", "Email", page.Email)}
	}
	v.leadOn(&p, page.Workspace.ID, admission.LandingURL(page.Workspace, ""))
	return p
}
