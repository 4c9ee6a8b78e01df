package mail

import (
	"fmt"
	"strings"
	"testing"

	"usher/internal/fault"
	"usher/internal/i18n"
)

func TestServerURLsAreReadAndMalformedOnesNamedWithoutThePassword(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, address, key string }{
		{"smtp://mail.test", "mail.test:587", ""},
		{"smtp://mail.test:2525/", "mail.test:2525", ""},
		{"smtps://me:s3cret@mail.test", "mail.test:465", ""},
		{"smtp://me%40x:s3cret%2F@mail.test:25?tls=required", "mail.test:25", ""},
		{"smtp://[::1]:1025", "[::1]:1025", ""},
		{"smtp://me:s3cret@mail.test:x", "", "mail.smtp_url_malformed"},
		{"smtp://me:s3cret%zz@mail.test", "", "mail.smtp_url_malformed"},
		{"http://me:s3cret@mail.test", "", "mail.smtp_url_scheme"},
		{"mail.test:587", "", "mail.smtp_url_scheme"},
		{"", "", "mail.smtp_url_scheme"},
		{"smtp://", "", "mail.smtp_url_host"},
		{"smtp://me:s3cret@", "", "mail.smtp_url_host"},
		{"smtp://me@mail.test", "", "mail.smtp_url_password"},
		{"smtp://:s3cret@mail.test", "", "mail.smtp_url_password"},
		{"smtp://me:s3cret@mail.test:0", "", "mail.smtp_url_port"},
		{"smtp://me:s3cret@mail.test:70000", "", "mail.smtp_url_port"},
		{"smtp://me:s3cret@mail.test?tls=off", "", "mail.smtp_url_rest"},
		{"smtp://me:s3cret@mail.test/path", "", "mail.smtp_url_rest"},
		{"smtp://me:s3cret@mail.test#x", "", "mail.smtp_url_rest"},
	} {
		s, err := ParseURL(c.raw)
		if c.key == "" {
			if err != nil || s.Address() != c.address {
				t.Errorf("%s: %v, %v", c.raw, s.Address(), err)
			}
			for _, shown := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v", s, s),
				s.LogValue().String()} {
				if strings.Contains(shown, "s3cret") {
					t.Errorf("%s prints its password: %s", c.raw, shown)
				}
			}
			continue
		}
		f, ok := fault.Of(err)
		if !ok || f.Message.Key != c.key {
			t.Errorf("%s: %v, want %s", c.raw, err, c.key)
			continue
		}
		for _, l := range i18n.Locales {
			if said := f.Message.In(l); said == c.key || strings.Contains(said, "s3cret") {
				t.Errorf("%s: %s", c.raw, said)
			}
		}
	}
	if s, _ := ParseURL("smtp://me%40x:s3cret%2F@mail.test?tls=required"); s.User != "me@x" ||
		s.password != "s3cret/" || !s.RequireTLS {
		t.Error("escapes in user and password are not undone")
	}
}

func TestSendersAreReadAndUnsafeOnesRefused(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"Usher <no-reply@example.org>":   `"Usher" <no-reply@example.org>`,
		"no-reply@example.org":           "<no-reply@example.org>",
		"Été <a@bücher.example>":         "=?utf-8?q?=C3=89t=C3=A9?= <a@xn--bcher-kva.example>",
		"":                               "",
		"Usher":                          "",
		"a@b.test, c@d.test":             "",
		"a@b.test\r\nBcc: x@y.test":      "",
		`"a b"@example.org`:              "",
		"a@[127.0.0.1]":                  "",
		"Usher <a..b@example.org>":       "",
		"Usher <a@exa mple.org>":         "",
		"Usher <ä@example.org>":          "",
		"Usher <no-reply@example.org> x": "",
	} {
		got, err := ParseFrom(raw)
		if (want == "") != (err != nil) || (err == nil && got.String() != want) {
			t.Errorf("%q: %v, %v", raw, got, err)
		}
	}
}
