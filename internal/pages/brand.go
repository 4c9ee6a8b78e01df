package pages

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"usher/ent"
	"usher/ent/predicate"
	"usher/ent/workspace"
	"usher/internal/i18n"
	"usher/internal/palette"
	"usher/internal/store"
)

// pageBrand is the name, logo, colours and contact that a page shows: Usher's or a workspace's.
type pageBrand struct {
	Slug       string // of the workspace, empty for Usher's
	Name       string
	Monogram   string // the letter that stands in for a logo
	Logo       string // address of a picture, empty if none
	LogoOrigin string
	Style      string // path of the style sheet with the colours
	Icon       string // path of the picture in the browser's tab
	Contact    string // support contact as the workspace wrote it
}

// usherBrand returns the brand of pages that belong to no workspace.
func usherBrand() pageBrand {
	name := i18n.T(i18n.English, "pages.product", nil)
	return pageBrand{Name: name, Monogram: palette.Monogram(name), Style: brandStylePath(palette.Usher),
		Icon: assetPath("icon.svg")}
}

// workspaceBrand returns the brand of a workspace. A malformed colour is replaced by Usher's, a
// malformed logo by the monogram.
func workspaceBrand(w *ent.Workspace) pageBrand {
	color, ok := palette.Parse(trimmedText(w.Color))
	if !ok {
		color = palette.Usher
	}
	b := pageBrand{Slug: w.Slug, Name: w.Name, Monogram: palette.Monogram(w.Name),
		Style: brandStylePath(color), Contact: trimmedText(w.SupportContact)}
	b.Icon = brandIconPath(color, b.Monogram)
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

// loadBrand sets the brand of a page that is about no workspace of its own, so that the brand
// follows a person from the first page to the last: it is the workspace that the query names, else
// the only one of the caller, else the only one of the deployment, else Usher's.
func (v *visit) loadBrand() error {
	ctx := store.AsSystem(v.r.Context(), "the brand of a page, which anybody may see")
	find := func(of ...predicate.Workspace) (*ent.Workspace, error) {
		// Two rows tell apart "the only one" and "one of many".
		found, err := v.Store.Workspace.Query().Where(of...).Limit(2).All(ctx)
		if err != nil || len(found) != 1 {
			return nil, err
		}
		return found[0], nil
	}
	var w *ent.Workspace
	var err error
	if slug := v.r.URL.Query().Get("workspace"); slug != "" {
		if w, err = find(workspace.Slug(strings.ToLower(slug))); err != nil {
			return err
		}
	}
	// Several workspaces share the account pages of a person, so that none of them is shown.
	if w == nil && len(v.caller.Memberships) == 1 {
		if w, err = find(workspace.ID(v.caller.Memberships[0].WorkspaceID)); err != nil {
			return err
		}
	}
	if w == nil {
		if w, err = find(); err != nil {
			return err
		}
	}
	if w != nil {
		v.brand = workspaceBrand(w)
	}
	return nil
}

// Security: these values are written into styles, pictures and headers, so they have exactly these
// forms.
var (
	hostPattern      = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]{1,5})?$`)
	brandFilePattern = regexp.MustCompile(`^brand\.([0-9a-f]{6})\.css$`)
	iconFilePattern  = regexp.MustCompile(`^icon\.([0-9a-f]{6})\.([0-9a-f]{2,6})\.svg$`)
)

// brandStylePath returns the path of the style sheet of a colour.
func brandStylePath(color palette.Color) string {
	return "/assets/brand." + color.String()[1:] + ".css"
}

// brandIconPath returns the path of the picture that has a letter on a colour.
func brandIconPath(color palette.Color, letter string) string {
	return fmt.Sprintf("/assets/icon.%s.%02x.svg", color.String()[1:], []rune(letter)[0])
}

// brandAsset returns the style sheet or the icon of a colour with its media type. Both are separate
// files, because the policy allows no inline styles, and are drawn from what their names say: there
// are as many as colours and letters. It returns "" for any other file name.
func brandAsset(file string) (content, kind string) {
	if m := brandFilePattern.FindStringSubmatch(file); m != nil {
		if color, ok := palette.Parse("#" + m[1]); ok {
			return palette.StyleSheet(color), "text/css; charset=utf-8"
		}
	}
	if m := iconFilePattern.FindStringSubmatch(file); m != nil {
		color, ok := palette.Parse("#" + m[1])
		letter, err := strconv.ParseInt(m[2], 16, 32)
		// Security: only a letter that stands for a name, or the picture could hold markup.
		if ok && err == nil && palette.Monogram(string(rune(letter))) == string(rune(letter)) {
			return palette.Icon(color, rune(letter)), "image/svg+xml"
		}
	}
	return "", ""
}
