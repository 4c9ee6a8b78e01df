package server

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientIP returns the address of the client: the connection's, or, behind a trusted proxy, the
// last forwarded address that is no trusted proxy. A malformed address ends the search, because the
// entries before it may be forged.
//
// Security: the headers are read only from trusted proxies. Any other client can write anything
// into them.
func (s *httpServer) clientIP(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip := at.Addr().Unmap().WithZone("")
	if !s.isProxy(ip) {
		return ip
	}
	// From the nearest proxy outwards: only entries that trusted proxies appended are trusted.
	for _, hop := range slices.Backward(hopsOf(r.Header)) {
		forwarded, ok := parseHop(hop)
		if !ok {
			break
		}
		ip = forwarded
		if !s.isProxy(ip) {
			break
		}
	}
	return ip
}

// isProxy tells whether an address belongs to a proxy that the operator trusts.
func (s *httpServer) isProxy(ip netip.Addr) bool {
	return slices.ContainsFunc(s.Settings.TrustedProxies, func(p netip.Prefix) bool {
		return p.Contains(ip)
	})
}

// hopsOf returns the forwarded addresses, the client first, from X-Forwarded-For or else from
// Forwarded (RFC 7239).
//
// X-Forwarded-For has priority: nearly all proxies set it, and many pass on a Forwarded header that
// the client has forged. Several lines of one header form one list.
func hopsOf(h http.Header) []string {
	if lines := h.Values("X-Forwarded-For"); len(lines) > 0 {
		return strings.Split(strings.Join(lines, ","), ",")
	}
	var hops []string
	for _, element := range splitOutsideQuotes(strings.Join(h.Values("Forwarded"), ","), ',') {
		hop := "" // an element without for= counts as unknown
		for _, pair := range splitOutsideQuotes(element, ';') {
			name, value, _ := strings.Cut(pair, "=")
			if strings.EqualFold(strings.TrimSpace(name), "for") {
				hop = strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
		hops = append(hops, hop)
	}
	return hops
}

// splitOutsideQuotes splits a header at a separator, except within quoted strings.
func splitOutsideQuotes(text string, separator byte) []string {
	var parts []string
	quoted, from := false, 0
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case !quoted && text[i] == separator:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}

// parseHop parses a forwarded address: with or without brackets, with or without a port. It returns
// false for obfuscated names and "unknown" (RFC 7239).
func parseHop(hop string) (netip.Addr, bool) {
	hop = strings.Trim(strings.TrimSpace(hop), `"`)
	if at, err := netip.ParseAddrPort(hop); err == nil {
		return at.Addr().Unmap().WithZone(""), true
	}
	if strings.HasPrefix(hop, "[") {
		// A port may be obfuscated: [2001:db8::1]:_port.
		inner, _, closed := strings.Cut(hop[1:], "]")
		if !closed {
			return netip.Addr{}, false
		}
		hop = inner
	} else if host, port, found := strings.Cut(hop, ":"); found && strings.HasPrefix(port, "_") {
		hop = host
	}
	ip, err := netip.ParseAddr(hop)
	return ip.Unmap().WithZone(""), err == nil
}

// networkOf returns the subject of limits per network: an IPv4 address, or the /64 of an IPv6
// address, because one customer usually has a whole /64.
func networkOf(ip netip.Addr) string {
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
