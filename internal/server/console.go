package server

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"usher/internal/inbound"
)

// noncePlaceholder stands in the console's page where the nonce of the response belongs. The build
// of the console writes it (web/console/vite.config.ts).
const noncePlaceholder = "USHER_NONCE"

// consolePolicy returns the policy of the console's page.
//
// Security: everything comes from this origin. Mantine inserts style elements while it runs; they
// carry the nonce of the response.
func consolePolicy(nonce string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; " +
		"img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// consoleHandler serves the built console. The console routes by itself, so every path without a
// file is answered with the page.
func consoleHandler(files fs.FS) http.Handler {
	page, err := fs.ReadFile(files, "index.html")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/console/")
		switch {
		case err != nil:
			writePlain(w, http.StatusNotFound,
				"this binary was built without the console: build it with make\n")
		case strings.HasPrefix(name, "assets/"):
			serveConsoleAsset(w, r, files, name)
		// Without a hash in its name, so it is cached for a day and not for a year.
		case name == "icon.svg":
			w.Header().Set("Cache-Control", "public, max-age=86400")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
			http.ServeFileFS(w, r, files, name)
		default:
			serveConsolePage(w, page)
		}
	})
}

// serveConsolePage serves the page with a nonce of its own.
func serveConsolePage(w http.ResponseWriter, page []byte) {
	nonce := rand.Text()
	body := bytes.ReplaceAll(page, []byte(noncePlaceholder), []byte(nonce))
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", consolePolicy(nonce))
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	_, _ = w.Write(body) // fails only when the client hangs up
}

// serveConsoleAsset serves a file whose name holds a hash of its content. Only its compressed forms
// are embedded.
func serveConsoleAsset(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	h := w.Header()
	coding, suffix := "gzip", ".gz"
	if acceptsBrotli(r) {
		coding, suffix = "br", ".br"
	}
	packed, err := fs.ReadFile(files, name+suffix)
	if err != nil {
		// Not the page: a script that is missing after an upgrade must fail as a script.
		http.NotFound(w, r)
		return
	}
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	if coding == "br" || inbound.AcceptsGzip(r) {
		h.Set("Content-Encoding", coding)
		h.Set("Content-Length", strconv.Itoa(len(packed)))
		_, _ = w.Write(packed) // fails only when the client hangs up
		return
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(err) // the file was compressed when the console was built
	}
	_, _ = io.Copy(w, unpacked)
}

// acceptsBrotli reports whether the client accepts Brotli, which browsers do over HTTPS and on
// localhost.
func acceptsBrotli(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		if strings.TrimSpace(coding) == "br" {
			return true
		}
	}
	return false
}
