package devmail

import (
	"embed"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"usher/internal/i18n"
)

//go:embed pages.html style.css
var pageFiles embed.FS

var pageTemplates = template.Must(template.New("").ParseFS(pageFiles, "pages.html"))

// pageView is the data of a page's template.
type pageView struct {
	Locale   i18n.Locale
	To       string // the list's filter
	Messages []Message
	Message  Message
	Text     []textRun
}

// T returns a message of this package in the page's language.
func (v pageView) T(key string) string { return i18n.T(v.Locale, "mailbox."+key, nil) }

// Count returns the number of listed messages as a text.
func (v pageView) Count() string {
	return i18n.T(v.Locale, "mailbox.count", i18n.Args{"Count": len(v.Messages)})
}

// Handler serves /mailbox (the list, newest first; ?to= lists the emails of one address),
// /mailbox/{id}, the message's own HTML at /mailbox/{id}/html and its wire form at
// /mailbox/{id}/raw.
//
// Security: these pages show every emailed link and password. Mount them only in the demo.
func (m *Mailbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /mailbox", m.serveList)
	mux.HandleFunc("GET /mailbox/{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/mailbox", http.StatusMovedPermanently)
	})
	mux.HandleFunc("GET /mailbox/style.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, pageFiles, "style.css")
	})
	mux.HandleFunc("GET /mailbox/{id}",
		m.withMessage(func(w http.ResponseWriter, r *http.Request, x Message) {
			renderPage(w, r, http.StatusOK, "message",
				pageView{Message: x, Text: splitLinks(x.Text)})
		}))
	mux.HandleFunc("GET /mailbox/{id}/html", m.withMessage(serveHTML))
	mux.HandleFunc("GET /mailbox/{id}/raw",
		m.withMessage(func(w http.ResponseWriter, _ *http.Request, x Message) {
			// Security: plain text without a policy for content, whatever the message contains.
			setSecurityHeaders(w.Header(), "default-src 'none'")
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = w.Write(x.Raw)
		}))
	return mux
}

// serveList shows the emails, the latest first; with ?to= those to one address.
func (m *Mailbox) serveList(w http.ResponseWriter, r *http.Request) {
	v := pageView{To: strings.TrimSpace(r.URL.Query().Get("to")), Messages: m.Messages()}
	if v.To != "" {
		v.Messages = slices.DeleteFunc(v.Messages, func(x Message) bool {
			return !slices.ContainsFunc(x.To, func(s string) bool {
				return strings.EqualFold(s, v.To)
			})
		})
	}
	slices.Reverse(v.Messages)
	renderPage(w, r, http.StatusOK, "list", v)
}

// withMessage returns a handler that loads the message of the path, or answers 404.
func (m *Mailbox) withMessage(serve func(http.ResponseWriter, *http.Request,
	Message)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x, found := m.Message(r.PathValue("id"))
		if !found {
			renderPage(w, r, http.StatusNotFound, "missing", pageView{})
			return
		}
		serve(w, r, x)
	}
}

// serveHTML serves the HTML part of a message, for the iframe of its page.
//
// It is a separate document and no srcdoc: a srcdoc inherits the parent's policy, which forbids the
// inline styles of emails. Links open in a new window, because a sandboxed iframe may not navigate
// its parent.
//
// Security: the policy repeats the sandbox, so that scripts are blocked also when the URL is opened
// directly.
func serveHTML(w http.ResponseWriter, _ *http.Request, message Message) {
	setSecurityHeaders(w.Header(),
		"default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; base-uri 'none'; form-action 'none'; "+
			"frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(
		strings.ReplaceAll(message.HTML, "<a href=", `<a target="_blank" rel="noopener" href=`)))
}

// renderPage renders a page in the reader's language.
func renderPage(w http.ResponseWriter, r *http.Request, status int, name string, v pageView) {
	v.Locale, _ = i18n.Match(r.Header.Get("Accept-Language"))
	setSecurityHeaders(w.Header(),
		"default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept-Language")
	w.WriteHeader(status)
	_ = pageTemplates.ExecuteTemplate(w, name, v) // fails only when the client hangs up
}

// setSecurityHeaders sets the headers of pages that may show tokens.
func setSecurityHeaders(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
}

// textRun is a part of a text: a link or plain text.
type textRun struct {
	Text string
	Link bool
}

// linkPattern finds the addresses that the plain text of an email shows as links.
var linkPattern = regexp.MustCompile(`https?://[^\s<>"]+`)

// splitLinks splits a text into links and the text between them.
func splitLinks(text string) []textRun {
	var runs []textRun
	end := 0
	for _, at := range linkPattern.FindAllStringIndex(text, -1) {
		runs = append(runs, textRun{Text: text[end:at[0]]},
			textRun{Text: text[at[0]:at[1]], Link: true})
		end = at[1]
	}
	return append(runs, textRun{Text: text[end:]})
}
