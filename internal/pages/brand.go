package pages

import (
	"strings"

	"usher/ent"
	"usher/ent/predicate"
	"usher/ent/workspace"
	"usher/internal/i18n"
	"usher/internal/palette"
	"usher/internal/store"
	"usher/internal/weburl"
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
	PrivacyURL string // address of the privacy notice, empty if none
	TermsURL   string // address of the terms, empty if none
}

// usherBrand returns the brand of pages that belong to no workspace.
func usherBrand() pageBrand {
	name := i18n.T(i18n.English, "pages.product", nil)
	return pageBrand{Name: name, Monogram: palette.Monogram(name), Style: palette.StylePath(palette.Usher),
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
		Style: palette.StylePath(color), Contact: trimmedText(w.SupportContact),
		PrivacyURL: trimmedText(w.Settings.PrivacyURL), TermsURL: trimmedText(w.Settings.TermsURL)}
	b.Icon = palette.IconPath(color, b.Monogram)
	if w.LogoURL != nil {
		if u, ok := weburl.ParsePicture(*w.LogoURL); ok {
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
