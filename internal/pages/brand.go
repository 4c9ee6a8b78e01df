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

// pageBrand is the name, logo, colours and contact that a page shows: Usher's or a workspace's.
type pageBrand struct {
	Name       string
	Logo       string // address of a picture, empty if none
	LogoOrigin string
	Style      string // path of the style sheet with its colours, empty for Usher's
	Contact    string // support contact as the workspace wrote it
}

// usherBrand returns the brand of pages that belong to no workspace.
func usherBrand() pageBrand { return pageBrand{Name: i18n.T(i18n.English, "pages.product", nil)} }

// workspaceBrand returns the brand of a workspace. Malformed colours and logo URLs are left out.
func workspaceBrand(w *ent.Workspace) pageBrand {
	b := pageBrand{Name: w.Name}
	if w.SupportContact != nil {
		b.Contact = *w.SupportContact
	}
	// Stored colours are validated. This repeats it, because the colour becomes part of a path.
	if w.Color != nil && colorPattern.MatchString(strings.ToLower(*w.Color)) {
		b.Style = "/assets/brand." + strings.ToLower(*w.Color)[1:] + ".css"
	}
	if w.LogoURL != nil {
		// Security: the origin becomes part of the Content-Security-Policy header. A quote or
		// semicolon in the host could add directives to it.
		if u, err := url.Parse(*w.LogoURL); err == nil && u.Scheme == "https" && u.User == nil &&
			hostPattern.MatchString(u.Host) {
			b.Logo, b.LogoOrigin = u.String(), "https://"+u.Host
		}
	}
	return b
}

var (
	// Security: these values are written into styles and headers, so they have exactly these forms.
	colorPattern     = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	hostPattern      = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]{1,5})?$`)
	brandFilePattern = regexp.MustCompile(`^brand\.([0-9a-f]{6})\.css$`)
)

// The page background in light and dark mode (--paper in pages.css), and the border of a button
// whose colour is too close to it.
const (
	paperLight, edgeLight = "ffffff", "6b7684"
	paperDark, edgeDark   = "171c23", "8792a0"
)

// brandStyle returns the style sheet of a colour, which it reads from the file name; false for any
// other file name. The style sheet is a separate file because the policy allows no inline styles.
//
// Text is white or black, whichever has more contrast: one of them always reaches 4.58:1. WCAG 2.2
// (1.4.11) requires 3:1 between a control and the page. A button below that gets a border that
// reaches it.
func brandStyle(file string) (string, bool) {
	m := brandFilePattern.FindStringSubmatch(file)
	if m == nil {
		return "", false
	}
	ground := relativeLuminance(m[1])
	text := "#fff"
	// Black or white, whichever is easier to read on the color.
	if contrastRatio(ground, 0) > contrastRatio(1, ground) {
		text = "#000"
	}
	edge := func(paper, otherwise string) string {
		// 3:1 is what WCAG 2.2 asks of the edges of controls (success criterion 1.4.11).
		if contrastRatio(ground, relativeLuminance(paper)) < 3 {
			return otherwise
		}
		return m[1]
	}
	return fmt.Sprintf(
		":root{--brand:#%s;--on-brand:%s;--brand-edge:#%s}\n@media (prefers-color-scheme:dark){:root{--brand:#%[1]s;--brand-edge:#%[4]s}}\n",
		m[1], text, edge(paperLight, edgeLight), edge(paperDark, edgeDark)), true
}

// relativeLuminance returns the relative luminance of "rrggbb" as WCAG 2.2 defines it, from 0 to 1.
func relativeLuminance(hex string) float64 {
	channel := func(at int) float64 {
		n, err := strconv.ParseUint(hex[at:at+2], 16, 8)
		if err != nil {
			return 0
		}
		f := float64(n) / 255
		// The sRGB transfer function is linear near black.
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(0) + 0.7152*channel(2) + 0.0722*channel(4)
}

// contrastRatio returns the contrast ratio of two luminances, in either order.
func contrastRatio(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }
