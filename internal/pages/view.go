package pages

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inbound"
	"usher/internal/store"
	"usher/web"
)

// pageView holds the content of a page, from top to bottom. Its strings are sentences in the
// reader's language or text that a person wrote; the template escapes all of them.
type pageView struct {
	Title string
	// heading of the form on a split page, and a link beside it
	FormTitle string
	FormLink  *pageLink
	Notice    string   // confirms the last action
	Lead      string   // text of the workspace, shown with its line breaks
	Text      []string // paragraphs
	Quote     string   // personal message of the inviter
	QuoteBy   string
	Offer     *pageOffer // what the page is about; with it the page is split
	Names     []pageLink // without a path: a name alone
	MainLink  *pageLink  // the main action when it is a link
	Form      *pageForm  // the main action when it is a form
	Links     []pageLink
	Asides    []*pageForm // further actions, folded
	Sections  []pageSection

	*visit
	Contact   *pageLink
	Languages []languageOption
}

// pageLink is a link with its text.
type pageLink struct{ Path, Label string }

// pageSection is a part of a page with a heading and a list of rows.
type pageSection struct {
	ID, Title string
	Rows      []sectionRow
	Form      *pageForm // an action on all rows
}

// sectionRow is one row of a section: a thing, what there is to say about it, and what can be done.
type sectionRow struct {
	Title, Meta string
	Mark        string // instead of an action
	Link        *pageLink
	LinkFor     string // what the link is about, for screen readers
	Form        *pageForm
}

// languageOption is one language of the language switch.
type languageOption struct {
	Locale  i18n.Locale
	Name    string // in that language itself
	Path    string
	Current bool
}

// Locale is the page's language.
func (p *pageView) Locale() i18n.Locale { return p.locale }

// Brand returns the brand of the page.
func (p *pageView) Brand() pageBrand { return p.brand }

// T returns a sentence of the frame.
func (p *pageView) T(key string) string { return p.t(key) }

// maxShortTitle is the length, in characters, of a title that the largest letters still set in two
// lines.
const maxShortTitle = 28

// HasLongTitle reports whether the title needs smaller letters.
func (p *pageView) HasLongTitle() bool { return utf8.RuneCountInString(p.Title) > maxShortTitle }

// Errors returns the errors of all forms, for the summary at the top of the page.
func (p *pageView) Errors() []formError {
	var list []formError
	for _, f := range append([]*pageForm{p.Form}, p.Asides...) {
		if f != nil {
			list = append(list, f.listErrors()...)
		}
	}
	return list
}

var pageTemplate = template.Must(template.New("page.html").
	Funcs(template.FuncMap{"asset": assetPath}).
	ParseFS(web.Pages(), "page.html"))

// showPage writes a page with a status. It returns an error before it has written anything.
func (v *visit) showPage(status int, p pageView) error {
	v.answered = true
	p.visit = v
	v.offerCheckCookie(&p)
	// The contact is free text of the workspace.
	if c := v.brand.Contact; c != "" {
		p.Contact = contactLink(c)
	}
	for _, l := range i18n.Locales {
		p.Languages = append(p.Languages, languageOption{l, i18n.T(l, "pages.language_name", nil),
			v.currentPath(string(l)), l == v.locale})
	}
	// Rendered into memory first: an error in the template would leave a partial page with status
	// 200.
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, &p); err != nil {
		return fmt.Errorf("pages: render: %w", err)
	}
	v.setSecurityHeaders()
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(v.locale))
	h.Set("Content-Length", strconv.Itoa(page.Len()))
	v.w.WriteHeader(status)
	_, _ = v.w.Write(page.Bytes()) // fails only when the client hangs up
	return nil
}

// setSecurityHeaders sets the headers that every page and redirect has.
//
// Security: scripts, styles and forms are limited to this origin, images to this origin and the
// logo's. Paths hold tokens, so pages are not cached, not indexed and sent to no other site as a
// referrer. For pages without a token the policy is same-origin; doc.go says why.
func (v *visit) setSecurityHeaders() {
	h := v.w.Header()
	pictures, forms := "'self'", "'self'"
	// Browsers apply the policy to the redirects after a form too.
	if v.formOrigin != "" {
		forms += " " + v.formOrigin
	}
	if v.brand.LogoOrigin != "" {
		pictures += " " + v.brand.LogoOrigin
	}
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; script-src 'self'; img-src "+pictures+
			"; form-action "+forms+"; base-uri 'none'; frame-ancestors 'none'")
	referrer := "same-origin"
	// Security: the address of the page holds the token, so no request may name it as its referrer.
	if v.token != "" {
		referrer = "no-referrer"
	}
	h.Set("Referrer-Policy", referrer)
	// Pages hold names and tokens, and a later visitor of the same computer presses Back.
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// showMessage shows a page with the messages <key>_title and <key>_text and a link home.
func (v *visit) showMessage(status int, key string, args ...any) error {
	return v.showPage(status, pageView{
		Title: v.t(key+"_title", args...), Text: []string{v.t(key+"_text", args...)},
		Links: []pageLink{{v.pathTo("/"), v.t("to_home")}},
	})
}

