package webhook

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"golang.org/x/net/dns/dnsmessage"

	"usher/internal/fault"
	"usher/internal/secret"
)

// privateAddresses are addresses that lead into a network, in all families and wrappings.
var privateAddresses = []string{
	"127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
	"192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16",
	"192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
	"203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
	"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
	"64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "100::1", "2001::1",
	"2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
	"3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fe80::1%eth0",
	"fec0::1", "ff02::1", "4000::1",
}

// publicAddresses are addresses of the internet, some of them beside a special range.
var publicAddresses = []string{
	"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
	"128.0.0.1", "168.63.129.15", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.167.255.255",
	"192.169.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.254",
	"2001:200::1", "2606:4700:4700::1111", "2a00:1450:4001::1", "3ffe::1", "::ffff:1.1.1.1",
}

func TestOnlyAddressesOfTheInternetAreDialled(t *testing.T) {
	t.Parallel()
	for _, address := range privateAddresses {
		ip := netip.MustParseAddr(address)
		if isPublicAddress(ip) {
			t.Errorf("%s counts as public", address)
		}
		network := "tcp6"
		if ip.Is4() {
			network = "tcp4"
		}
		at := netip.AddrPortFrom(ip, 443).String()
		if err := refusePrivate(network, at, nil); !errors.Is(err, errNotPublic) {
			t.Errorf("%s: %v", at, err)
		}
	}
	for _, address := range publicAddresses {
		if !isPublicAddress(netip.MustParseAddr(address)) {
			t.Errorf("%s counts as private", address)
		}
	}
	for at, allowed := range map[string]bool{"1.1.1.1:443": true, "1.1.1.1:8443": true,
		"1.1.1.1:22": false, "1.1.1.1:25": false, "1.1.1.1:80": false, "nonsense": false} {
		if err := refusePrivate("tcp4", at, nil); (err == nil) != allowed {
			t.Errorf("%s: %v", at, err)
		}
	}
	if refusePrivate("udp4", "1.1.1.1:443", nil) == nil {
		t.Error("UDP is allowed")
	}
}

func TestAURLIsHTTPSToAPublicHost(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"https://partner.example.org/hooks?k=1":      "https://partner.example.org/hooks?k=1",
		" https://Partner.Example.org:443/A ":        "https://partner.example.org/A",
		"https://partner.example.org:8443":           "https://partner.example.org:8443",
		"https://xn--bcher-kva.example/":             "https://xn--bcher-kva.example/",
		"https://1.1.1.1/":                           "https://1.1.1.1/",
		"https://[2606:4700:4700::1111]:4443/":       "https://[2606:4700:4700::1111]:4443/",
		"https://hooks.example.org/%7Bid%7D/{x}?a=b": "https://hooks.example.org/%7Bid%7D/%7Bx%7D?a=b",
	} {
		if got, err := parseURL(given, false); err != nil || got != want {
			t.Errorf("%s: %q, %v", given, got, err)
		}
	}
	refused := []string{"", "partner.example.org", "//partner.example.org/", "https:", "https://",
		"https:///path", "http://partner.example.org/", "ftp://partner.example.org/",
		"file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "javascript:alert(1)",
		"https://ann:pw@partner.example.org/", "https://partner.example.org@127.0.0.1/",
		"https://partner.example.org/#part", "https://partner.example.org/#",
		"https://partner.example.org:/", "https://partner.example.org:0/",
		"https://partner.example.org:65536/", "https://partner.example.org:22/",
		"https://partner.example.org:25/", "https://partner.example.org\\@127.0.0.1/",
		"https://partner.example.org/a b", "https://partner.example.org/\r\nHost: a",
		"https://bücher.example/", "https://localhost/", "https://LOCALHOST/",
		"https://a.localhost/", "https://127.1/", "https://127.0.1/", "https://2130706433/",
		"https://0x7f000001/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://0/",
		"https://017700000001/", "https://127.0.0.0x1/", "https://127。0。0。1/",
		"https://%31%32%37.0.0.1/", "https://[::ffff:7f00:1]/", "https://[::]/",
		"https://[fe80::1%25eth0]/", "https://partner..example.org/", "https://-a.example.org/",
		"https://partner.example.org./", "https://partner_example.org/",
		"https://partner.example.org/" + strings.Repeat("a", maxURL)}
	for _, address := range privateAddresses {
		refused = append(refused, "https://"+(&url.URL{Host: hostOf(address)}).Host+"/")
	}
	for _, given := range refused {
		got, err := parseURL(given, false)
		if f, isFault := fault.Of(err); !isFault || f.Field != "url" {
			t.Errorf("%q is accepted as %q, %v", given, got, err)
		}
	}
	for _, given := range []string{"http://127.0.0.1:9000/", "http://receiver:80/",
		"https://10.0.0.1/", "http://localhost/"} {
		if _, err := parseURL(given, true); err != nil {
			t.Errorf("with private networks: %s: %v", given, err)
		}
	}
	for _, given := range []string{"ftp://127.0.0.1/", "http://ann@127.0.0.1/", "http://127.1/"} {
		if got, err := parseURL(given, true); err == nil {
			t.Errorf("with private networks: %s is accepted as %s", given, got)
		}
	}
}

