package pages_test

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"usher/ent"
	"usher/ent/joinrequest"
	"usher/internal/apptest"
	"usher/internal/joinlink"
	"usher/internal/pages"
	"usher/internal/secret"
	"usher/internal/store"
)

// house is the pages over https, in front of an Usher with one workspace.
type house struct {
	*apptest.Place
	t   *testing.T
	srv *httptest.Server
	log *strings.Builder
}

// setup runs the pages on a database of the test's own. https, because the cookie is Secure.
func setup(t *testing.T, kind string, options ...apptest.Option) *house {
	t.Helper()
	k := apptest.New(t, kind, append(options, apptest.WithoutWorker)...)
	h := &house{Place: k.Found("Acme", "acme"), t: t, log: &strings.Builder{}}
	h.srv = httptest.NewTLSServer(pages.New(pages.Deps{
		Store: k.Store, Services: k.Services, Accounts: k.Accounts, Applications: k.Applications,
		PublicURL: &url.URL{Scheme: "https", Host: "usher.test"},
		ClientIP:  func(*http.Request) netip.Addr { return netip.MustParseAddr("192.0.2.7") },
		RequestID: func(context.Context) string { return "REQ7" },
		Log:       slog.New(slog.NewTextHandler(h.log, nil)),
	}))
	t.Cleanup(h.srv.Close)
	return h
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) { t.Parallel(); test(t, setup(t, kind)) })
	}
}

// onSQLite runs a test of what no database has a say in.
func onSQLite(t *testing.T) *house {
	t.Helper()
	t.Parallel()
	return setup(t, "sqlite")
}

// mailed and copied are the paths of an invitation's two links.
func (h *house) mailed(inv *ent.Invitation) string { return h.link(secret.InvitationMail, inv) }
func (h *house) copied(inv *ent.Invitation) string { return h.link(secret.InvitationCopy, inv) }

func (h *house) link(p secret.Purpose, inv *ent.Invitation) string {
	return "/invitations/" + h.Settings.Keyring.SignLink(secret.Claim{
		Purpose: p, ID: inv.ID, Version: uint32(inv.LinkVersion),
		Binding: []string{inv.WorkspaceID.String(), inv.EmailKey},
	}).Reveal()
}

// joinLink opens a join link that takes anyone, unless the test says otherwise.
func (h *house) joinLink(slug string, change func(in *joinlink.CreateLinkInput)) *ent.JoinLink {
	h.t.Helper()
	in := joinlink.CreateLinkInput{WorkspaceID: h.Workspace.ID, Slug: &slug}
	if change != nil {
		change(&in)
	}
	link, err := h.JoinLinks.CreateLink(h.t.Context(), h.Caller(h.Admin), in)
	if err != nil {
		h.t.Fatal(err)
	}
	return link
}

// edit changes a join link as the administrator.
func (h *house) edit(link *ent.JoinLink, in joinlink.UpdateLinkInput) {
	h.t.Helper()
	in.ID = link.ID
	if _, err := h.JoinLinks.UpdateLink(h.t.Context(), h.Caller(h.Admin), in); err != nil {
		h.t.Fatal(err)
	}
}

// request is the newest request to join of an address.
func (h *house) request(email string) *ent.JoinRequest {
	h.t.Helper()
	r, err := h.Store.JoinRequest.Query().Where(joinrequest.EmailKey(email)).
		Order(ent.Desc(joinrequest.FieldID)).First(h.In())
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// confirmation is the path of the link that was mailed to who asked to join.
func (h *house) confirmation(email string) string {
	h.t.Helper()
	r := h.request(email)
	return "/join/confirm/" + h.Settings.Keyring.SignLink(secret.Claim{
		Purpose: secret.JoinConfirmation, ID: r.ID, Version: 1, ExpiresAt: h.Clock.Now().
				Add(24 * time.Hour).Truncate(time.Second),
		Binding: []string{r.WorkspaceID.String(), r.EmailKey},
	}).Reveal()
}

// asks asks to join on the page, by mail.
func (b *browser) asks(slug, email string) *page {
	b.t.Helper()
	p, button := b.get("/join/"+slug), "Send me the link"
	if strings.Contains(p.body, ">Ask to join<") { // with approval
		button = "Ask to join"
	}
	return p.press(button, map[string]string{"firstName": "Grace", "lastName": "Hopper",
		"email": email})
}

// signIn signs in on the page.
func (b *browser) signIn(login string) *page {
	b.t.Helper()
	return b.get("/sign-in").press("Sign in",
		map[string]string{"login": login, "password": apptest.Password}).shows(http.StatusOK)
}

// proven is an account whose mailbox is proven, so that its password stays when it comes in
// (AUT-4).
func (h *house) proven(email string) *ent.User {
	h.t.Helper()
	u := h.Account(email)
	h.AsSystem(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(u.ID).SetEmailProven(true).Exec(ctx)
	})
	return u
}

// browser is a person at a browser without scripts.
type browser struct {
	t      *testing.T
	base   string
	client *http.Client
	header http.Header // sent with every request
}

