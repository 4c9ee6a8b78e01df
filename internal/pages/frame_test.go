package pages_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"usher/ent/schema"
	"usher/internal/store"
)

// faultless checks what holds for every page whatever it shows.
func (p *page) faultless() {
	p.t.Helper()
	ids := map[string]bool{}
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "style" || has(n, "style") || n.Data == "script" &&
			(attr(n, "src") == "" || n.FirstChild != nil) {
			p.t.Errorf("%s: <%s> with inline code", p.path, n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				p.t.Errorf("%s: %s on <%s>", p.path, a.Key, n.Data)
			}
		}
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				p.t.Errorf("%s: id %s twice", p.path, id)
			}
			ids[id] = true
		}
	}
	for n := range p.doc.Descendants() {
		for _, name := range []string{"for", "aria-describedby", "aria-controls", "form"} {
			for _, id := range strings.Fields(attr(n, name)) {
				if !ids[id] {
					p.t.Errorf("%s: %s names %s, which is not there", p.path, name, id)
				}
			}
		}
		if to := attr(n, "href"); strings.HasPrefix(to, "#") && !ids[to[1:]] {
			p.t.Errorf("%s: a link to %s, which is not there", p.path, to)
		}
		asks := n.Data == "select" || n.Data == "input" && attr(n, "type") != "hidden"
		if asks && len(p.all("label", func(l *html.Node) bool {
			return attr(l, "for") == attr(n, "id") && content(l) != ""
		})) != 1 {
			p.t.Errorf("%s: %s has no label", p.path, attr(n, "name"))
		}
	}
	if len(p.all("h1", nil)) != 1 || len(p.all("main", nil)) != 1 ||
		content(p.one("title", nil)) == "" {
		p.t.Errorf("%s: not one heading, one main part and a title", p.path)
	}
	// A key that no catalogue has is shown as it is.
	if key := regexp.MustCompile(
		`\b(pages|account|accept|join|link|password|throttle|mail)\.[a-z_]+\b`).
		FindString(content(p.doc)); key != "" {
		p.t.Errorf("%s shows the key %s", p.path, key)
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Content-Type": "text/html; charset=utf-8",
	} {
		if got := p.header.Get(name); got != want {
			p.t.Errorf("%s: %s is %q", p.path, name, got)
		}
	}
	referrer := "same-origin"
	// a token
	if strings.Count(p.path, "/") > 1 && (!strings.HasPrefix(p.path, "/join/") ||
		strings.HasPrefix(p.path, "/join/confirm/")) {
		referrer = "no-referrer"
	}
	if got := p.header.Get("Referrer-Policy"); got != referrer {
		p.t.Errorf("%s: Referrer-Policy is %q", p.path, got)
	}
	policy := p.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'self'; script-src 'self'; ") ||
		strings.Contains(policy, "unsafe") {
		p.t.Errorf("%s: the policy is %q", p.path, policy)
	}
	if !strings.Contains(p.header.Get("X-Robots-Tag"), "noindex") {
		p.t.Errorf("%s may be indexed", p.path)
	}
}

// branded gives the workspace all that a page may show of it.
func (h *house) branded() {
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.Workspace.UpdateOneID(h.Workspace.ID).SetColor("#FFCC00").
			SetLogoURL("https://cdn.acme.test/logo.png").
			SetSupportContact("help@acme.test").Exec(store.InWorkspace(ctx, h.Workspace.ID))
	})
	h.Configure(func(set *schema.WorkspaceSettings) {
		set.PrivacyURL = new("https://acme.test/privacy")
		set.TermsURL = new("https://acme.test/terms")
	})
}

