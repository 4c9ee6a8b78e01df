package server

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheConsoleIsServedWithANonceAndItsAssetsCompressed(t *testing.T) {
	t.Parallel()
	const script = "console.log('usher')"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(script)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	handler := consoleHandler(fstest.MapFS{
		"index.html":          {Data: []byte(`<meta property="csp-nonce" nonce="USHER_NONCE">`)},
		"icon.svg":            {Data: []byte("<svg/>")},
		"assets/a.js.gz":      {Data: packed.Bytes()},
		"assets/a.js.br":      {Data: []byte("brotli")},
		"assets/style.css.gz": {Data: packed.Bytes()},
	})
	get := func(path, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}

	for _, c := range []struct{ path, accept, coding, body string }{
		{"/console/assets/a.js", "gzip, deflate, br", "br", "brotli"},
		{"/console/assets/a.js", "gzip", "gzip", packed.String()},
		{"/console/assets/a.js", "", "", script},
	} {
		w := get(c.path, c.accept)
		if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != c.coding ||
			w.Body.String() != c.body {
			t.Errorf("%s with %q: %d, %q, %q", c.path, c.accept, w.Code,
				w.Header().Get("Content-Encoding"), w.Body)
		}
		if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control %q", c.path, got)
		}
	}
	if w := get("/console/assets/gone.js", "br"); w.Code != http.StatusNotFound {
		t.Errorf("a missing script answered %d", w.Code)
	}

	// A deep link is answered with the page; each response has its own nonce.
	seen := map[string]bool{}
	for _, path := range []string{"/console/", "/console/people", "/console/people/mem_1"} {
		w := get(path, "gzip")
		_, rest, _ := strings.Cut(w.Header().Get("Content-Security-Policy"), "'nonce-")
		nonce, _, _ := strings.Cut(rest, "'")
		if w.Code != http.StatusOK || len(nonce) < 20 || seen[nonce] ||
			!strings.Contains(w.Body.String(), `nonce="`+nonce+`"`) {
			t.Errorf("%s: %d, nonce %q in %s", path, w.Code, nonce, w.Body)
		}
		seen[nonce] = true
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
	}

	w := httptest.NewRecorder()
	consoleHandler(fstest.MapFS{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/console/", nil))
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "build it with make") {
		t.Errorf("without the console: %d %s", w.Code, w.Body)
	}
}