// showFormError shows the page of a rejected form again, with the fault's message in the summary
// and at its field. Errors that are no fault are returned.
func (v *visit) showFormError(p pageView, err error) error {
	f, ok := fault.Of(err)
	if !ok {
		return err
	}
	p.Form.setFieldError(f.Field, f.Message.In(v.locale))
	return v.showPage(v.faultStatus(f), p)
}

// faultStatus returns the HTTP status of a fault and sets Retry-After if the fault has a wait.
func (v *visit) faultStatus(f *fault.Error) int {
	if f.RetryAfter > 0 {
		// Rounded up, so that a client that waits as long as it is told succeeds.
		v.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(f.RetryAfter.Seconds()+0.999))))
	}
	// A form that is rejected is 422, because 401 would make some clients ask for HTTP credentials.
	switch f.Code {
	case fault.BadUserInput, fault.PasswordTooWeak, fault.Unauthenticated, fault.EmailNotAllowed:
		return http.StatusUnprocessableEntity
	case fault.RateLimited:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.LinkInvalid, fault.NotFound:
		return http.StatusNotFound
	case fault.LinkExpired, fault.LinkCancelled, fault.LinkUsed, fault.JoinClosed:
		return http.StatusGone
	case fault.Forbidden, fault.PlanRequired, fault.PasswordChangeRequired:
		return http.StatusForbidden
	}
	return http.StatusConflict
}

// showFailure shows an error that no page handled. A fault is shown with its own message. An
// internal error is logged once with its cause and shown with the request id. A database that is
// not available is shown with the time to wait.
//
// Security: the log gets the route's pattern and not the path, which may hold a token.
func (v *visit) showFailure(err error) {
	f, known := store.Fault(err)
	if !known {
		f = fault.New(fault.Internal, "fault.internal").Because(err)
	}
	inbound.Fail(v.r.Context(), v.Log.With("request_id", v.RequestID(v.r.Context())), f,
		"page "+v.r.Pattern, "")
	switch {
	case f.Code == fault.Unavailable && f.Unwrap() != nil:
		// The brand is reset: its workspace may not have been loaded.
		v.brand = usherBrand()
		if err = v.showMessage(v.faultStatus(f), "unavailable"); err == nil {
			return
		}
	case known:
		p := pageView{Title: v.t("refused_title"), Text: []string{f.Message.In(v.locale)},
			Links: []pageLink{{v.pathTo("/"), v.t("to_home")}}}
		if err = v.showPage(v.faultStatus(f), p); err == nil {
			return
		}
	}
	id := v.RequestID(v.r.Context())
	p := pageView{Title: v.t("broken_title"), Text: []string{v.t("broken_text")},
		Links: []pageLink{{v.pathTo("/"), v.t("to_home")}}}
	if id != "" {
		p.Text = append(p.Text, v.t("broken_number", "Number", id))
	}
	v.brand = usherBrand()
	// The template itself may be the cause, so the last resort is plain text.
	if err := v.showPage(http.StatusInternalServerError, p); err != nil {
		http.Error(v.w, v.t("broken_title"), http.StatusInternalServerError)
	}
}

// serveNotFound answers 404 for an unknown path.
func (v *visit) serveNotFound() error { return v.showMessage(http.StatusNotFound, "missing") }

// contactLink returns a link for an https URL or an email address. Any other text, such as a
// telephone number, is shown without a link.
func contactLink(said string) *pageLink {
	if u, err := url.Parse(said); err == nil && u.Scheme == "https" && u.Host != "" {
		return &pageLink{said, strings.TrimPrefix(said, "https://")}
	}
	if a, err := address.Parse(said); err == nil && a.Display == said {
		return &pageLink{"mailto:" + said, said}
	}
	return &pageLink{Label: said}
}
