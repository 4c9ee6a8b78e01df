package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/internal/apptest"
	"usher/internal/config"
	"usher/internal/cookie"
)

const frontEnd = "https://app.example.org"

// scriptRequest is a request that a script of a page of another origin makes, with cookies.
type scriptRequest struct {
	kit    *apptest.Kit
	origin string
	jar    []*http.Cookie
}

// send does what a browser does: it asks first, sends the request only if the answer lets it, and
// keeps the cookies. It returns nil where a browser stops.
func (s *scriptRequest) send(header map[string]string, body string) *http.Response {
	s.kit.T.Helper()
	var names []string
	for name := range header {
		names = append(names, strings.ToLower(name))
	}
	preflight := s.request(http.MethodOptions, nil)
	preflight.Header.Set("Access-Control-Request-Method", http.MethodPost)
	allowed := ""
	for _, name := range names {
		preflight.Header.Set("Access-Control-Request-Headers", name)
		answer := s.do(preflight)
		answer.Body.Close()
		if !s.mayRead(answer) {
			return nil
		}
		allowed += "," + strings.ToLower(answer.Header.Get("Access-Control-Allow-Headers"))
	}
	for _, name := range names {
		if !strings.Contains(allowed, name) {
			return nil
		}
	}
	r := s.request(http.MethodPost, strings.NewReader(body))
	for name, value := range header {
		r.Header.Set(name, value)
	}
	for _, c := range s.jar {
		r.AddCookie(c)
	}
	answer := s.do(r)
	if !s.mayRead(answer) {
		answer.Body.Close()
		return nil
	}
	s.jar = append(s.jar, answer.Cookies()...)
	return answer
}

func (s *scriptRequest) request(method string, body io.Reader) *http.Request {
	r, err := http.NewRequestWithContext(s.kit.T.Context(), method, s.kit.URL+"/graphql", body)
	if err != nil {
		s.kit.T.Fatal(err)
	}
	r.Header.Set("Origin", s.origin)
	return r
}

func (s *scriptRequest) do(r *http.Request) *http.Response {
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.kit.T.Fatal(err)
	}
	return answer
}

func (s *scriptRequest) mayRead(answer *http.Response) bool {
	return answer.Header.Get("Access-Control-Allow-Origin") == s.origin &&
		answer.Header.Get("Access-Control-Allow-Credentials") == "true"
}

// A front end beside Usher signs in with the cookie. After a reload it has no token left but the
// cookie, and the session goes on.
func TestAFrontEndOfAnotherOriginSignsInByCookie(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "sqlite", apptest.WithoutWorker, apptest.WithoutMail,
		apptest.WithSettings(func(s *config.Settings) { s.CORSOrigins = []string{frontEnd} }))
	k.Found("Acme", "acme")
	page := &scriptRequest{kit: k, origin: frontEnd}
	header := map[string]string{"Content-Type": "application/json",
		"traceparent": "00-1-2-01", "tracestate": "a=b", "baggage": "a=b",
		"apollographql-client-name": "app", "apollographql-client-version": "1",
		"apollo-require-preflight": "true"}
	const signIn = `{"query":"mutation { signIn(input: {login: \"admin@acme.test\", password: \"` +
		apptest.Password + `\", tokenDelivery: COOKIE}) { auth { accessToken } } }"}`
	const refresh = `{"query":"mutation { refreshSession(input: {}) { auth { accessToken } } }"}`
	answer := page.send(header, signIn)
	if answer == nil {
		t.Fatal("the browser refuses the sign-in")
	}
	defer answer.Body.Close()
	if len(page.jar) != 1 || page.jar[0].Name != cookie.PolicyFor(k.Settings.PublicURL).Name("") ||
		page.jar[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("cookies %v", page.jar)
	}

	reloaded := page.send(header, refresh)
	if reloaded == nil {
		t.Fatal("the browser refuses to refresh")
	}
	defer reloaded.Body.Close()
	var got struct {
		Data struct {
			RefreshSession struct{ Auth struct{ AccessToken string } }
		}
	}
	if err := json.NewDecoder(reloaded.Body).Decode(&got); err != nil ||
		got.Data.RefreshSession.Auth.AccessToken == "" {
		t.Errorf("no token after a reload: %v", err)
	}

	// The same request of a page that is not listed ends at the preflight, and what needs none is
	// refused.
	stranger := &scriptRequest{kit: k, origin: "https://elsewhere.example.org", jar: page.jar}
	if stranger.send(header, refresh) != nil {
		t.Error("a page of any origin may refresh")
	}
	for _, media := range []string{"text/plain", "application/x-www-form-urlencoded",
		"multipart/form-data; boundary=x"} {
		r := stranger.request(http.MethodPost, bytes.NewReader([]byte(refresh)))
		r.Header.Set("Content-Type", media)
		for _, c := range page.jar {
			r.AddCookie(c)
		}
		answer := stranger.do(r)
		answer.Body.Close()
		if answer.StatusCode < 400 || len(answer.Cookies()) > 0 {
			t.Errorf("%s without a preflight: %d", media, answer.StatusCode)
		}
	}
}

// A token that is not valid is told apart from none, and has the status that clients refresh at.
func TestAnInvalidTokenHasAStatusAndAMessageOfItsOwn(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "sqlite", apptest.WithoutWorker, apptest.WithoutMail)
	p := k.Found("Acme", "acme")
	ended := k.SignIn("admin@acme.test", apptest.Password)
	k.Must(ended, `mutation { signOut { deletedId } }`, nil, nil)
	generated(p)
	changing := k.SignIn("admin@acme.test", apptest.Password)
	ask := func(token, accept string) (*http.Response, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.URL+"/graphql",
			strings.NewReader(`{"query":"{ viewer { user { id } } }"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", accept)
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(body)
	}
	const response = "application/graphql-response+json"
	check := func(name, token, accept string, status int, challenge, message string) {
		t.Helper()
		answer, body := ask(token, accept)
		if answer.StatusCode != status || answer.Header.Get("WWW-Authenticate") != challenge ||
			!strings.Contains(body, message) {
			t.Errorf("%s: %d, %q: %s", name, answer.StatusCode,
				answer.Header.Get("WWW-Authenticate"), body)
		}
		if status != http.StatusOK && strings.Contains(body, `"data"`) {
			t.Errorf("%s has data: %s", name, body)
		}
	}
	const invalid, dead = `Bearer error="invalid_token"`, "has expired or was revoked"
	check("forged", "x.y.z", response, http.StatusUnauthorized, invalid, dead)
	check("ended", ended, response, http.StatusUnauthorized, invalid, dead)
	check("forged, plain JSON", "x.y.z", "application/json", http.StatusOK, "", dead)
	check("anonymous", "", response, http.StatusOK, "", "")
	check("to change", changing, response, http.StatusForbidden, "", "PASSWORD_CHANGE_REQUIRED")
	k.Clock.Add(time.Hour)
	check("expired", changing, response, http.StatusUnauthorized, invalid, dead)
}