func TestEveryPageHoldsToTheRulesAndIsLight(t *testing.T) {
	h := onSQLite(t)
	h.branded()
	in := h.browser(t)
	in.get("/sign-in").press("Sign in", admin).shows(http.StatusOK)
	pending := h.mailed(h.Invite("grace@new.test", nil))
	h.joinLink("open", func(in *link) { // as heavy as its page can be
		in.Title, in.WelcomeText = new(strings.Repeat("é", 200)), new(strings.Repeat("é ", 1000))
		for i := range 999 {
			in.Whitelist = append(in.Whitelist,
				fmt.Sprintf("%s%d.test", strings.Repeat("x", 50), i))
		}
		in.Whitelist = append(in.Whitelist, "new.test")
	})
	h.joinLink("smiling", func(in *link) {
		in.Title, in.WelcomeText = new(strings.Repeat("😀", 200)), new(strings.Repeat("😀", 2000))
	})
	h.joinLink("off", func(in *link) { in.Enabled = new(false) })
	h.browser(t).asks("open", "ines@new.test").shows(http.StatusOK)
	confirm := h.confirmation("ines@new.test")
	heaviest := 0
	for _, lang := range []string{"en", "fr"} {
		out := h.browser(t)
		out.header.Set("Accept-Language", lang)
		list := []*page{
			out.get("/"), in.get("/?lang=" + lang), out.get("/sign-in"),
			out.get("/forgot-password"), out.get("/forgot-password?done=reset"),
			in.get("/change-password?lang=" + lang), out.get("/reset-password/x"),
			out.get("/confirm-email/x"), out.get("/preferences/x"),
			out.get("/invitations/x"), out.get(pending), out.get(pending + "?have=account"),
			in.get(pending + "?lang=" + lang), out.get("/nowhere"),
			out.send(http.MethodPost, "/sign-in", nil),
			out.send(http.MethodPost, pending, map[string][]string{"act": {"accept"}}),
			out.send(http.MethodPost, "/forgot-password", nil),
			out.get("/join/open"), in.get("/join/open?lang=" + lang), out.get("/join/off"),
			out.get("/join/nowhere"),
			out.send(http.MethodPost, "/join/open", map[string][]string{"act": {"ask"}}),
			out.send(http.MethodPost, "/join/open", map[string][]string{"act": {"language"},
				"sent": {"1"}, "email": {"ines@new.test"}}),
			out.get(confirm + "?lang=" + lang), in.get(confirm + "?lang=" + lang), out.get("/join/confirm/x"),
			out.send(http.MethodPost, confirm+"?lang="+lang,
				map[string][]string{"act": {"accept"}}),
		}
		for _, p := range list {
			p.faultless()
			if got := attr(p.one("html", nil), "lang"); got != lang {
				t.Errorf("%s speaks %s", p.path, got)
			}
			if got := p.weight("gzip, deflate, br"); got > 20_000 {
				t.Errorf("%s weighs %d bytes", p.path, got)
			}
			heaviest = max(heaviest, p.weight("gzip, deflate, br"))
		}
		// each character four bytes: the most that a workspace can write
		p := out.get("/join/smiling")
		p.faultless()
		if got := p.weight("gzip, deflate, br"); got > 20_000 {
			t.Errorf("%s weighs %d bytes", p.path, got)
		}
		t.Logf("the heaviest page weighs %d bytes; smiling, %d", heaviest,
			p.weight("gzip"))
	}
}

// weight is all that a browser is sent for a page, with the heads of the answers.
func (p *page) weight(accept string) int {
	p.t.Helper()
	p.browser.header.Set("Accept-Encoding", accept)
	sum := p.bytes()
	for _, n := range p.all("", func(n *html.Node) bool {
		return n.Data == "link" || n.Data == "script"
	}) {
		asset := p.browser.get(attr(n, "href") + attr(n, "src"))
		if asset.status != http.StatusOK || !strings.Contains(asset.header.Get("Cache-Control"),
			"immutable") {
			p.t.Errorf("%s: %d, %s", asset.path, asset.status, asset.header.Get("Cache-Control"))
		}
		sum += asset.bytes()
	}
	return sum
}

