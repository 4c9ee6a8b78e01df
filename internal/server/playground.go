package server

import (
	"io/fs"
	"net/http"
	"path"

	"usher/web"
)

// playground serves GraphiQL out of the binary: index for the page, else the file that the path names.
func playground(index string) http.HandlerFunc {
	files := web.Playground()
	_, missing := fs.Stat(files, "dist/graphiql.min.js")
	return func(w http.ResponseWriter, r *http.Request) {
		if missing != nil {
			plain(w, http.StatusNotFound, "this binary was built without GraphiQL: build it with make\n")
			return
		}
		name := index
		if name == "" {
			name = path.Base(r.PathValue("file"))
		}
		for _, at := range []string{name, "dist/" + name} {
			if f, err := fs.Stat(files, at); err == nil && !f.IsDir() {
				// GraphiQL sets styles from its scripts; everything else comes from here.
				w.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; frame-ancestors 'none'")
				http.ServeFileFS(w, r, files, at)
				return
			}
		}
		http.NotFound(w, r)
	}
}
