package pages

import (
	"net/http"
	"path"
	"strings"
	"time"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/internal/acceptance"
	"usher/internal/emailaction"
	"usher/internal/joinlink"
)

// returnCookie stores the page to which a sign-in leads back, when the path of that page holds a
// token. A token never becomes part of a query (doc.go), and a form field would not survive the
// email of a forgotten password.
const returnCookie = "return"

// returnLifetime is enough to read the email of a forgotten password. It is short because the next
// person at a shared computer would land on the page too, which then shows nothing to them.
const returnLifetime = time.Hour

// returnPrefixes are the pages that a sign-in may lead back to by the cookie.
var returnPrefixes = []string{"/invitations/", "/join/confirm/", "/actions/"}

// rememberReturn stores the path of this page, for the sign-in that follows.
func (v *visit) rememberReturn() {
	c := v.cookies.New(returnCookie, v.r.URL.EscapedPath())
	c.MaxAge = int(returnLifetime.Seconds())
	http.SetCookie(v.w, &c)
}

// returnPath returns the stored path, "" for none.
//
// Security: only this site can set the cookie, as its prefix says. The check keeps the rule that a
// sign-in leads to a page of this site even so.
func (v *visit) returnPath() string {
	stored := v.cookies.Value(v.r, returnCookie)
	if strings.ContainsFunc(stored, isUnsafePathRune) {
		return ""
	}
	for _, prefix := range returnPrefixes {
		if strings.HasPrefix(stored, prefix) {
			return stored
		}
	}
	return ""
}

// loadReturn sets brand and language of the page that the sign-in leads back to, and returns the
// address that this page is about, "" for none. The address of a copied link stays out: its reader
// may be somebody else.
func (v *visit) loadReturn() (string, error) {
	at, token := path.Split(v.returnPath())
	var email string
	var w *ent.Workspace
	var err error
	switch at {
	case "/invitations/":
		var page *acceptance.AcceptPage
		if page, err = v.Acceptances.LoadAcceptPage(v.r.Context(), v.caller, token); err == nil {
			w = page.Workspace
			if page.EmailedLink && page.Status == entinvitation.StatusPending {
				email = page.Email
			}
		}
	case "/join/confirm/":
		var page *joinlink.ConfirmPage
		if page, err = v.JoinLinks.LoadConfirmPage(v.r.Context(), v.caller, token); err == nil {
			w, email = page.Workspace, page.Email
		}
	case "/actions/":
		var a *emailaction.Action
		if a, err = v.EmailActions.Load(v.r.Context(), v.caller, token); err == nil &&
			a.State != emailaction.OtherAccount {
			w, email = a.Workspace, accountName(a.Recipient)
		}
	}
	// The link may have died since. The person signs in all the same.
	if isLinkFault(err) {
		err = nil
	}
	if w != nil {
		v.brand = workspaceBrand(w)
		v.locale = v.chooseLocale("", w.DefaultLocale)
	}
	return email, err
}

// takeReturn returns the stored path and forgets it, or fallback without one.
func (v *visit) takeReturn(fallback string) string {
	stored := v.returnPath()
	if stored == "" {
		return fallback
	}
	c := v.cookies.New(returnCookie, "")
	c.MaxAge = -1
	http.SetCookie(v.w, &c)
	return stored
}

// afterSignIn returns where a person goes who has just signed in or changed a password: the page
// that the form names, else the stored one, else fallback.
func (v *visit) afterSignIn(fallback string) string {
	if next := v.nextPath(); next != "/" {
		return next
	}
	return v.takeReturn(fallback)
}