// bytes is one answer's part of that.
func (p *page) bytes() int {
	var head bytes.Buffer
	if err := p.header.Write(&head); err != nil {
		p.t.Fatal(err)
	}
	return head.Len() + len(p.body)
}

func TestFilesComeCompressedToWhoUnpacksThem(t *testing.T) {
	h := onSQLite(t)
	b := h.browser(t)
	sheet := attr(b.get("/sign-in").one("link", func(n *html.Node) bool {
		return attr(n, "rel") == "stylesheet"
	}), "href")
	plain := b.get(sheet) // Go's client unpacks by itself, and hides that it did
	for _, x := range []struct {
		accept string
		packed bool
	}{{"gzip, deflate, br", true}, {"gzip", true}, {"br", false}, {"identity", false},
		{"gzip;q=0", false}} {
		b.header.Set("Accept-Encoding", x.accept)
		p := b.get(sheet)
		if p.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: caches are not told", x.accept)
		}
		if got := p.header.Get("Content-Encoding") == "gzip"; got != x.packed {
			t.Fatalf("%s: packed is %v", x.accept, got)
		}
		body := p.body
		if x.packed {
			z, err := gzip.NewReader(strings.NewReader(p.body))
			if err != nil {
				t.Fatal(err)
			}
			unpacked, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			body = string(unpacked)
		}
		if body != plain.body || x.packed && len(p.body) > len(plain.body)/2 {
			t.Errorf("%s: %d bytes for %d", x.accept, len(p.body), len(plain.body))
		}
	}
}

// JOI-8, WSP-5: pages have the workspace's logo and colour, and link its documents.
func TestAWorkspaceShowsItsLogoColourAndContact(t *testing.T) {
	h := onSQLite(t)
	h.branded()
	p := h.browser(t).get(h.mailed(h.Invite("grace@new.test", nil))).
		shows(http.StatusOK, "help@acme.test")
	p.one("img", func(n *html.Node) bool {
		return attr(n, "src") == "https://cdn.acme.test/logo.png"
	})
	p.one("link", func(n *html.Node) bool { return attr(n, "href") == "/assets/brand.ffcc00.css" })
	for label, address := range map[string]string{"help@acme.test": "mailto:help@acme.test",
		"Privacy notice": "https://acme.test/privacy", "Terms": "https://acme.test/terms"} {
		p.one("a", func(n *html.Node) bool {
			return attr(n, "href") == address && content(n) == label
		})
	}
	if policy := p.header.Get("Content-Security-Policy"); !strings.Contains(policy,
		"img-src 'self' https://cdn.acme.test;") {
		t.Errorf("the policy is %q", policy)
	}

	for _, logo := range []string{"http://acme.test/x.png", "https://acme.test;script-src *",
		"javascript:alert(1)", "https://a'b/", "https://u:p@acme.test/x.png"} {
		h.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Workspace.UpdateOneID(h.Workspace.ID).SetLogoURL(logo).SetColor("red;}").
				SetSupportContact("+33 1 23 45 67 89").Exec(ctx)
		})
		p := h.browser(t).get(h.mailed(h.Invite("grace@new.test", nil))).
			shows(http.StatusOK, "+33 1 23 45 67 89")
		if len(p.all("img", nil)) > 0 || !strings.Contains(p.body, "brand.1f4e8c.css") ||
			!strings.Contains(p.header.Get("Content-Security-Policy"), "img-src 'self';") {
			t.Errorf("%q was taken: %s", logo, p.header.Get("Content-Security-Policy"))
		}
	}
}

