package server

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientIP is the address of the client: the connection's, or, when that is one of the operator's
// proxies, the last address of the forwarding headers that is not. An address that cannot be read
// ends the search: what stands before it was written by nobody we know.
//
// Security: a client that is not behind a configured proxy can write anything into these headers,
// so theirs are not read.
func (s *httpServer) clientIP(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip := at.Addr().Unmap().WithZone("")
	if !s.isProxy(ip) {
		return ip
	}
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

func (s *httpServer) isProxy(ip netip.Addr) bool {
	return slices.ContainsFunc(s.Settings.TrustedProxies, func(p netip.Prefix) bool {
		return p.Contains(ip)
	})
}

// hopsOf lists whom a request came through, the client first, by X-Forwarded-For or else by
// Forwarded (RFC 7239).
//
// X-Forwarded-For goes first because nearly all proxies write it, and pass on a Forwarded that a
// client made up. Each may come as several lines, which make one list.
func hopsOf(h http.Header) []string {
	if lines := h.Values("X-Forwarded-For"); len(lines) > 0 {
		return strings.Split(strings.Join(lines, ","), ",")
	}
	var hops []string
	for _, element := range splitOutsideQuotes(strings.Join(h.Values("Forwarded"), ","), ',') {
		hop := "" // an element without for= hides its client, as unknown does
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

// splitOutsideQuotes splits a header at a separator that does not stand in a quoted string.
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

// parseHop reads an address as proxies write it: alone, with a port, in brackets, or both.
// Obfuscated names and unknown (RFC 7239) are no addresses.
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

// networkOf names the network of an address: the address itself, for IPv6 its /64, of which one
// customer has all.
func networkOf(ip netip.Addr) string {
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