func hostOf(address string) string {
	if strings.Contains(address, ":") {
		return "[" + strings.ReplaceAll(address, "%", "%25") + "]"
	}
	return address
}

// nameServer answers each lookup of a name of IPv4 or IPv6 with the next of some addresses.
func nameServer(t *testing.T, answers func(lookup int) netip.Addr) (*net.Resolver, *atomic.Int32) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	var lookups atomic.Int32
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			var query dnsmessage.Message
			if query.Unpack(buffer[:n]) != nil {
				continue
			}
			asked := query.Questions[0]
			reply := dnsmessage.Message{Header: dnsmessage.Header{ID: query.ID, Response: true,
				RecursionAvailable: true}, Questions: query.Questions}
			header := dnsmessage.ResourceHeader{Name: asked.Name, Type: asked.Type,
				Class: dnsmessage.ClassINET}
			address := answers(int(lookups.Load()))
			switch {
			case asked.Type == dnsmessage.TypeA && address.Is4():
				lookups.Add(1)
				reply.Answers = []dnsmessage.Resource{{Header: header,
					Body: &dnsmessage.AResource{A: address.As4()}}}
			case asked.Type == dnsmessage.TypeAAAA && address.Is6():
				lookups.Add(1)
				reply.Answers = []dnsmessage.Resource{{Header: header,
					Body: &dnsmessage.AAAAResource{AAAA: address.As16()}}}
			}
			packed, _ := reply.Pack()
			_, _ = conn.WriteTo(packed, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn,
		error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}, &lookups
}

// listener counts the connections to a port of this machine.
func listener(t *testing.T) (port string, connections *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	connections = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			c.Close()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, connections
}

func TestANameThatLeadsToThisMachineIsRefusedAtTheConnection(t *testing.T) {
	t.Parallel()
	port, connections := listener(t)
	target := "https://partner.example.org:" + port + "/"
	for _, address := range []string{"127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1", "::1",
		"64:ff9b::7f00:1", "2002:7f00:1::", "169.254.169.254", "fd00:ec2::254"} {
		resolver, lookups := nameServer(t, func(int) netip.Addr { return netip.MustParseAddr(address) })
		p := &poster{client: newClient(false, resolver)}
		r := p.post(t.Context(), message{id: "aud_1", url: target}, time.Now())
		if r.reason != FailureAddress || lookups.Load() == 0 {
			t.Errorf("%s: %+v after %d lookups", address, r, lookups.Load())
		}
	}
	if connections.Load() != 0 {
		t.Fatalf("%d connections to this machine", connections.Load())
	}
	// The same name gets through where the operator allows it: the refusal above is the check's.
	resolver, _ := nameServer(t, func(int) netip.Addr { return netip.MustParseAddr("127.0.0.1") })
	p := &poster{client: newClient(true, resolver), allowPrivate: true}
	r := p.post(t.Context(), message{id: "aud_1", url: target}, time.Now())
	if connections.Load() != 1 || r.reason == FailureAddress {
		t.Errorf("with private networks: %+v, %d connections", r, connections.Load())
	}
}

