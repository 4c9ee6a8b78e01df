package pages

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inbound"
	"usher/internal/store"
	"usher/web"
)

// pageView is what a page shows, from top to bottom. Its strings are whole sentences in the
// reader's language, or somebody's own words; the template escapes them all.
type pageView struct {
	Title    string
	Notice   string   // what has just been done
	Lead     string   // the workspace's own words, with their line breaks
	Text     []string // paragraphs
	Quote    string   // what the inviter wrote
	QuoteBy  string
	Names    []string
	MainLink *pageLink // the one thing to do, where it is no form
	Form     *pageForm // the one thing to do
	Links    []pageLink
	Asides   []*pageForm // other things to do, folded

	*visit
	Contact   *pageLink
	Languages []languageOption
}

// pageLink is a link and what it says.
type pageLink struct{ Path, Label string }

// languageOption is one language of the switch.
type languageOption struct {
	Locale  i18n.Locale
	Name    string // in that language itself
	Path    string
	Current bool
}

// Locale is the page's language.
func (p *pageView) Locale() i18n.Locale { return p.locale }

// Brand is whose page it is.
func (p *pageView) Brand() pageBrand { return p.brand }

// T returns a sentence of the frame.
func (p *pageView) T(key string) string { return p.t(key) }

// Errors lists what is wrong with the answers, for the summary on top.
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

// showPage answers with a page.
func (v *visit) showPage(status int, p pageView) error {
	v.answered = true
	p.visit = v
	if c := v.brand.Contact; c != "" {
		p.Contact = contactLink(c)
	}
	for _, l := range i18n.Locales {
		p.Languages = append(p.Languages, languageOption{l, i18n.T(l, "pages.language_name", nil),
			v.currentPath(string(l)), l == v.locale})
	}
	// whole or not at all: an error half-way would leave half a page with status 200
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
	_, _ = v.w.Write(page.Bytes()) // what can fail here is the client going away
	return nil
}

// setSecurityHeaders sets the headers of every page.
//
// Security: no script, style or frame but our own files; a logo from the one origin that the
// workspace chose. Nothing is stored, indexed or told to other sites: paths hold tokens. Pages
// without one say same-origin, for doc.go's reason.
func (v *visit) setSecurityHeaders() {
	h := v.w.Header()
	pictures := "'self'"
	if v.brand.LogoOrigin != "" {
		pictures += " " + v.brand.LogoOrigin
	}
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; script-src 'self'; img-src "+pictures+
			"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	referrer := "same-origin"
	if v.token != "" {
		referrer = "no-referrer"
	}
	h.Set("Referrer-Policy", referrer)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// showMessage answers with a page that says one thing: the sentences <key>_title and <key>_text,
// and a way home.
func (v *visit) showMessage(status int, key string, args ...any) error {
	return v.showPage(status, pageView{
		Title: v.t(key+"_title", args...), Text: []string{v.t(key+"_text", args...)},
		Links: []pageLink{{v.pathTo("/"), v.t("to_home")}},
	})
}

// showFormError answers a form that was not accepted with the same page again: the sentence of the
// fault on top and at its field. Whatever is no fault stays an error.
func (v *visit) showFormError(p pageView, err error) error {
	f, ok := fault.Of(err)
	if !ok {
		return err
	}
	p.Form.setFieldError(f.Field, f.Message.In(v.locale))
	return v.showPage(v.faultStatus(f), p)
}

// faultStatus is the HTTP status of a fault; one that asks for patience says how long.
func (v *visit) faultStatus(f *fault.Error) int {
	if f.RetryAfter > 0 {
		v.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(f.RetryAfter.Seconds()+0.999))))
	}
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

// showFailure answers for what nobody could act on: a fault that no page expected, said in its own
// words, or an internal error, logged once with its cause and shown as a number to ask about. While
// the database cannot serve, a page says so and when to try again.
//
// Security: the log gets the pattern and not the path, which may hold a token.
func (v *visit) showFailure(err error) {
	f, known := store.Fault(err)
	if !known {
		f = fault.New(fault.Internal, "fault.internal").Because(err)
	}
	inbound.Fail(v.r.Context(), v.Log.With("request_id", v.RequestID(v.r.Context())), f,
		"page "+v.r.Pattern, "")
	switch {
	case f.Code == fault.Unavailable && f.Unwrap() != nil:
		// Nothing of a page can be made; its brand may not even have been read.
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
	if err := v.showPage(http.StatusInternalServerError, p); err != nil {
		http.Error(v.w, v.t("broken_title"), http.StatusInternalServerError)
	}
}

// serveNotFound answers for paths that lead nowhere.
func (v *visit) serveNotFound() error { return v.showMessage(http.StatusNotFound, "missing") }

// contactLink makes a link of an address or a page; anything else, a telephone number, is shown as
// it is.
func contactLink(said string) *pageLink {
	if u, err := url.Parse(said); err == nil && u.Scheme == "https" && u.Host != "" {
		return &pageLink{said, strings.TrimPrefix(said, "https://")}
	}
	if a, err := address.Parse(said); err == nil && a.Display == said {
		return &pageLink{"mailto:" + said, said}
	}
	return &pageLink{Label: said}
}
