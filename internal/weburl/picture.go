package weburl

import (
	"net/url"
	"regexp"
)

// hostForm is the form of the host of a picture. Security: pages write it into the header
// Content-Security-Policy, where a quote or a semicolon could add directives.
var hostForm = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]{1,5})?$`)

// ParsePicture parses the URL of a picture that pages and emails show: https, without a user name.
func ParsePicture(address string) (*url.URL, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || !hostForm.MatchString(u.Host) {
		return nil, false
	}
	return u, true
}