// Rebinding: the name is public when the endpoint is saved and when it is looked up first, and
// private later.
func TestANameThatChangesBetweenLookupsIsRefused(t *testing.T) {
	t.Parallel()
	port, connections := listener(t)
	resolver, lookups := nameServer(t, func(lookup int) netip.Addr {
		if lookup == 0 {
			return netip.MustParseAddr("198.20.0.1")
		}
		return netip.MustParseAddr("127.0.0.1")
	})
	target := "https://partner.example.org:" + port + "/"
	if _, err := resolver.LookupNetIP(t.Context(), "ip4", "partner.example.org"); err != nil {
		t.Fatal(err)
	}
	p := &poster{client: newClient(false, resolver)}
	r := p.post(t.Context(), message{id: "aud_1", url: target}, time.Now())
	if r.reason != FailureAddress || lookups.Load() < 2 || connections.Load() != 0 {
		t.Errorf("%+v after %d lookups, %d connections", r, lookups.Load(), connections.Load())
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	var followed atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		followed.Add(1)
	}))
	t.Cleanup(inside.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		outside := httptest.NewServer(http.RedirectHandler(inside.URL, status))
		r := newPoster(true).post(t.Context(), message{id: "aud_1", url: outside.URL}, time.Now())
		outside.Close()
		if r.status != status || r.reason != FailureStatus {
			t.Errorf("%d: %+v", status, r)
		}
	}
	if followed.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

func TestAProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	port, connections := listener(t)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, "http://127.0.0.1:"+port)
	}
	resolver, _ := nameServer(t, func(int) netip.Addr { return netip.MustParseAddr("127.0.0.1") })
	p := &poster{client: newClient(false, resolver)}
	r := p.post(t.Context(), message{id: "aud_1", url: "https://partner.example.org/"}, time.Now())
	if r.reason != FailureAddress || connections.Load() != 0 {
		t.Errorf("%+v, %d connections to the proxy", r, connections.Load())
	}
}

func TestSlowAndEndlessAnswersEnd(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	for what, c := range map[string]struct {
		answer http.HandlerFunc
		reason FailureReason
		status int
	}{
		"no answer": {func(_ http.ResponseWriter, r *http.Request) { <-over }, FailureTimeout, 0},
		"a body that does not end": {func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte("wait"))
			w.(http.Flusher).Flush()
			<-over
		}, FailureTimeout, 200},
		"a body without a limit": {func(w http.ResponseWriter, r *http.Request) {
			for part := make([]byte, 1<<16); r.Context().Err() == nil; {
				if _, err := w.Write(part); err != nil {
					return
				}
			}
		}, "", 200},
		"headers without a limit": {func(w http.ResponseWriter, _ *http.Request) {
			for i := range 200 {
				w.Header().Add("X-Long", strings.Repeat("a", 1000+i))
			}
		}, FailureConnection, 0},
		"a compressed answer stays as it is": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write([]byte("no gzip"))
		}, "", 200},
		"a broken connection": {func(w http.ResponseWriter, _ *http.Request) {
			panic(http.ErrAbortHandler)
		}, FailureConnection, 0},
		"a failure": {func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "sorry \x00\xff", http.StatusServiceUnavailable)
		}, FailureStatus, 503},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(c.answer)
			t.Cleanup(srv.CloseClientConnections)
			p := newPoster(true)
			p.client.Timeout = 500 * time.Millisecond
			began := time.Now()
			r := p.post(t.Context(), message{id: "aud_1", url: srv.URL}, time.Now())
			if r.reason != c.reason || r.status != c.status || time.Since(began) > 5*time.Second {
				t.Errorf("%+v after %s", r, time.Since(began))
			}
			if len(r.answer) > maxKeptAnswer || !utf8.ValidString(r.answer) ||
				strings.Contains(r.answer, "\x00") {
				t.Errorf("%d bytes are kept: %.20q", len(r.answer), r.answer)
			}
		})
	}
	if newPoster(false).client.Timeout != 15*time.Second {
		t.Error("an attempt has another time limit")
	}
}

