package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/cookie"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/scalar"
)

// visit is one request for one page, and who makes it.
type visit struct {
	*pageHandler
	w                http.ResponseWriter
	r                *http.Request
	token            string         // the last part of the path, on pages that have one
	caller           *access.Caller // anonymous when nobody is signed in
	locale           i18n.Locale
	brand            pageBrand
	answered         bool
	needsNewPassword bool // the verb asked for a new password beside the present one
}

// isStorable reports whether a request's query and the names in its form hold nothing that a
// database refuses: a key with U+0000 would be an internal error wherever it is looked for. What
// was typed into a field is refused at the field, by the verb.
func (v *visit) isStorable() bool {
	query, err := url.QueryUnescape(v.r.URL.RawQuery)
	if err == nil && !scalar.IsStorable(query) {
		return false
	}
	for name := range v.r.PostForm {
		if !scalar.IsStorable(name) {
			return false
		}
	}
	return true
}

// beginVisit checks where a request comes from, reads its form, and finds out who is signed in.
func (v *visit) beginVisit() error {
	if !scalar.IsStorable(v.r.URL.Path) {
		// no slug and no token holds such a character
		return v.showMessage(http.StatusNotFound, "missing")
	}
	switch v.r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodPost:
		if !v.isSameOrigin() {
			return v.showMessage(http.StatusForbidden, "foreign")
		}
		v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxFormBytes)
		if err := v.r.ParseForm(); err != nil {
			var long *http.MaxBytesError
			if errors.As(err, &long) {
				return v.showMessage(http.StatusRequestEntityTooLarge, "unreadable")
			}
			return v.showMessage(http.StatusBadRequest, "unreadable")
		}
	default:
		v.w.Header().Set("Allow", "GET, HEAD, POST")
		return v.showMessage(http.StatusMethodNotAllowed, "missing")
	}
	if !v.isStorable() {
		return v.showMessage(http.StatusBadRequest, "unreadable")
	}
	caller, err := v.Accounts.CallerByCookie(v.r.Context(), cookie.From(v.r))
	if err != nil {
		return err
	}
	if caller.MustChange && !slices.Contains(passwordChangePages, v.r.Pattern) {
		// Security: a session that may only change its password is nobody to every other page.
		caller = &access.Caller{}
	}
	v.caller = caller
	v.locale = v.chooseLocale()
	return nil
}

// passwordChangePages are the patterns of the pages that a session is known to which may only
// change its password.
var passwordChangePages = []string{"/{$}", "/sign-in", "/sign-out", "/change-password"}

// isSameOrigin tells whether a form was sent from one of our own pages, or by a program.
//
// Security: the cookie is SameSite=Lax already; this also keeps another site from signing somebody
// in as somebody else. Browsers of before 2023, and all of them on plain http, say nothing but the
// Origin, and of a page with no-referrer they say "null". There the token in the path, which a
// foreign site does not know, has to stand for it.
func (v *visit) isSameOrigin() bool {
	if v.r.Header.Get("Sec-Fetch-Site") == "" && v.r.Header.Get("Origin") == "null" &&
		v.token != "" {
		return true
	}
	return v.originCheck.Check(v.r) == nil
}

// isSubmission tells whether the request is to do something: a form was sent, and not just to see
// it in another language.
func (v *visit) isSubmission() bool {
	return v.r.Method == http.MethodPost && v.r.PostForm.Get("act") != "language"
}

// requestOrigin is where a request comes from, for limits and for the list of one's sign-ins.
func (v *visit) requestOrigin() account.Origin {
	return account.Origin{Network: v.ClientIP(v.r), UserAgent: v.r.UserAgent(),
		Device: cookie.From(v.r)}
}

// setSession hands the browser a session in the place of the one it had.
func (v *visit) setSession(s *account.Session) error {
	if !v.caller.Anonymous() && v.caller.SignInID != s.SignInID {
		// The browser is about to forget this sign-in; left open it would stay in the person's list
		// for weeks.
		if err := v.Accounts.SignOut(v.r.Context(), v.caller); err != nil {
			return err
		}
	}
	cookie.Set(v.w, s.RefreshToken, s.RefreshEndsAt)
	return nil
}

