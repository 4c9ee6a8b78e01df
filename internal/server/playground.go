package server

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"usher/internal/inbound"
)

// playgroundPolicy lets GraphiQL set styles from its scripts; everything else comes from this
// server.
const playgroundPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; " +
	"img-src 'self' data:; frame-ancestors 'none'"

// playgroundHandler serves GraphiQL from the given files: the index, or the file in the path when
// index is "". GraphiQL's files are embedded as gzip, which saves 3 MB of the binary.
func playgroundHandler(files fs.FS, index string) http.HandlerFunc {
	_, missing := fs.Stat(files, "dist/graphiql.min.js.gz")
	return func(w http.ResponseWriter, r *http.Request) {
		if missing != nil {
			writePlain(w, http.StatusNotFound,
				"this binary was built without GraphiQL: build it with make\n")
			return
		}
		name := index
		if name == "" {
			name = path.Base(r.PathValue("file"))
		}
		if packed, err := fs.ReadFile(files, "dist/"+name+".gz"); err == nil {
			w.Header().Set("Content-Security-Policy", playgroundPolicy)
			serveCompressed(w, r, name, packed)
			return
		}
		if f, err := fs.Stat(files, name); err == nil && !f.IsDir() {
			w.Header().Set("Content-Security-Policy", playgroundPolicy)
			http.ServeFileFS(w, r, files, name)
			return
		}
		http.NotFound(w, r)
	}
}

// serveCompressed serves a file that is stored as gzip. It decompresses the file for clients that
// do not accept gzip.
func serveCompressed(w http.ResponseWriter, r *http.Request, name string, packed []byte) {
	h := w.Header()
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("Vary", "Accept-Encoding")
	if inbound.AcceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(packed)))
		_, _ = w.Write(packed) // fails only when the client hangs up
		return
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(err) // the file was compressed when the binary was built
	}
	_, _ = io.Copy(w, unpacked)
}

// withPlayground redirects a browser that opens the address of the API to GraphiQL, where it is
// served. A request with a query is never redirected.
func (s *httpServer) withPlayground(next http.Handler) http.Handler {
	if !s.Settings.Demo && !s.Settings.Playground {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.RawQuery == "" &&
			strings.Contains(r.Header.Get("Accept"), "text/html") {
			http.Redirect(w, r, "/playground", http.StatusSeeOther)
			return
		}
		next.ServeHTTP(w, r)
	})
}