func TestARefusedConnectionACertificateAndANameAreToldApart(t *testing.T) {
	t.Parallel()
	closed, _ := net.Listen("tcp", "127.0.0.1:0")
	address := closed.Addr().String()
	closed.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	for target, reason := range map[string]FailureReason{
		"http://" + address: FailureConnection,
		secure.URL:          FailureTLS, // a certificate that nobody vouches for
		strings.Replace(plain.URL, "http:", "https:", 1): FailureTLS,
		"ftp://" + address: FailureURL,
	} {
		r := newPoster(true).post(t.Context(), message{id: "aud_1", url: target}, time.Now())
		if r.reason != reason {
			t.Errorf("%s: %+v", target, r)
		}
	}
	resolver, _ := nameServer(t, func(int) netip.Addr { return netip.Addr{} })
	p := &poster{client: newClient(true, resolver), allowPrivate: true}
	r := p.post(t.Context(), message{id: "aud_1", url: "https://partner.example.org/"}, time.Now())
	if r.reason != FailureName {
		t.Errorf("an unknown name: %+v", r)
	}
}

// The public library of Standard Webhooks verifies what is sent, and refuses forgeries and replays.
func TestTheSignatureIsThatOfStandardWebhooks(t *testing.T) {
	t.Parallel()
	key, former := newSigningKey(), newSigningKey()
	body := []byte(`{"type":"invitation.accepted"}`)
	got := make(chan *http.Request, 1)
	bodies := make(chan []byte, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(b)
		bodies <- b
		got <- r
	}))
	t.Cleanup(srv.Close)
	send := func(at time.Time) (http.Header, []byte) {
		t.Helper()
		r := newPoster(true).post(t.Context(), message{id: "aud_1", url: srv.URL, body: body,
			keys: []secret.Redacted{key, former}}, at)
		if r.reason != "" || r.status != 200 {
			t.Fatalf("%+v", r)
		}
		b := <-bodies
		return (<-got).Header, b
	}
	verify := func(key secret.Redacted, h http.Header, body []byte) error {
		t.Helper()
		v, err := standardwebhooks.NewWebhook(formatSecret(key).Reveal())
		if err != nil {
			t.Fatal(err)
		}
		return v.Verify(body, h)
	}
	h, received := send(time.Now())
	if h.Get("Content-Type") != "application/json" || h.Get("User-Agent") != userAgent ||
		h.Get("webhook-id") != "aud_1" {
		t.Errorf("headers %v", h)
	}
	// Both secrets of a rotation verify it.
	for _, k := range []secret.Redacted{key, former} {
		if err := verify(k, h, received); err != nil {
			t.Error(err)
		}
	}
	if verify(newSigningKey(), h, received) == nil {
		t.Error("a foreign secret verifies")
	}
	for what, change := range map[string]func(h http.Header) []byte{
		"another body": func(http.Header) []byte { return []byte(`{"type":"invitation.declined"}`) },
		"another id":   func(h http.Header) []byte { h.Set("webhook-id", "aud_2"); return received },
		"another time": func(h http.Header) []byte {
			signed, _ := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
			h.Set("webhook-timestamp", strconv.FormatInt(signed-60, 10))
			return received
		},
		"no signature": func(h http.Header) []byte { h.Del("webhook-signature"); return received },
	} {
		changed := h.Clone()
		if b := change(changed); verify(key, changed, b) == nil {
			t.Errorf("%s verifies", what)
		}
	}
	// A replay: the same request ten minutes later.
	old, received := send(time.Now().Add(-10 * time.Minute))
	if err := verify(key, old, received); !errors.Is(err, standardwebhooks.ErrMessageTooOld) {
		t.Errorf("a replay: %v", err)
	}
	if s := formatSecret(key).Reveal(); !strings.HasPrefix(s, "whsec_") || len(s) != 50 {
		t.Errorf("a secret of %d characters", len(s))
	}
}
