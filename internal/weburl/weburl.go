// Package weburl parses the web addresses that operators and administrators enter: origins, pages
// and lists of allowed pages. It accepts https, and plain http on this machine only.
package weburl

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxLength limits a URL in bytes. Longer ones do not fit into all browsers and email programs.
const maxLength = 2_000

// hostnamePattern matches a lower-case host name of a URL: letters, digits and hyphens; other
// scripts as xn-- labels.
var hostnamePattern = regexp.MustCompile(
	`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// IsHostname reports whether a text is a host name in lower case.
func IsHostname(host string) bool { return hostnamePattern.MatchString(host) }

// IsLoopback reports whether a host is this machine, so that its traffic crosses no network.
func IsLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() || host == "localhost" ||
		strings.HasSuffix(host, ".localhost")
}

// ParseOrigin parses scheme://host[:port] and removes the scheme's default port, as browsers do in
// the Origin header. It returns false and no error text, because a malformed value may hold a
// password.
func ParseOrigin(value string) (*url.URL, bool) {
	u, err := url.Parse(strings.ToLower(value))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !hasPlainHost(u) {
		return nil, false
	}
	// Any other part of the value (user, path, query, fragment, a colon without a port) shows as a
	// difference here.
	if u.Scheme+"://"+u.Host != strings.ToLower(value) || strings.HasSuffix(u.Host, ":") {
		return nil, false
	}
	dropDefaultPort(u)
	return u, true
}

// hasPlainHost reports whether the host of a URL is a name or an address, with a port or without.
func hasPlainHost(u *url.URL) bool {
	host, port := u.Hostname(), u.Port()
	ip, err := netip.ParseAddr(host)
	number, portErr := strconv.ParseUint(port, 10, 16)
	switch {
	case err != nil && !IsHostname(host), err == nil && ip.Zone() != "":
		return false
	case port != "" && (portErr != nil || number == 0):
		return false
	}
	return true
}

// dropDefaultPort removes the port that the scheme implies.
func dropDefaultPort(u *url.URL) {
	if port := u.Port(); u.Scheme == "http" && port == "80" ||
		u.Scheme == "https" && port == "443" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
}

// ParsePage parses the address of a page, which may have a path, a query and a fragment. It is
// https, or http on this machine. The result has a host in lower case and no default port, so that
// two spellings of one address compare equal.
//
// Security: a path that a browser or a server would change is refused. "/learn/../admin" is below
// "/learn" as a text and not below it as a page.
func ParsePage(value string) (*url.URL, bool) {
	u, err := url.Parse(value)
	if err != nil || len(value) > maxLength || u.User != nil || u.Opaque != "" ||
		strings.ContainsFunc(value, isUnsafeRune) {
		return nil, false
	}
	u.Host = strings.ToLower(u.Host)
	if !hasPlainHost(u) || strings.HasSuffix(u.Host, ":") ||
		u.Scheme != "https" && (u.Scheme != "http" || !IsLoopback(u.Hostname())) {
		return nil, false
	}
	// The decoded path: browsers treat %2e like a dot, and some servers %2f like a slash.
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "." || segment == ".." || strings.Contains(segment, `\`) {
			return nil, false
		}
	}
	dropDefaultPort(u)
	return u, true
}

// isUnsafeRune reports characters that browsers drop or replace: white space, control characters
// and the backslash, which they read as a slash.
func isUnsafeRune(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }

// ParsePrefix parses an entry of a list of allowed pages: an origin, or a page with everything below
// it. A query or a fragment would allow nothing more, so both are refused.
func ParsePrefix(value string) (*url.URL, bool) {
	u, ok := ParsePage(value)
	if !ok || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" ||
		strings.Contains(value, "#") {
		return nil, false
	}
	// "https://app.example.org/" and "https://app.example.org" allow the same pages.
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u, true
}

// IsBelow reports whether a page is one of the prefixes or below one: of the same origin, and with
// a path that continues the prefix at a slash. "https://app.example.org/learning" is not below
// "https://app.example.org/learn".
func IsBelow(page string, prefixes []string) bool {
	u, ok := ParsePage(page)
	return ok && slices.ContainsFunc(prefixes, func(prefix string) bool {
		p, ok := ParsePrefix(prefix)
		return ok && p.Scheme == u.Scheme && p.Host == u.Host &&
			strings.HasPrefix(u.EscapedPath()+"/", p.EscapedPath()+"/")
	})
}
