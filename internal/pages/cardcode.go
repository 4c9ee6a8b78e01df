package pages

import (
	"net/http"

	"usher/internal/fault"
)

// serveCardCode serves the page where a code of a card is typed (AHD-2). A right one leads to the
// page of its card, as the link in the QR code does.
func (v *visit) serveCardCode() error {
	p := pageView{Title: v.t("card_code_title"), Text: []string{v.t("card_code_text")},
		Form: v.newForm("card_code_button", formField{Name: "code", Label: v.t("card_code"),
			Hint: v.t("card_code_hint"), Type: "text", Autocomplete: "off", Capitals: true,
			missingText: v.t("card_code_missing")}),
		Links: []pageLink{{v.pathTo("/sign-in", "workspace", v.r.URL.Query().Get("workspace")),
			v.t("to_sign_in")}}}
	p.Form.fillAnswers(v)
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}
	if !p.Form.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	token, err := v.Cards.FindLinkByCode(v.r.Context(), v.r.PostForm.Get("code"), v.requestOrigin())
	// At the field: a letter is more often mistyped than a card is invented.
	if f, _ := fault.Of(err); fault.Has(err, fault.LinkInvalid) {
		p.Form.setFieldError("code", f.Message.In(v.locale))
		return v.showPage(http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return v.showFormError(p, err)
	}
	return v.seeOther(v.pathTo("/cards/" + token.Reveal()))
}
