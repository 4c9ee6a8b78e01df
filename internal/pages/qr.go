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

// The side of a QR code as PNG, in pixels.
const (
	minQRSize     = 128
	defaultQRSize = 512
	maxQRSize     = 2048
)

// serveJoinQRCode is the QR code of a join link (JOI-1), /join/{slug}/qr.svg and
// /join/{slug}/qr.png?size=512. It holds the link's present address, and whoever knows the slug can
// make one anyway. A link that is closed has its code too: posters are printed before the door
// opens.
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
	v.locale = v.chooseLocale(p.Workspace.DefaultLocale)
	link := v.PublicURL.JoinPath("join", p.Slug).String()
	if name == "qr.svg" {
		picture, err := v.qrCodes.SVG(link, v.t("qr_title", "Workspace", p.WorkspaceName,
			"Link", link))
		if err != nil {
			return fmt.Errorf("pages: the code of a link: %w", err)
		}
		return v.writePicture("image/svg+xml", p.Slug+".svg", picture)
	}

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

// writePicture answers with a picture, for a few minutes: the link's slug may change.
func (v *visit) writePicture(kind, name string, p qr.Picture) error {
	v.answered = true
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("ETag", p.ETag)
	// a slug has letters, digits and hyphens
	h.Set("Content-Disposition", `inline; filename="`+name+`"`)
	h.Set("Cache-Control", "private, max-age=300")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	// Security: a picture that is opened by itself is a document of our origin; it may do nothing.
	h.Set("Content-Security-Policy", "default-src 'none'")
	// Answers 304 to a client that has the picture, and HEAD without it. What can fail is the
	// client going away.
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(p.Content))
	return nil
}
