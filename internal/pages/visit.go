package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/oidc"
	"usher/internal/scalar"
)

// visit is one request for one page, with its caller, language and brand.
type visit struct {
	*pageHandler
	w        http.ResponseWriter
	r        *http.Request
	token    string         // the token in the path, "" on pages without one
	caller   *access.Caller // anonymous without a sign-in
	locale   i18n.Locale
	brand    pageBrand
	answered bool
	// origin of the application that this page's form leads to in the end, "" for none
	formOrigin       string
	needsNewPassword bool // the verb asked for a new password besides the current one
}

// isStorable reports whether the query and the names of form fields hold only characters that a
// database accepts. A lookup by a text with U+0000 would be an internal error. Values of fields are
// validated by the verb, which can name the field.
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

// beginVisit checks the origin of a request, parses its form and loads the caller. It answers a
// malformed request itself and then sets answered.
func (v *visit) beginVisit() error {
	if !scalar.IsStorable(v.r.URL.Path) {
		// No slug and no token contains such a character.
		return v.showMessage(http.StatusNotFound, "missing")
	}
	switch v.r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodPost:
		if !v.isSameOrigin() {
			return v.showMessage(http.StatusForbidden, "foreign")
		}
		// The limit applies before the form is parsed.
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
	// Loaded for every page, because each shows who is signed in.
	caller, err := v.Accounts.CallerByCookie(v.r.Context(), v.cookies.Token(v.r))
	if err != nil {
		return err
	}
	if caller.MustChange && !slices.Contains(passwordChangePages, v.r.Pattern) {
		// Security: a session that may only change its password is anonymous on every other page.
		caller = &access.Caller{}
	}
	v.caller = caller
	v.locale = v.chooseLocale("", "")
	return nil
}

// passwordChangePages are the patterns of the pages that accept a session which may only change its
// password.
var passwordChangePages = []string{"/{$}", "/sign-in", "/sign-out", "/change-password",
	oidc.AuthorizePath}

// isSameOrigin reports whether a form was sent from a page of this site or by a program that is no
// browser.
//
// Security: the cookie is SameSite=Lax already. This check also stops login CSRF, where another
// site signs its visitor in to an account of its own. Browsers older than 2023, and all browsers on
// plain http, send only the Origin header. For a page with no-referrer its value is "null". In that
// case the token in the path, which another site does not know, is the proof.
func (v *visit) isSameOrigin() bool {
	if v.r.Header.Get("Sec-Fetch-Site") == "" && v.r.Header.Get("Origin") == "null" &&
		v.token != "" {
		return true
	}
	return v.originCheck.Check(v.r) == nil
}

// isSubmission reports whether the request submits a form. A switch of the language is also a POST
// but submits nothing.
func (v *visit) isSubmission() bool {
	return v.r.Method == http.MethodPost && v.r.PostForm.Get("act") != "language"
}

// requestOrigin returns network, browser and device of the request, for rate limits and the list of
// sign-ins.
func (v *visit) requestOrigin() account.Origin {
	return account.Origin{Network: v.ClientIP(v.r), UserAgent: v.r.UserAgent(),
		Device: v.cookies.Token(v.r)}
}

// setSignInSession sets the session cookie and ends the session that the browser had before.
func (v *visit) setSignInSession(s *account.SignInSession) error {
	if !v.caller.Anonymous() && v.caller.SignInID != s.SignInID {
		// The new cookie replaces the previous one. A sign-in without a cookie cannot be used and
		// would stay in the account's list for weeks.
		if err := v.Accounts.SignOut(v.r.Context(), v.caller); err != nil {
			return err
		}
	}
	v.cookies.Set(v.w, s.RefreshToken, s.RefreshEndsAt)
	return nil
}

// chooseLocale returns the language in the order that doc.go states. link is the language of the
// link, workspace that of the workspace, both empty as long as they are not loaded.
func (v *visit) chooseLocale(link, workspace string) i18n.Locale {
	account := ""
	if v.caller != nil {
		account = v.caller.Locale
	}
	l, _ := i18n.Match(v.r.URL.Query().Get("lang"), link, account,
		v.r.Header.Get("Accept-Language"), workspace)
	return l
}

// queryLanguage returns the language of ?lang=, "" when it is absent or unknown.
func (v *visit) queryLanguage() string {
	if lang := v.r.URL.Query().Get("lang"); i18n.Known(lang) {
		return lang
	}
	return ""
}

