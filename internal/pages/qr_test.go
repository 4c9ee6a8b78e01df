package pages_test

import (
	"bytes"
	"image/png"
	"net/http"
	"strings"
	"testing"
)

// JOI-1: the address is shown as a QR code, SVG and PNG.
func TestAJoinLinkHasItsQRCode(t *testing.T) {
	h := onSQLite(t)
	l := h.joinLink("acme", nil)
	b := h.browser(t)
	p := b.get("/join/acme/qr.svg").
		shows(http.StatusOK, "Workspace acme: QR code of https://usher.test/join/acme")
	for name, want := range map[string]string{
		"Content-Type": "image/svg+xml", "Content-Disposition": `inline; filename="acme.svg"`,
		"Cache-Control": "private, max-age=300", "Content-Security-Policy": "default-src 'none'",
		"X-Content-Type-Options": "nosniff",
	} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}

	for query, least := range map[string]int{"": 450, "?size=128": 100, "?size=2048": 1900} {
		p := b.get("/join/acme/qr.png" + query)
		picture, err := png.Decode(bytes.NewReader([]byte(p.body)))
		if err != nil || p.header.Get("Content-Type") != "image/png" {
			t.Fatalf("%s: %v, %s", query, err, p.header.Get("Content-Type"))
		}
		if side := picture.Bounds().Dx(); side < least || side > least+200 {
			t.Errorf("%s: %d pixels", query, side)
		}
	}
	for _, query := range []string{"?size=0", "?size=127", "?size=2049", "?size=many",
		"?size=99999999999999999999"} {
		b.get("/join/acme/qr.png"+query).shows(http.StatusBadRequest, "from 128 to 2048").
			faultless()
	}
	for _, path := range []string{"/join/nowhere/qr.png", "/join/acme/qr.gif",
		"/join/acme/qr.svg/more"} {
		b.get(path).shows(http.StatusNotFound)
	}
	if p := b.send(http.MethodHead, "/join/acme/qr.png", nil); p.status != http.StatusOK ||
		p.body != "" {
		t.Errorf("HEAD: %d, %d bytes", p.status, len(p.body))
	}

	// Closed or moved, the poster is right all the same.
	h.edit(l, linkEdit{Enabled: new(false), Slug: new("moved")})
	present := b.get("/join/moved/qr.svg")
	if old := b.get("/join/acme/qr.svg"); old.body != present.body ||
		!strings.Contains(old.body, "/join/moved") {
		t.Error("the code of the old slug is not that of the present one")
	}
}
