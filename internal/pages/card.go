package pages

import (
	"net/http"

	"usher/internal/card"
	"usher/internal/fault"
)

// card is where the code of a printed card leads (AHD-2): opening it shows a form, the button uses
// the card up.
func (v *visit) card() error {
	l, err := v.landCard()
	if err != nil || l == nil {
		return err
	}
	if l.Used && l.Own {
		return v.show(http.StatusOK, v.carded(l))
	}
	if l.Dead != nil {
		return v.deadCard(l.Dead, l)
	}
	p := v.cardPage(l)
	if !v.acts() {
		return v.show(http.StatusOK, p)
	}
	if !p.Form.complete(v) {
		return v.show(http.StatusUnprocessableEntity, p)
	}

	s, err := v.Cards.RedeemCard(v.r.Context(), card.RedeemInput{
		Token: v.token, Pin: v.r.PostForm.Get("pin"), Password: v.r.PostForm.Get("password"),
	}, v.comesFrom())
	if err != nil {
		return v.refuseCard(p, err)
	}
	if err := v.signedIn(s); err != nil {
		return err
	}
	if l.Username != "" {
		v.remember(l.Workspace.Slug)
	}
	return v.again()
}

// landCard reads the card that the link is of. Nil when it has answered already: the link leads
// nowhere.
func (v *visit) landCard() (*card.CardLanding, error) {
	l, err := v.Cards.LandCard(v.r.Context(), v.caller, v.token)
	if linkFault(err) {
		return nil, v.deadCard(err, nil)
	}
	if err != nil {
		return nil, err
	}
	v.brand = brandOf(l.Workspace)
	v.locale = v.language(l.Locale, l.Workspace.DefaultLocale)
	return l, nil
}

// cardPage asks for the PIN and a password. The username stands by for password managers, and for
// the person to learn.
func (v *visit) cardPage(l *card.CardLanding) view {
	who := field{Name: "username", Label: v.t("card_username"), Type: "text",
		Autocomplete: "username", Value: l.Username, ReadOnly: true}
	if l.Username == "" {
		who = field{Name: "email", Label: v.t("email"), Type: "email", Autocomplete: "username",
			Value: l.Email, ReadOnly: true}
	}
	pin := field{
		Name: "pin", Label: v.t("card_pin"), Hint: v.t("card_pin_hint"), Type: "text",
		Autocomplete: "one-time-code", missing: v.t("card_pin_missing"),
	}
	p := view{Title: v.t("card_title", "Workspace", l.Workspace.Name),
		Text: []string{v.t("card_text")}}
	if l.SignedInAs != "" && !l.Own {
		p.Text = append(p.Text, v.t("card_signed_in", "Account", l.SignedInAs))
	}
	p.Form = v.form("card_button", who, pin, v.password("password", "password_choose",
		"new-password"))
	p.Form.answer(v)
	return p
}

// refuseCard says why not: at the PIN or the password, or, when that was the card's last try, that
// it is over.
func (v *visit) refuseCard(p view, err error) error {
	f, refused := fault.Of(err)
	if !refused {
		return err
	}
	if linkFault(err) || f.Code == fault.Unauthenticated {
		l, gone := v.landCard()
		if gone != nil || l == nil {
			return gone
		}
		if l.Dead != nil {
			return v.deadCard(l.Dead, l)
		}
	}
	if f.Code == fault.Unauthenticated {
		p.Form.blame("pin", f.Message.In(v.locale))
		return v.show(v.status(f), p)
	}
	return v.refuse(p, weak(err))
}

// deadCard says what became of a card. Who has used it signs in; everybody else is told whom to
// ask.
func (v *visit) deadCard(why error, l *card.CardLanding) error {
	f, ok := fault.Of(why)
	if !ok {
		return why
	}
	p := view{Title: v.t("card_unknown_title"), Text: []string{f.Message.In(v.locale)}}
	slug := ""
	if l != nil {
		p.Title, slug = v.t("card_dead_title"), l.Workspace.Slug
	}
	signIn := way{v.path("/sign-in", "workspace", slug), v.t("to_sign_in")}
	if f.Code == fault.LinkUsed {
		p.Way = &signIn
	} else {
		p.Links = []way{signIn}
	}
	return v.show(v.status(f), p)
}

// carded is the page of who has just used their card, or comes back to it: it says what they need
// the next time.
func (v *visit) carded(l *card.CardLanding) view {
	p := view{Title: v.t("card_in_title", "Workspace", l.Workspace.Name),
		Way: &way{v.path("/"), v.t("in_way")}}
	if l.Username != "" {
		p.Text = []string{v.t("card_in_text", "Username", l.Username, "Slug", l.Workspace.Slug)}
	} else {
		p.Text = []string{v.t("card_in_email", "Email", l.Email)}
	}
	return p
}
