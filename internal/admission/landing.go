package admission

import (
	"net/url"

	"usher/ent"
	"usher/internal/inputs"
	"usher/internal/weburl"
)

// LandingURL returns where a person goes after they came in (INV-21): the redirect URL of the grant,
// else the home URL of the workspace, else "".
//
// Security: the redirect URL is compared with the list of now. A page that administrators have
// removed from it since may no longer belong to them.
func LandingURL(w *ent.Workspace, redirectURL string) string {
	if redirectURL != "" && weburl.IsBelow(redirectURL, w.Settings.AllowedRedirectURLs) {
		return redirectURL
	}
	return inputs.ValueOrEmpty(w.HomeURL)
}

// MakeEmailedLink returns the link of a token for an email: on the page of the workspace's front end
// that template names, else on the page of Usher at path (INV-21).
//
// Security: the operator's list of front ends is asked again, since a template may be older than its
// present state.
func (d *Deps) MakeEmailedLink(template *string, token string, path ...string) string {
	if template != nil {
		if link, ok := weburl.FillTemplate(*template, token, d.LinkOrigins); ok {
			return link
		}
	}
	return d.PublicURL.JoinPath(append(path, token)...).String()
}

// ConsoleLink returns the address of a page of the console, opened in a workspace.
func (d *Deps) ConsoleLink(w *ent.Workspace, path string, query url.Values) string {
	u := d.PublicURL.JoinPath("console", path)
	if query == nil {
		query = url.Values{}
	}
	query.Set("workspace", w.Slug)
	u.RawQuery = query.Encode()
	return u.String()
}
