package pages

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"usher/web"
)

// asset is a file that browsers may keep for ever, because its name changes with its content.
type asset struct {
	path    string // with the hash
	kind    string
	content string
}

var assets = readAssets(map[string]string{
	"pages.css": "text/css; charset=utf-8",
	"pages.js":  "text/javascript; charset=utf-8",
	"icon.svg":  "image/svg+xml",
})

func readAssets(kinds map[string]string) map[string]asset {
	list := map[string]asset{}
	for name, kind := range kinds {
		content, err := fs.ReadFile(web.Pages(), name)
		if err != nil {
			panic(err) // embedded when the program was built
		}
		sum := sha256.Sum256(content)
		extension := path.Ext(name)
		file := strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:6]) + extension
		list[name] = asset{"/assets/" + file, kind, string(content)}
	}
	return list
}

// assetPath is the address of a file, for the template.
func assetPath(name string) string { return assets[name].path }

// serveAsset answers for /assets/: the files above, and the colours of a workspace.
func serveAsset(w http.ResponseWriter, r *http.Request) {
	for _, a := range assets {
		if a.path == r.URL.Path {
			serveFile(w, r, a.kind, a.content)
			return
		}
	}
	if style, ok := brandStyle(r.PathValue("file")); ok {
		serveFile(w, r, "text/css; charset=utf-8", style)
		return
	}
	http.NotFound(w, r)
}

func serveFile(w http.ResponseWriter, r *http.Request, kind, content string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	// Security: a picture that is opened by itself is a document of our origin; it may do nothing.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
}
