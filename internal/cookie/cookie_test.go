package cookie_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"usher/internal/cookie"
	"usher/internal/secret"
)

// plain is the policy for http, which the configuration accepts for this machine and the demo.
var plain = cookie.PolicyFor(&url.URL{Scheme: "http", Host: "localhost:8080"})

func TestTheCookieIsOnlyForThisHostAndNeverForScripts(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 12, 1, 8, 30, 0, 0, time.FixedZone("CET", 3600))
	https := cookie.PolicyFor(&url.URL{Scheme: "https", Host: "usher.test"})
	for name, set := range map[string]func(http.ResponseWriter){
		"__Host-usher=abc; Path=/; Expires=Tue, 01 Dec 2026 07:30:00 GMT; HttpOnly; Secure; SameSite=Lax": func(w http.ResponseWriter) {
			https.Set(w, secret.Token("abc"), until)
		},
		"__Host-usher=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax": cookie.Policy{}.Clear,
		// Safari drops Secure cookies of http://localhost.
		"usher=abc; Path=/; Expires=Tue, 01 Dec 2026 07:30:00 GMT; HttpOnly; SameSite=Lax": func(w http.ResponseWriter) {
			plain.Set(w, secret.Token("abc"), until)
		},
		"usher=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax": plain.Clear,
	} {
		w := httptest.NewRecorder()
		set(w)
		if got := w.Header().Get("Set-Cookie"); got != name {
			t.Errorf("got  %s\nwant %s", got, name)
		}
	}
}

func TestASessionWithoutATokenLeavesTheBrowsersOwnAlone(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	cookie.Policy{}.Set(w, "", time.Now())
	if len(w.Header()) > 0 {
		t.Error("a cookie was set")
	}
}

func TestWhatWasSetIsReadBack(t *testing.T) {
	t.Parallel()
	for _, p := range []cookie.Policy{{}, plain} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if p.Token(r) != "" {
			t.Error("a token out of nothing")
		}
		r.AddCookie(&http.Cookie{Name: p.Name(""), Value: "abc"})
		r.AddCookie(&http.Cookie{Name: p.Name("return"), Value: "/x"})
		if p.Token(r) != "abc" || p.Value(r, "return") != "/x" {
			t.Error("a value got lost")
		}
	}
}

// Over https the name without the prefix, which a subdomain could set, means nothing.
func TestThePlainCookieIsNoSessionOverHTTPS(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: "usher", Value: "abc"})
	if got := (cookie.Policy{}).Token(r); got != "" {
		t.Errorf("%q is taken", got)
	}
}
