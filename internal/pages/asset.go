package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"usher/internal/inbound"
	"usher/internal/palette"
	"usher/web"
)

// staticAsset is a file that browsers may cache permanently: its name holds a hash of its content.
type staticAsset struct {
	path        string // with the hash
	contentType string
	content     []byte
	compressed  []byte // by gzip
}

var assets = readAssets(map[string]string{
	"pages.css": "text/css; charset=utf-8",
	"pages.js":  "text/javascript; charset=utf-8",
	"icon.svg":  "image/svg+xml",
})

// readAssets loads files of the pages, each with a compressed copy. Kinds are their media types by
// file name.
func readAssets(kinds map[string]string) map[string]staticAsset {
	list := map[string]staticAsset{}
	for name, kind := range kinds {
		content, err := fs.ReadFile(web.Pages(), name)
		if err != nil {
			panic(err) // embedded when the program was built
		}
		// The hash makes a new name for each content, so the file can be cached permanently.
		sum := sha256.Sum256(content)
		extension := path.Ext(name)
		file := strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:6]) + extension
		list[name] = staticAsset{"/assets/" + file, kind, content, compressGzip(content)}
	}
	return list
}

// compressGzip compresses an asset once, when the program starts.
//
// Security: pages are not compressed. A compressed page that holds a token and text of another
// person leaks the token through its size (BREACH).
func compressGzip(content []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err) // writes into memory at a valid level cannot fail
	}
	return b.Bytes()
}

// assetPath returns the path of an asset by its plain name. The template calls it.
func assetPath(name string) string { return assets[name].path }

// serveAsset serves /assets/: the static assets, and the style sheet and the icon of a workspace's
// colour.
func serveAsset(w http.ResponseWriter, r *http.Request) {
	for _, a := range assets {
		if a.path == r.URL.Path {
			content := a.content
			// A cache in between must not give the compressed file to a client that cannot read it.
			w.Header().Set("Vary", "Accept-Encoding")
			if inbound.AcceptsGzip(r) {
				w.Header().Set("Content-Encoding", "gzip")
				content = a.compressed
			}
			serveFile(w, a.contentType, content)
			return
		}
	}
	if content, kind := palette.Asset(r.PathValue("file")); content != "" {
		serveFile(w, kind, []byte(content))
		return
	}
	http.NotFound(w, r)
}

// serveFile sends content that never changes under its address, and that browsers may cache for a
// year.
func serveFile(w http.ResponseWriter, kind string, content []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	// Security: an SVG opened in its own tab is a document of this origin, so it may load and run
	// nothing.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = w.Write(content) // fails only when the client hangs up
}
