package cookie_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"usher/internal/cookie"
	"usher/internal/secret"
)

func TestTheCookieIsOnlyForThisHostAndNeverForScripts(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 12, 1, 8, 30, 0, 0, time.FixedZone("CET", 3600))
	for name, set := range map[string]func(http.ResponseWriter){
		"__Host-usher=abc; Path=/; Expires=Tue, 01 Dec 2026 07:30:00 GMT; HttpOnly; Secure; SameSite=Lax": func(w http.ResponseWriter) {
			cookie.Set(w, secret.Token("abc"), until)
		},
		"__Host-usher=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax": cookie.Clear,
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
	cookie.Set(w, "", time.Now())
	if len(w.Header()) > 0 {
		t.Error("a cookie was set")
	}
}

func TestWhatWasSetIsReadBack(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if cookie.From(r) != "" {
		t.Error("a token out of nothing")
	}
	r.AddCookie(&http.Cookie{Name: cookie.Name, Value: "abc"})
	if cookie.From(r) != "abc" {
		t.Error("the token got lost")
	}
}