// chooseLocale decides doc.go's order, with what is known so far.
func (v *visit) chooseLocale(wishes ...string) i18n.Locale {
	said := []string{v.r.URL.Query().Get("lang"), v.r.Header.Get("Accept-Language")}
	if v.caller != nil {
		said = append(said, v.caller.Locale)
	}
	l, _ := i18n.Match(append(said, wishes...)...)
	return l
}

// queryLanguage is the language that the address says, empty if it says none that we speak.
func (v *visit) queryLanguage() string {
	if lang := v.r.URL.Query().Get("lang"); i18n.Known(lang) {
		return lang
	}
	return ""
}

// t returns a sentence of this package; args are names and values of its places by turns.
func (v *visit) t(key string, args ...any) string {
	places := i18n.Args{}
	for i := 0; i+1 < len(args); i += 2 {
		name, _ := args[i].(string)
		places[name] = args[i+1]
	}
	return i18n.T(v.locale, "pages."+key, places)
}

// pathTo is an address of ours in the language that was chosen; args are names and values of its
// query by turns.
func (v *visit) pathTo(to string, args ...string) string {
	return v.pathInLanguage(v.queryLanguage(), to, args...)
}

func (v *visit) pathInLanguage(lang, to string, args ...string) string {
	at, query, _ := strings.Cut(to, "?")
	q, err := url.ParseQuery(query)
	if err != nil {
		q = url.Values{}
	}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i+1] != "" {
			q.Set(args[i], args[i+1])
		}
	}
	if lang != "" {
		q.Set("lang", lang)
	}
	if len(q) == 0 {
		return at
	}
	return at + "?" + q.Encode()
}

// keptParameters are the words of a query that a page needs again when its language is switched or
// its form is sent.
var keptParameters = []string{"next", "done", "have", "workspace"}

// currentPath is the address of this page itself, in a language; empty for the one that was chosen.
func (v *visit) currentPath(lang string) string {
	if lang == "" {
		lang = v.queryLanguage()
	}
	var args []string
	for _, name := range keptParameters {
		args = append(args, name, v.r.URL.Query().Get(name))
	}
	return v.pathInLanguage(lang, v.r.URL.EscapedPath(), args...)
}

// seeOther sends the browser on after a POST has acted.
func (v *visit) seeOther(path string) error { return v.sendRedirect(http.StatusSeeOther, path) }

// reloadPage sends the browser back to the page it came from, to see how things stand now. Who
// presses a button twice comes the second time with a sign-in that the first has ended; the page is
// then asked for with the one that took its place.
func (v *visit) reloadPage() error { return v.seeOther(v.pathTo(v.r.URL.EscapedPath())) }

func (v *visit) sendRedirect(status int, path string) error {
	v.answered = true
	v.setSecurityHeaders()
	v.w.Header().Set("Location", path)
	v.w.WriteHeader(status)
	return nil
}

// redirectTrailingSlash leads from an address that ends in a slash, as some programs write them, to
// the page meant.
func (v *visit) redirectTrailingSlash() error {
	return v.sendRedirect(http.StatusPermanentRedirect,
		v.withQuery(strings.TrimSuffix(v.r.URL.EscapedPath(), "/")))
}

// withQuery adds the query of the request to a path.
func (v *visit) withQuery(path string) string {
	if v.r.URL.RawQuery == "" {
		return path
	}
	return path + "?" + v.r.URL.RawQuery
}

// nextPath is where a page was asked to lead on to, "/" unless that is a path of ours.
//
// Security: anything that a browser could take for another host ("//host", "/\host", a scheme)
// would make our own sign-in lend its good name to a stranger's page.
func (v *visit) nextPath() string {
	next := v.r.PostForm.Get("next")
	if next == "" {
		next = v.r.URL.Query().Get("next")
	}
	u, err := url.Parse(next)
	if err != nil || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsFunc(next, isUnsafePathRune) ||
		u.Scheme != "" || u.Host != "" {
		return "/"
	}
	return next
}

// isUnsafePathRune are the characters that browsers mend on their way: a back slash into a slash, a
// tab or a new line into nothing.
func isUnsafePathRune(r rune) bool { return r == '\\' || r <= ' ' || r == 0x7f }

// isLinkFault tells whether an error is about the link itself rather than about what was typed.
func isLinkFault(err error) bool {
	for _, code := range []fault.Code{fault.LinkInvalid, fault.LinkExpired, fault.LinkCancelled,
		fault.LinkUsed} {
		if fault.Has(err, code) {
			return true
		}
	}
	return false
}