func (h *house) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport, ok := h.srv.Client().Transport.(*http.Transport)
	if !ok {
		t.Fatal("not the client of a test server")
	}
	return &browser{t: t, base: h.srv.URL, header: http.Header{}, client: &http.Client{
		Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: transport.TLSClientConfig.RootCAs}},
	}}
}

// page is an answer, as a browser that followed its redirects has it.
type page struct {
	*browser
	status int
	header http.Header
	path   string
	body   string
	doc    *html.Node
}

func (b *browser) get(path string) *page { return b.send(http.MethodGet, path, nil) }

func (b *browser) send(method, path string, form url.Values) *page {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path,
		strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header = b.header.Clone()
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if req.Header.Get("Origin") == "" {
			req.Header.Set("Sec-Fetch-Site", "same-origin")
		}
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	return &page{b, resp.StatusCode, resp.Header, resp.Request.URL.RequestURI(), string(body), doc}
}

// press fills in the form of the button with that words and presses it, as a browser would: what
// the page holds is sent unless the test says otherwise.
func (p *page) press(button string, answers map[string]string) *page {
	p.t.Helper()
	b := p.one("button", func(n *html.Node) bool {
		return content(n) == button || attr(n, "aria-label") == button
	})
	form := ancestor(b, "form")
	if id := attr(b, "form"); id != "" {
		form = p.one("form", func(n *html.Node) bool { return attr(n, "id") == id })
	}
	if form == nil {
		p.t.Fatalf("the button %q has no form", button)
	}
	sent := url.Values{}
	for n := range form.Descendants() {
		switch {
		case n.Type != html.ElementNode || attr(n, "name") == "":
		case n.Data == "input" && (attr(n, "type") == "radio" || attr(n, "type") == "checkbox"):
			if has(n, "checked") {
				sent.Set(attr(n, "name"), attr(n, "value"))
			}
		case n.Data == "input":
			sent.Set(attr(n, "name"), attr(n, "value"))
		case n.Data == "select":
			sent.Set(attr(n, "name"), chosen(n))
		}
	}
	for name, value := range answers {
		p.one("", func(n *html.Node) bool {
			return attr(n, "name") == name && ancestor(n, "form") == form
		})
		sent.Set(name, value)
	}
	if name := attr(b, "name"); name != "" {
		sent.Set(name, attr(b, "value"))
	}
	action := attr(form, "action")
	if has(b, "formaction") {
		action = attr(b, "formaction")
	}
	return p.send(http.MethodPost, action, sent)
}

// follow opens the link with that words.
func (p *page) follow(words string) *page {
	p.t.Helper()
	return p.get(attr(p.one("a", func(n *html.Node) bool { return content(n) == words }), "href"))
}

// one finds the first element that fits, or fails the test.
func (p *page) one(tag string, fits func(*html.Node) bool) *html.Node {
	p.t.Helper()
	if list := p.all(tag, fits); len(list) > 0 {
		return list[0]
	}
	p.t.Fatalf("no such <%s> on %s (%d):\n%s", tag, p.path, p.status, p.body)
	return nil
}

func (p *page) all(tag string, fits func(*html.Node) bool) []*html.Node {
	var list []*html.Node
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && (tag == "" || n.Data == tag) && (fits == nil || fits(n)) {
			list = append(list, n)
		}
	}
	return list
}

// shows fails the test unless the status fits and the page's text holds every part.
func (p *page) shows(status int, parts ...string) *page {
	p.t.Helper()
	text := content(p.doc)
	if p.status != status {
		p.t.Errorf("%s: status %d, want %d:\n%s", p.path, p.status, status, text)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			p.t.Errorf("%s does not say %q:\n%s", p.path, part, text)
		}
	}
	return p
}

func (p *page) hides(parts ...string) *page {
	p.t.Helper()
	for _, part := range parts {
		if strings.Contains(p.body, part) {
			p.t.Errorf("%s says %q", p.path, part)
		}
	}
	return p
}

// value is what a field holds.
func (p *page) value(name string) string {
	p.t.Helper()
	n := p.named(name)
	if n.Data == "select" {
		return chosen(n)
	}
	return attr(n, "value")
}

// named is the field of a name.
func (p *page) named(name string) *html.Node {
	p.t.Helper()
	return p.one("", func(n *html.Node) bool { return attr(n, "name") == name })
}

// fields lists the names of what a page asks.
func (p *page) fields() string {
	var names []string
	for _, n := range p.all("", func(n *html.Node) bool {
		return n.Data == "input" || n.Data == "select"
	}) {
		names = append(names, attr(n, "name"))
	}
	return strings.Join(names, " ")
}

func chosen(list *html.Node) string {
	for n := range list.Descendants() {
		if n.Data == "option" && has(n, "selected") {
			return attr(n, "value")
		}
	}
	return ""
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func ancestor(n *html.Node, tag string) *html.Node {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.Type == html.ElementNode && n.Data == tag {
			return n
		}
	}
	return nil
}

// content is the text below a node, its white space folded.
func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
