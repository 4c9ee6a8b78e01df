package webhook

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"usher/internal/fault"
	"usher/internal/weburl"
)

// maxURL limits the URL of an endpoint in bytes.
const maxURL = 2_000

// numericHost matches a name whose last label is a number. Some resolvers read such names as IPv4
// addresses in another spelling, such as 127.1 or 0x7f000001.
var numericHost = regexp.MustCompile(`(^|\.)([0-9]+|0x[0-9a-f]*)$`)

// parseURL returns the canonical form of the URL of an endpoint: its host in lower case, without the
// default port. It must be https, or http where private networks are allowed, without user and
// fragment. Errors: BAD_USER_INPUT at the field url.
//
// Security: the check of the address only tells the user early. The one that counts is
// refusePrivate, at each attempt.
func parseURL(value string, allowPrivate bool) (string, error) {
	value = strings.TrimSpace(value)
	u, err := url.Parse(value)
	// No reason is named in detail, because a malformed URL may hold a password.
	if err != nil || len(value) > maxURL || u.User != nil || u.Opaque != "" || u.Host == "" ||
		strings.Contains(value, "#") || strings.ContainsFunc(value, isUnsafeRune) {
		return "", fault.Input("url", "webhook.url_form")
	}
	if u.Scheme != "https" && !(allowPrivate && u.Scheme == "http") {
		return "", fault.Input("url", "webhook.url_https")
	}
	u.Host = strings.ToLower(u.Host)
	port, isNumber := portOf(u)
	if !isNumber {
		return "", fault.Input("url", "webhook.url_form")
	}
	host := u.Hostname()
	ip, err := netip.ParseAddr(host)
	isName := err != nil
	switch {
	case isName && (!weburl.IsHostname(host) || numericHost.MatchString(host)):
		return "", fault.Input("url", "webhook.url_form")
	case allowPrivate:
	case isName && weburl.IsLoopback(host), !isName && !isPublicAddress(ip):
		return "", fault.Input("url", "webhook.url_private")
	case !isAllowedPort(port):
		return "", fault.Input("url", "webhook.url_port")
	}
	return u.String(), nil
}

// portOf returns the port of a URL and removes it if its scheme implies it, so that two spellings of
// one URL compare equal; false if it is none.
func portOf(u *url.URL) (port uint16, ok bool) {
	implied := map[string]uint16{"https": 443, "http": 80}[u.Scheme]
	text := u.Port()
	if text == "" {
		// A colon without a port.
		return implied, !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, false
	}
	if uint16(n) == implied {
		u.Host = strings.TrimSuffix(u.Host, ":"+text)
	}
	return uint16(n), true
}

// isUnsafeRune reports characters that programs drop or replace: white space, control characters
// and the backslash, and letters that a URL writes as escapes.
func isUnsafeRune(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }
