package server

import (
	"net/http"
	"net/netip"
	"testing"

	"usher/internal/config"
)

func TestTheClientsAddressIsReadFromTrustedProxiesAlone(t *testing.T) {
	t.Parallel()
	s := &httpServer{Deps: Deps{Settings: config.Settings{TrustedProxies: []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"),
	}}}}
	const proxy, stranger = "10.0.0.1:4711", "203.0.113.9:4711"
	for name, c := range map[string]struct {
		remote, want string
		headers      [][2]string
	}{
		"no header": {proxy, "10.0.0.1", nil},
		"not through a proxy": {stranger, "203.0.113.9",
			[][2]string{{"X-Forwarded-For", "198.51.100.7"}, {"Forwarded", "for=198.51.100.7"}}},
		"an address": {proxy, "198.51.100.7",
			[][2]string{{"X-Forwarded-For", "198.51.100.7"}}},
		"with a port": {proxy, "198.51.100.7",
			[][2]string{{"X-Forwarded-For", "198.51.100.7:1234"}}},
		"in brackets": {proxy, "2001:db8::1",
			[][2]string{{"X-Forwarded-For", "[2001:db8::1]"}}},
		"in brackets with a port": {proxy, "2001:db8::1",
			[][2]string{{"X-Forwarded-For", "[2001:db8::1]:1234"}}},
		"bare, of version 6": {proxy, "2001:db8::1",
			[][2]string{{"X-Forwarded-For", "2001:db8::1"}}},
		"with a zone": {proxy, "fe80::1",
			[][2]string{{"X-Forwarded-For", "fe80::1%eth0"}}},
		"mapped": {proxy, "198.51.100.7",
			[][2]string{{"X-Forwarded-For", "::ffff:198.51.100.7"}}},
		"the last that is no proxy": {proxy, "198.51.100.7",
			[][2]string{{"X-Forwarded-For", "192.0.2.1, 198.51.100.7:80, 10.0.0.2:99"}}},
		"several lines": {proxy, "198.51.100.7",
			[][2]string{{"X-Forwarded-For", "192.0.2.1"},
				{"X-Forwarded-For", "198.51.100.7, [fd00::2]:5"}}},
		"all proxies": {proxy, "10.0.0.3",
			[][2]string{{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}}},
		"nonsense behind a proxy": {proxy, "10.0.0.2",
			[][2]string{{"X-Forwarded-For", "198.51.100.7, nonsense, 10.0.0.2"}}},
		"unknown": {proxy, "10.0.0.1",
			[][2]string{{"X-Forwarded-For", "198.51.100.7, unknown"}}},
		"Forwarded": {proxy, "198.51.100.7",
			[][2]string{{"Forwarded", "for=198.51.100.7;proto=https;by=10.0.0.1"}}},
		"Forwarded, quoted": {proxy, "2001:db8::1",
			[][2]string{{"Forwarded", `proto=https; For="[2001:db8::1]:1234"`}}},
		"Forwarded, quoted, no port": {proxy, "2001:db8::1",
			[][2]string{{"Forwarded", `for="[2001:db8::1]"`}}},
		"Forwarded, obfuscated port": {proxy, "198.51.100.7",
			[][2]string{{"Forwarded", `for="198.51.100.7:_gazonk"`}}},
		"Forwarded, obfuscated port 6": {proxy, "2001:db8::1",
			[][2]string{{"Forwarded", `for="[2001:db8::1]:_x"`}}},
		"Forwarded, several": {proxy, "198.51.100.7",
			[][2]string{{"Forwarded", `for=192.0.2.1, for="198.51.100.7:80"`},
				{"Forwarded", `for=10.0.0.2`}}},
		"Forwarded, a comma in quotes": {proxy, "198.51.100.7",
			[][2]string{{"Forwarded", `for=198.51.100.7;host="a,b;for=192.0.2.1"`}}},
		"Forwarded, hidden": {proxy, "10.0.0.2",
			[][2]string{{"Forwarded", "for=192.0.2.1, for=_hidden, for=10.0.0.2"}}},
		"Forwarded, unknown": {proxy, "10.0.0.1",
			[][2]string{{"Forwarded", "for=192.0.2.1, for=unknown"}}},
		"Forwarded without for": {proxy, "10.0.0.1",
			[][2]string{{"Forwarded", "for=192.0.2.1, proto=https"}}},
		"both": {proxy, "198.51.100.7",
			[][2]string{{"Forwarded", "for=192.0.2.1"}, {"X-Forwarded-For", "198.51.100.7"}}},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		for _, h := range c.headers {
			r.Header.Add(h[0], h[1])
		}
		if got := s.clientIP(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
