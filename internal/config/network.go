package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"usher/internal/i18n"
	"usher/internal/secret"
	"usher/internal/weburl"
)

// checkListenAddress validates a host:port to listen on; the host is optional.
func (p *problemList) checkListenAddress(variable, value string) string {
	host, port, err := net.SplitHostPort(value)
	_, portErr := strconv.ParseUint(port, 10, 16)
	_, ipErr := netip.ParseAddr(host)
	if err != nil || portErr != nil || host != "" && ipErr != nil &&
		!weburl.IsHostname(strings.ToLower(host)) {
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
		// The demo runs on this machine, so its address tells its URL.
		if value = deriveDemoURL(addr); value == "" {
			p.addProblem(variable, "config.public_url_demo", nil)
			return nil
		}
	}
	u, ok := weburl.ParseOrigin(strings.TrimSuffix(value, "/"))
	if !ok {
		p.addProblem(variable, "config.public_url_malformed", nil)
		return nil
	}
	// Reported and still returned, so that settings that depend on the URL are checked as well.
	if u.Scheme == "http" && !demo && !weburl.IsLoopback(u.Hostname()) {
		p.addProblem(variable, "config.public_url_plain", nil)
	}
	return u
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
	if _, err := netip.ParseAddr(host); err == nil || weburl.IsLoopback(host) ||
		!strings.Contains(host, ".") {
		// This host cannot receive email. That is acceptable on a developer's machine, or while no
		// email is sent.
		if c.SMTPURL != "" && !weburl.IsLoopback(host) {
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
		u, ok := weburl.ParseOrigin(item)
		if !ok {
			p.addProblem("USHER_CORS_ORIGINS", "config.origin_malformed",
				i18n.Args{"Value": strconv.Quote(item)})
			continue
		}
		list = append(list, u.String())
	}
	return list
}

// checkAccountLinks validates the template of links about accounts, which lead to the public URL
// without one: a page with {page} and {token} once each, behind the host.
func (p *problemList) checkAccountLinks(template string) string {
	if template == "" {
		return ""
	}
	// {page} is replaced by two texts, so that a placeholder in the host shows as a difference.
	first, ok := weburl.ParseTemplate(strings.Replace(template, "{page}", "1", 1))
	second, alsoOK := weburl.ParseTemplate(strings.Replace(template, "{page}", "2", 1))
	if !ok || !alsoOK || first != second || strings.Count(template, "{page}") != 1 {
		p.addProblem("USHER_ACCOUNT_LINKS", "config.account_links_malformed", nil)
	}
	return template
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