// t returns a message of this package in the page's language. args alternate names and values of
// its placeholders.
func (v *visit) t(key string, args ...any) string {
	places := i18n.Args{}
	for i := 0; i+1 < len(args); i += 2 {
		name, _ := args[i].(string)
		places[name] = args[i+1]
	}
	return i18n.T(v.locale, "pages."+key, places)
}

// pathTo returns a path of this site that keeps the chosen language. args alternate names and
// values of the query; empty values are left out.
func (v *visit) pathTo(to string, args ...string) string {
	return v.pathInLanguage(v.queryLanguage(), to, args...)
}

// pathInLanguage adds parameters and a language to a path that may have parameters already. args
// are names and values by turns; an empty value is left out.
func (v *visit) pathInLanguage(lang, to string, args ...string) string {
	at, query, _ := strings.Cut(to, "?")
	q, err := url.ParseQuery(query)
	if err != nil {
		q = url.Values{}
	}
	for i := 0; i+1 < len(args); i += 2 {
		// An empty value is left out, so that the link stays short.
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

// keptParameters are the query parameters that stay when the language is switched or the form is
// submitted.
var keptParameters = []string{"next", "done", "have", "workspace"}

// currentPath returns the path of this page in a language; "" keeps the chosen one.
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

// seeOther redirects with 303 after a successful POST.
func (v *visit) seeOther(path string) error { return v.sendRedirect(http.StatusSeeOther, path) }

// reloadPage redirects to this page, which then shows the current state. After a double click the
// second POST carries a session that the first one has ended; the redirected request carries the
// new one.
func (v *visit) reloadPage() error { return v.seeOther(v.pathTo(v.r.URL.EscapedPath())) }

// sendRedirect answers with a redirect. It always returns nil, so that handlers can end with it.
func (v *visit) sendRedirect(status int, path string) error {
	v.answered = true
	v.setSecurityHeaders()
	v.w.Header().Set("Location", path)
	v.w.WriteHeader(status)
	return nil
}

// redirectTrailingSlash redirects a path with a trailing slash, which some email programs add, to
// the path without it.
func (v *visit) redirectTrailingSlash() error {
	return v.sendRedirect(http.StatusPermanentRedirect,
		v.withQuery(strings.TrimSuffix(v.r.URL.EscapedPath(), "/")))
}

// trailingText are characters that stand behind links in text, and that email programs and people
// take for a part of them.
const trailingText = ".,;:!?)>]}\"'»”’ \t\r\n\u00a0\u202f"

// withoutTrailingText returns the path of a link without the text that was copied along with it,
// and whether there was any. Only the last part of a link is forgiven so: a token or a slug, which
// never hold these characters.
func (v *visit) withoutTrailingText() (string, bool) {
	if v.token == "" && v.r.PathValue("slug") == "" ||
		v.r.Method != http.MethodGet && v.r.Method != http.MethodHead {
		return "", false
	}
	path := strings.TrimRight(v.r.URL.Path, trailingText)
	if path == v.r.URL.Path || strings.HasSuffix(path, "/") {
		return "", false
	}
	return (&url.URL{Path: path}).EscapedPath(), true
}

// withQuery returns a path with the query of the request.
func (v *visit) withQuery(path string) string {
	if v.r.URL.RawQuery == "" {
		return path
	}
	return path + "?" + v.r.URL.RawQuery
}

// nextPath returns the path of the parameter "next", or "/" when it is not a path of this site.
//
// Security: a value that a browser reads as another host ("//host", "/\host", a scheme) would make
// the sign-in page an open redirect.
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

// nextOrEmpty is nextPath with "" for the home page, which needs no parameter.
func (v *visit) nextOrEmpty() string {
	if next := v.nextPath(); next != "/" {
		return next
	}
	return ""
}

// isUnsafePathRune reports characters that browsers normalize: they replace a backslash by a slash
// and drop tabs and line breaks.
func isUnsafePathRune(r rune) bool { return r == '\\' || r <= ' ' || r == 0x7f }

// isLinkFault reports whether an error is about the link itself and not about the submitted form.
func isLinkFault(err error) bool {
	for _, code := range []fault.Code{fault.LinkInvalid, fault.LinkExpired, fault.LinkCancelled,
		fault.LinkUsed} {
		if fault.Has(err, code) {
			return true
		}
	}
	return false
}
