package weburl

import (
	"slices"
	"strings"
)

// tokenPlace is where a template has the token of the link.
const tokenPlace = "{token}"

// ParseTemplate parses the template of a link to a front end: the address of a page, as ParsePage
// takes it, with "{token}" once behind the host. It returns the origin of the page.
func ParseTemplate(template string) (origin string, ok bool) {
	if strings.Count(template, tokenPlace) != 1 {
		return "", false
	}
	// Two tokens, so that a placeholder in the host shows as a difference.
	first, ok := ParsePage(strings.Replace(template, tokenPlace, "1", 1))
	second, alsoOK := ParsePage(strings.Replace(template, tokenPlace, "2", 1))
	if !ok || !alsoOK || first.Host != second.Host {
		return "", false
	}
	// Any other brace is a mistake, such as {Token}.
	if strings.ContainsAny(strings.Replace(template, tokenPlace, "", 1), "{}") {
		return "", false
	}
	return first.Scheme + "://" + first.Host, true
}

// FillTemplate returns the link of a token by a template. It returns false unless the origin of the
// template is one of origins, which are in the format of the Origin header.
func FillTemplate(template, token string, origins []string) (string, bool) {
	origin, ok := ParseTemplate(template)
	if !ok || !slices.Contains(origins, origin) {
		return "", false
	}
	return strings.Replace(template, tokenPlace, token, 1), true
}
