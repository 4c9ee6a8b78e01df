package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"usher/internal/i18n"
	"usher/internal/secret"
)

// hostnamePattern matches a lower-case host name of a URL: letters, digits and hyphens; other
// scripts as xn-- labels.
var hostnamePattern = regexp.MustCompile(
	`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// checkListenAddress validates a host:port to listen on; the host is optional.
func (p *problemList) checkListenAddress(variable, value string) string {
	host, port, err := net.SplitHostPort(value)
	_, portErr := strconv.ParseUint(port, 10, 16)
	_, ipErr := netip.ParseAddr(host)
	if err != nil || portErr != nil || host != "" && ipErr != nil &&
		!hostnamePattern.MatchString(strings.ToLower(host)) {
		p.addProblem(variable, "config.address_malformed", nil)
	}
	return value
}

// checkPublicURL validates the base URL of all links.
//
// Security: links carry tokens and session cookies need https, so plain http is allowed for this
// machine only. The URL is never taken from a request, because a forged Host header would redirect
// links to another site.
func (p *problemList) checkPublicURL(value, addr string, demo bool) *url.URL {
	const variable = "USHER_PUBLIC_URL"
	if value == "" {
		if !demo {
			p.addProblem(variable, "config.public_url_missing", nil)
			return nil
		}
		if value = deriveDemoURL(addr); value == "" {
			p.addProblem(variable, "config.public_url_demo", nil)
			return nil
		}
	}
	u, ok := parseOrigin(strings.TrimSuffix(value, "/"))
	if !ok {
		p.addProblem(variable, "config.public_url_malformed", nil)
		return nil
	}
	if u.Scheme == "http" && !demo && !isLoopback(u.Hostname()) {
		p.addProblem(variable, "config.public_url_plain", nil)
	}
	return u
}

// parseOrigin parses scheme://host[:port] and removes the scheme's default port, as browsers do in
// the Origin header. It returns false and no error text, because a malformed value may hold a
// password.
func parseOrigin(value string) (*url.URL, bool) {
	u, err := url.Parse(strings.ToLower(value))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil, false
	}
	host, port := u.Hostname(), u.Port()
	ip, err := netip.ParseAddr(host)
	switch number, portErr := strconv.ParseUint(port, 10, 16); {
	case err != nil && !hostnamePattern.MatchString(host), err == nil && ip.Zone() != "":
		return nil, false
	case port != "" && (portErr != nil || number == 0):
		return nil, false
	}
	// Any other part of the value (user, path, query, fragment, a colon without a port) shows as a
	// difference here.
	if u.Scheme+"://"+u.Host != strings.ToLower(value) || strings.HasSuffix(u.Host, ":") {
		return nil, false
	}
	if u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	return u, true
}

// isLoopback reports whether a host is this machine, so that its traffic crosses no network.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() || host == "localhost" ||
		strings.HasSuffix(host, ".localhost")
}

// deriveDemoURL returns the URL of a demo at a listen address as seen from the same machine, ""
// when the port is not known.
func deriveDemoURL(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "0" {
		return ""
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost" // an unspecified address includes the loopback interface
	}
	return "http://" + net.JoinHostPort(host, port)
}

// checkDatabaseURL validates the scheme of the URL and that it is not empty; the store parses the
// rest.
func (p *problemList) checkDatabaseURL(value secret.Redacted) secret.Redacted {
	kind, rest, _ := strings.Cut(value.Reveal(), ":")
	switch kind {
	case "sqlite":
		// The store adds its own options to the path; an operator's options could disable durable
		// writes.
		if rest == "" || strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, ":memory:") ||
			strings.ContainsAny(rest, "?#%") {
			p.addProblem("USHER_DATABASE_URL", "config.database_sqlite", nil)
		}
	case "postgres", "postgresql":
		// The error of url.Parse is dropped, because it repeats the URL with its password.
		if _, err := url.Parse(value.Reveal()); err != nil || !strings.HasPrefix(rest, "//") {
			p.addProblem("USHER_DATABASE_URL", "config.database_postgres", nil)
		}
	default:
		p.addProblem("USHER_DATABASE_URL", "config.database_unknown", nil)
	}
	return value
}

// checkMailFrom validates the sender. Without one it returns no-reply at the host of the public
// URL, if that host is a name.
func (p *problemList) checkMailFrom(c *Config, public *url.URL, checks Checks) string {
	const variable = "USHER_MAIL_FROM"
	if c.MailFrom != "" {
		p.addRefusal(variable, checks.MailFrom(c.MailFrom))
		return c.MailFrom
	}
	if public == nil {
		return "" // reported already
	}
	host := public.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || isLoopback(host) ||
		!strings.Contains(host, ".") {
		// This host cannot receive email. That is acceptable on a developer's machine, or while no
		// email is sent.
		if c.SMTPURL != "" && !isLoopback(host) {
			p.addProblem(variable, "config.mail_from_missing", nil)
		}
		host = "usher.localhost"
	}
	return "Usher <no-reply@" + host + ">"
}

// parseOrigins parses a comma-separated list of exact origins.
//
// Security: wildcards are refused, because a browser sends the session cookie with requests from
// any listed origin.
func (p *problemList) parseOrigins(value string) []string {
	var list []string
	for _, item := range splitItems(value) {
		u, ok := parseOrigin(item)
		if !ok {
			p.addProblem("USHER_CORS_ORIGINS", "config.origin_malformed",
				i18n.Args{"Value": strconv.Quote(item)})
			continue
		}
		list = append(list, u.String())
	}
	return list
}

// parseNetworks parses a comma-separated list of networks; a single address is a network of one.
func (p *problemList) parseNetworks(value string) []netip.Prefix {
	const variable = "USHER_TRUSTED_PROXIES"
	var list []netip.Prefix
	for _, item := range splitItems(value) {
		network, err := netip.ParsePrefix(item)
		if ip, ipErr := netip.ParseAddr(item); ipErr == nil && ip.Zone() == "" {
			network, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		// An IPv4-mapped IPv6 network would match no client, because client addresses are compared
		// as IPv4.
		if network.Addr().Is4In6() && network.Bits() >= 96 {
			network = netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-96)
		}
		switch {
		case err != nil:
			p.addProblem(variable, "config.network_malformed",
				i18n.Args{"Value": strconv.Quote(item)})
		case network.Bits() == 0:
			// Security: a trusted proxy can claim any client address and so evade the rate limits.
			// Trusting every address would let every client do so.
			p.addProblem(variable, "config.network_everyone",
				i18n.Args{"Value": strconv.Quote(item)})
		default:
			list = append(list, network.Masked())
		}
	}
	return list
}

// splitItems splits a list at commas and drops empty items, such as the one after a trailing comma.
func splitItems(value string) []string {
	var list []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}
