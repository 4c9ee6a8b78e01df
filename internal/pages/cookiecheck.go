package pages

import (
	"net/http"
	"slices"
)

// checkCookie tells, with the form that follows, that the browser keeps cookies.
const checkCookie = "check"

// signInForms are the patterns of the pages whose form signs somebody in.
var signInForms = []string{"/sign-in", "/invitations/{token}", "/join/confirm/{token}",
	"/reset-password/{token}", "/cards/{token}"}

// offerCheckCookie sets the check cookie with a form for somebody who is not signed in.
func (v *visit) offerCheckCookie(p *pageView) {
	if p.Form == nil || !v.caller.Anonymous() || v.cookies.Value(v.r, checkCookie) != "" {
		return
	}
	c := v.cookies.New(checkCookie, "1")
	http.SetCookie(v.w, &c)
}

// lacksCookies reports whether a browser sends a form that would sign in without the cookie that
// came with the form. Without this check the person would be signed in, the next page would not
// know them, and an invitation would be used up.
//
// Programs keep no cookies and need none, so only requests of browsers are checked: those say which
// mode they are in, except on plain http to another machine.
func (v *visit) lacksCookies() bool {
	act := v.r.PostForm.Get("act")
	return v.isSubmission() && v.caller.Anonymous() && (act == "" || act == "accept") &&
		slices.Contains(signInForms, v.r.Pattern) && v.r.Header.Get("Sec-Fetch-Mode") != "" &&
		v.cookies.Value(v.r, checkCookie) == ""
}

// showCookiesRefused says that the browser keeps no cookies, with a link to the form. Nothing of the
// form was used.
func (v *visit) showCookiesRefused() error {
	return v.showPage(http.StatusUnprocessableEntity, pageView{Title: v.t("cookies_title"),
		Text:     []string{v.t("cookies_text"), v.t("cookies_again")},
		MainLink: &pageLink{v.currentPath(""), v.t("cookies_button")},
		Links:    []pageLink{{v.pathTo("/"), v.t("to_home")}}})
}
