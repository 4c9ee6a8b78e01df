package webhook

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

const (
	// postTimeout limits an attempt from the lookup of the name to the last byte of the answer.
	postTimeout = 15 * time.Second
	// maxAnswerHeader limits the headers of an answer in bytes.
	maxAnswerHeader = 64 << 10
)

// errNotPublic refuses an address that is not on the public internet.
var errNotPublic = errors.New("the address is not a public one")

// globalUnicast6 is the only part of IPv6 that is assigned to the public internet (IANA, "Internet
// Protocol Version 6 Address Space"). Everything beside it is loopback, link-local, site-local,
// unique local, multicast, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), mapped or compatible IPv4, segment
// routing, or not assigned.
var globalUnicast6 = netip.MustParsePrefix("2000::/3")

// specialNetworks are the ranges that lead to other places than the public internet, by the IANA
// registries of special-purpose addresses of IPv4 and IPv6. Go's IsPrivate and IsGlobalUnicast know
// a part of them only.
var specialNetworks = parsePrefixes(
	"0.0.0.0/8",        // this network; Linux connects to itself
	"10.0.0.0/8",       // private
	"100.64.0.0/10",    // shared by carriers (CGNAT); 100.100.100.200 is the metadata of a cloud
	"127.0.0.0/8",      // loopback
	"168.63.129.16/32", // the metadata of a cloud, at a public address
	"169.254.0.0/16",   // link-local; 169.254.169.254 is the metadata of most clouds
	"172.16.0.0/12",    // private
	"192.0.0.0/24",     // protocol assignments; 192.0.0.192 is the metadata of a cloud
	"192.0.2.0/24",     // documentation
	"192.88.99.0/24",   // 6to4 relays
	"192.168.0.0/16",   // private
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"224.0.0.0/4",      // multicast
	"240.0.0.0/4",      // reserved, and broadcast
	"2001::/23",        // protocol assignments, with Teredo, which holds an IPv4 address
	"2001:db8::/32",    // documentation
	"2002::/16",        // 6to4, which holds an IPv4 address
	"3fff::/20",        // documentation
)

func parsePrefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// isPublicAddress reports whether an address is a global unicast one.
func isPublicAddress(a netip.Addr) bool {
	// A mapped address connects to the IPv4 address inside of it. A zone names an interface of this
	// machine.
	a = a.Unmap()
	if !a.IsValid() || a.Zone() != "" || a.Is6() && !globalUnicast6.Contains(a) {
		return false
	}
	for _, network := range specialNetworks {
		if network.Contains(a) {
			return false
		}
	}
	return true
}

// isAllowedPort reports whether a delivery may go to a port: that of https, or one that programs
// without special rights listen on. The others belong to mail, databases of the system and the like.
func isAllowedPort(port uint16) bool { return port == 443 || port >= 1024 }

// refusePrivate is the Control of a dialer: it sees the address that is about to be connected to.
// A check of the name would be too early, since another lookup may answer another address.
func refusePrivate(network, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" || !isPublicAddress(at.Addr()) ||
		!isAllowedPort(at.Port()) {
		return fmt.Errorf("connect to %s: %w", address, errNotPublic)
	}
	return nil
}

// newClient returns the client of deliveries. It follows no redirect, uses no proxy of the
// environment, and keeps no connection, so that each delivery is checked. resolver looks names up;
// the one of the machine if it is nil.
func newClient(allowPrivate bool, resolver *net.Resolver) *http.Client {
	dialer := &net.Dialer{Timeout: postTimeout, Resolver: resolver}
	if !allowPrivate {
		dialer.Control = refusePrivate
	}
	return &http.Client{
		Timeout: postTimeout,
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			DisableKeepAlives:      true,
			DisableCompression:     true, // a small answer must not become a large one
			MaxResponseHeaderBytes: maxAnswerHeader,
		},
		// The redirect is the answer, and counts as a failure.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