func TestEveryColourKeepsItsContrast(t *testing.T) {
	h := onSQLite(t)
	b := h.browser(t)
	rules := regexp.MustCompile(`--(fill|on-fill|hover|edge|tint|wash|ground):#([0-9a-f]{6})`)
	rapid.Check(t, func(rt *rapid.T) {
		colour := fmt.Sprintf("%06x", rapid.IntRange(0, 0xffffff).Draw(rt, "colour"))
		m := rules.FindAllStringSubmatch(b.get("/assets/brand."+colour+".css").body, -1)
		if len(m) != 14 {
			rt.Fatalf("%d rules", len(m))
		}
		for i, paper := range []string{"ffffff", "15191f"} {
			of := map[string]string{}
			for _, rule := range m[7*i : 7*i+7] {
				of[rule[1]] = rule[2]
			}
			if of["fill"] != colour {
				rt.Errorf("%s became %s", colour, of["fill"])
			}
			for name, x := range map[string]struct {
				a, b  string
				least float64
			}{
				"text": {of["on-fill"], of["fill"], 4.5}, "hover": {of["on-fill"], of["hover"], 4.5},
				"edge": {of["edge"], paper, 3}, "tint": {of["tint"], paper, 4.5},
				"tint on the ground": {of["tint"], of["ground"], 4.5},
			} {
				if got := ratio(x.a, x.b); got < x.least {
					rt.Errorf("%s on %s, %s: %.2f", colour, paper, name, got)
				}
			}
		}
	})
	for file, want := range map[string]int{"icon.ffcc00.57.svg": 200, "icon.ffcc00.c9.svg": 200,
		"icon.ffcc00.3c.svg": 404, "icon.ffcc00.77.svg": 404, "icon.ffcc00.0.svg": 404,
		"icon.ffcc00.110000.svg": 404, "icon.fc0.57.svg": 404} {
		if p := b.get("/assets/" + file); p.status != want {
			t.Errorf("%s: %d", file, p.status)
		}
	}
	for _, file := range []string{"brand.fff.css", "brand.ffcc00}.css", "brand.FFCC00.css",
		"nothing.css"} {
		if p := b.get("/assets/" + file); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", file, p.status)
		}
	}
}

