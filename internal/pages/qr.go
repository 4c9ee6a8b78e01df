package pages

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"usher/internal/fault"
	"usher/internal/qr"
)

// Side length of a QR code as PNG, in pixels.
const (
	minQRSize     = 128
	defaultQRSize = 512
	maxQRSize     = 2048
)

// serveJoinQRCode serves the QR code of a join link (JOI-1) at /join/{slug}/qr.svg and
// /join/{slug}/qr.png?size=512. The code holds the link's current URL. Closed links have one too,
// because posters are printed before the link opens. No sign-in is required: the code holds only
// the public slug.
func (v *visit) serveJoinQRCode() error {
	name := v.r.PathValue("picture")
	if name != "qr.svg" && name != "qr.png" || v.r.Method == http.MethodPost {
		return v.serveNotFound()
	}
	p, err := v.JoinLinks.JoinPage(v.r.Context(), v.caller, v.r.PathValue("slug"))
	if fault.Has(err, fault.NotFound) {
		return v.serveNotFound()
	}
	if err != nil {
		return err
	}
	v.locale = v.chooseLocale("", p.Workspace.DefaultLocale)
	link := v.PublicURL.JoinPath("join", p.Slug).String()
	if name == "qr.svg" {
		picture, err := v.qrCodes.SVG(link, v.t("qr_title", "Workspace", p.WorkspaceName,
			"Link", link))
		if err != nil {
			return fmt.Errorf("pages: the code of a link: %w", err)
		}
		return v.writePicture("image/svg+xml", p.Slug+".svg", picture)
	}

	// A browser scales SVG itself, so only PNG has a size.
	size := defaultQRSize
	if said := v.r.URL.Query().Get("size"); said != "" {
		size, err = strconv.Atoi(said)
		if err != nil || size < minQRSize || size > maxQRSize {
			return v.showPage(http.StatusBadRequest, pageView{
				Title: v.t("refused_title"),
				Text:  []string{v.t("qr_size", "Least", minQRSize, "Most", maxQRSize)},
				Links: []pageLink{{v.pathTo("/"), v.t("to_home")}},
			})
		}
	}
	picture, err := v.qrCodes.PNG(link, size)
	if err != nil {
		return fmt.Errorf("pages: the code of a link: %w", err)
	}
	return v.writePicture("image/png", p.Slug+".png", picture)
}

// writePicture writes a picture that browsers may cache for five minutes; the slug may change.
func (v *visit) writePicture(kind, name string, p qr.Picture) error {
	v.answered = true
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("ETag", p.ETag)
	// safe in quotes: a slug has letters, digits and hyphens only
	h.Set("Content-Disposition", `inline; filename="`+name+`"`)
	h.Set("Cache-Control", "private, max-age=300")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	// Security: an SVG opened in its own tab is a document of this origin, so it may load and run
	// nothing.
	h.Set("Content-Security-Policy", "default-src 'none'")
	// ServeContent handles If-None-Match, ranges and HEAD.
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(p.Content))
	return nil
}
