package workspace

import (
	"slices"
	"strconv"

	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/weburl"
)

// checkLanding validates the home URL and the allowed redirect URLs (INV-21). It replaces each by
// its canonical spelling, in which they are compared later.
func (in *UpdateInput) checkLanding() error {
	var faults fault.Collector
	if v := in.HomeURL.Value; v != nil {
		u, ok := weburl.ParsePage(*v)
		if !ok {
			faults.Add(fault.Input("homeUrl", "workspace.home_url"))
		} else {
			in.HomeURL.Value = new(u.String())
		}
	}
	if in.AllowedRedirectURLs == nil {
		return faults.Err()
	}
	if len(in.AllowedRedirectURLs) > maxRedirects {
		faults.Add(fault.Input("allowedRedirectUrls", "workspace.redirect_urls_many",
			i18n.Args{"Max": maxRedirects}))
		return faults.Err()
	}
	allowed := []string{}
	for i, value := range in.AllowedRedirectURLs {
		u, ok := weburl.ParsePrefix(value)
		switch {
		case !ok:
			faults.Add(fault.Input("allowedRedirectUrls."+strconv.Itoa(i),
				"workspace.redirect_url"))
		// A repeated entry is dropped: the list means the same without it.
		case !slices.Contains(allowed, u.String()):
			allowed = append(allowed, u.String())
		}
	}
	in.AllowedRedirectURLs = allowed
	return faults.Err()
}

// checkLinkTemplates validates the templates of emailed links (INV-21).
//
// Security: the page gets tokens that prove a mailbox, so an administrator of a workspace may only
// name a front end that the operator trusts.
func (in *UpdateInput) checkLinkTemplates(origins []string) error {
	var faults fault.Collector
	for _, template := range []struct {
		field string
		value *string
	}{
		{"invitationLinkTemplate", in.InvitationLinkTemplate.Value},
		{"joinLinkTemplate", in.JoinLinkTemplate.Value},
	} {
		if template.value == nil {
			continue
		}
		origin, ok := weburl.ParseTemplate(*template.value)
		switch {
		case !ok:
			faults.Add(fault.Input(template.field, "workspace.link_template"))
		// Security: the operator names the origins. An administrator could otherwise send every
		// token to a site of their own.
		case !slices.Contains(origins, origin):
			faults.Add(fault.Input(template.field, "workspace.link_origin",
				i18n.Args{"Origin": origin}))
		}
	}
	return faults.Err()
}