// ratio is WCAG's contrast of two colours, worked out apart from the code under test.
func ratio(a, b string) float64 {
	lum := func(s string) float64 {
		var l float64
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(s[2*i:2*i+2], 16, 8)
			if err != nil {
				return math.NaN()
			}
			c := float64(n) / 255
			if c <= 0.04045 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			l += weight * c
		}
		return l
	}
	x, y := lum(a), lum(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestAFormFromAnotherSiteIsNotUsed(t *testing.T) {
	h := onSQLite(t)
	path := h.mailed(h.Invite("grace@new.test", nil))
	for _, x := range []struct {
		path, site, origin string
		status             int
	}{
		{"/sign-in", "cross-site", "https://evil.test", http.StatusForbidden},
		{"/sign-in", "same-site", "https://other.usher.test", http.StatusForbidden},
		{"/sign-in", "", "https://evil.test", http.StatusForbidden},
		{"/sign-in", "", "null", http.StatusForbidden},
		{"/sign-in", "", "https://usher.test", http.StatusUnprocessableEntity},
		{"/sign-in", "same-origin", "null", http.StatusUnprocessableEntity},
		{path, "cross-site", "null", http.StatusForbidden},
		{path, "", "https://evil.test", http.StatusForbidden},
		// an old browser, whose page said no-referrer
		{path, "", "null", http.StatusUnprocessableEntity},
	} {
		b := h.browser(t)
		b.header.Set("Origin", x.origin)
		if x.site != "" {
			b.header.Set("Sec-Fetch-Site", x.site)
		}
		if p := b.send(http.MethodPost, x.path,
			map[string][]string{"act": {"accept"}}); p.status != x.status {
			t.Errorf("%+v: %d", x, p.status)
		}
	}
}

func TestOddRequestsGetACalmAnswer(t *testing.T) {
	h := onSQLite(t)
	b := h.browser(t)
	b.get("/nowhere").shows(http.StatusNotFound, "There is no such page")
	b.send(http.MethodPost, "/nowhere", nil).shows(http.StatusNotFound)
	b.send(http.MethodPost, "/", nil).shows(http.StatusOK)
	b.get("/sign-out").shows(http.StatusOK, "Welcome")
	if p := b.send(http.MethodDelete, "/sign-in", nil).
		shows(http.StatusMethodNotAllowed); p.header.Get("Allow") != "GET, HEAD, POST" {
		t.Errorf("Allow is %q", p.header.Get("Allow"))
	}
	b.send(http.MethodPost, "/sign-in",
		map[string][]string{"login": {strings.Repeat("x", 70_000)}}).
		shows(http.StatusRequestEntityTooLarge, "could not be read")
	b.send(http.MethodPost, "/sign-in?%zz", nil).shows(http.StatusBadRequest, "could not be read")
}

func TestWhatBreaksIsLoggedOnceAndTellsNothing(t *testing.T) {
	h := onSQLite(t)
	path := h.mailed(h.Invite("grace@new.test", nil))
	if _, err := h.Store.DB().
		ExecContext(t.Context(), "ALTER TABLE invitations RENAME TO gone"); err != nil {
		t.Fatal(err)
	}
	h.browser(t).get(path).shows(http.StatusInternalServerError, "Something went wrong on our side",
		"REQ7").hides("sql", "table")
	log := h.log.String()
	if strings.Count(log, "\n") != 1 || !strings.Contains(log, "level=ERROR") ||
		!strings.Contains(log, "request_id=REQ7") ||
		strings.Contains(log, strings.TrimPrefix(path, "/invitations/")) {
		t.Errorf("the log is %s", log)
	}
}

func TestADatabaseThatIsAwayIsSaidInTheReadersLanguage(t *testing.T) {
	h := onSQLite(t)
	path := h.mailed(h.Invite("grace@new.test", nil))
	if err := h.Store.Close(); err != nil {
		t.Fatal(err)
	}
	p := h.browser(t).get(path+"?lang=fr").
		shows(http.StatusServiceUnavailable, "momentanément indisponible").hides("sql", "closed")
	if p.header.Get("Retry-After") == "" {
		t.Error("it does not say when to come back")
	}
	log := h.log.String()
	if strings.Count(log, "\n") != 1 || !strings.Contains(log, "level=WARN") ||
		!strings.Contains(log, "request_id=REQ7") ||
		strings.Contains(log, strings.TrimPrefix(path, "/invitations/")) {
		t.Errorf("the log is %s", log)
	}
}

// The catalogues: the same keys in both languages, all of them used, all that is used there.
func TestEverySentenceIsThereInBothLanguages(t *testing.T) {
	t.Parallel()
	keys := map[string][]string{}
	for _, lang := range []string{"en", "fr"} {
		b, err := os.ReadFile("../i18n/locales/pages." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		for k := range m {
			keys[lang] = append(keys[lang], k)
		}
		slices.Sort(keys[lang])
	}
	if !slices.Equal(keys["en"], keys["fr"]) {
		t.Error("the languages have different keys")
	}
	code := ""
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
			b, err := os.ReadFile(e.Name())
			if err != nil {
				t.Fatal(err)
			}
			code += string(b)
		}
	}
	b, err := os.ReadFile("../../web/pages/page.html")
	if err != nil {
		t.Fatal(err)
	}
	code += string(b)
	for _, k := range keys["en"] {
		name := strings.TrimPrefix(k, "pages.")
		stem, end := name, ""
		// v.message and over() put these together
		for _, suffix := range []string{"_title", "_text"} {
			if s, cut := strings.CutSuffix(name, suffix); cut {
				stem, end = s, suffix
			}
		}
		used := strings.Contains(code, `"`+name+`"`) || strings.Contains(code, `"`+k+`"`) ||
			strings.Contains(code, `"`+strings.TrimPrefix(name, "done_")+`"`) ||
			end != "" && strings.Contains(code, `"`+stem+`"`)
		if !used {
			t.Errorf("nobody says %s", k)
		}
	}
}
