package pages

import (
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"usher/ent"
	"usher/internal/i18n"
)

// pageBrand is whose page it is: Usher's own, or a workspace's.
type pageBrand struct {
	Name       string
	Logo       string // address of a picture, empty if none
	LogoOrigin string
	Style      string // path of the style sheet with its colours, empty for Usher's
	Contact    string // whom people may ask
}

// usherBrand is the brand of pages that belong to no workspace.
func usherBrand() pageBrand { return pageBrand{Name: i18n.T(i18n.English, "pages.product", nil)} }

// workspaceBrand is a workspace's brand.
func workspaceBrand(w *ent.Workspace) pageBrand {
	b := pageBrand{Name: w.Name}
	if w.SupportContact != nil {
		b.Contact = *w.SupportContact
	}
	if w.Color != nil && colorPattern.MatchString(strings.ToLower(*w.Color)) {
		b.Style = "/assets/brand." + strings.ToLower(*w.Color)[1:] + ".css"
	}
	if w.LogoURL != nil {
		// Security: the origin goes into the policy; a host with a quote or a semicolon in it could
		// write more of that.
		if u, err := url.Parse(*w.LogoURL); err == nil && u.Scheme == "https" && u.User == nil &&
			hostPattern.MatchString(u.Host) {
			b.Logo, b.LogoOrigin = u.String(), "https://"+u.Host
		}
	}
	return b
}

var (
	colorPattern     = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	hostPattern      = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]{1,5})?$`)
	brandFilePattern = regexp.MustCompile(`^brand\.([0-9a-f]{6})\.css$`)
)

// What a button stands on, light and dark (--paper in pages.css), and the edge it gets where it
// would melt into that.
const (
	paperLight, edgeLight = "ffffff", "6b7684"
	paperDark, edgeDark   = "171c23", "8792a0"
)

// brandStyle writes the style sheet of a colour. It is a file of its own because the policy allows
// no inline styles, and depends on nothing but its name.
//
// Text is white or black, whichever stands out more: one of them always reaches 4.58:1. A button
// that does not reach the 3:1 that WCAG 2.2 asks of controls (1.4.11) against the page gets an edge
// that does.
func brandStyle(file string) (string, bool) {
	m := brandFilePattern.FindStringSubmatch(file)
	if m == nil {
		return "", false
	}
	ground := relativeLuminance(m[1])
	text := "#fff"
	if contrastRatio(ground, 0) > contrastRatio(1, ground) {
		text = "#000"
	}
	edge := func(paper, otherwise string) string {
		if contrastRatio(ground, relativeLuminance(paper)) < 3 {
			return otherwise
		}
		return m[1]
	}
	return fmt.Sprintf(
		":root{--brand:#%s;--on-brand:%s;--brand-edge:#%s}\n@media (prefers-color-scheme:dark){:root{--brand:#%[1]s;--brand-edge:#%[4]s}}\n",
		m[1], text, edge(paperLight, edgeLight), edge(paperDark, edgeDark)), true
}

// relativeLuminance is the relative luminance of "rrggbb" after WCAG 2.2, from 0 to 1.
func relativeLuminance(hex string) float64 {
	channel := func(at int) float64 {
		n, err := strconv.ParseUint(hex[at:at+2], 16, 8)
		if err != nil {
			return 0
		}
		f := float64(n) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(0) + 0.7152*channel(2) + 0.0722*channel(4)
}

// contrastRatio is the ratio of two luminances, whichever is lighter.
func contrastRatio(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }
