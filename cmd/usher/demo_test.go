package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"usher/ent/joinrequest"
	"usher/internal/apptest"
	"usher/internal/demo"
	"usher/internal/demo/courses"
	"usher/internal/store"
)

// browse returns a client that keeps cookies, and a function that reads the page at an address or
// the answer to a form of it.
func browse(t *testing.T) func(address string, form url.Values) (*url.URL, string) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	return func(address string, form url.Values) (*url.URL, string) {
		t.Helper()
		method := http.MethodGet
		if form != nil {
			method = http.MethodPost
		}
		r, err := http.NewRequestWithContext(t.Context(), method, address,
			strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		return resp.Request.URL, string(body)
	}
}

// The tour of the demo leads there: its second application, its card and its requests must work.
func TestTheDemoHasAnApplicationACardAndRequests(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		deps := demo.Deps{Store: k.Store, Services: k.Services, Accounts: k.Accounts,
			Workspaces: k.Workspaces, Applications: k.Applications, Clock: k.Admission.Clock}
		if _, err := demo.Seed(t.Context(), deps); err != nil {
			t.Fatal(err)
		}
		// It moves when the demo is started on another address.
		former, err := demo.RegisterApplication(t.Context(), deps, "http://127.0.0.1:1")
		if err != nil {
			t.Fatal(err)
		}
		var app http.Handler
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			app.ServeHTTP(w, r)
		}))
		defer srv.Close()
		id, err := demo.RegisterApplication(t.Context(), deps, srv.URL)
		if err != nil || id != former {
			t.Fatalf("the client is %s, and was %s: %v", id, former, err)
		}
		app = courses.New(srv.URL, k.URL, id)

		look := browse(t)
		if _, body := look(srv.URL, nil); !strings.Contains(body, `href="/login"`) {
			t.Errorf("nobody is signed in: %s", body)
		}
		at, body := look(srv.URL+"/login", nil)
		if at.Path != "/sign-in" {
			t.Fatalf("at %s: %s", at, body)
		}
		at, body = look(at.String(), url.Values{"login": {"noah.fischer@brightwater.example"},
			"password": {demo.Password}})
		if at.String() != srv.URL+"/" || !strings.Contains(body, "Welcome, Noah Fischer") ||
			!strings.Contains(body, "the group Sales North") {
			t.Errorf("at %s: %s", at, body)
		}
		if _, body = look(srv.URL+"/callback?code=x&state=y", nil); strings.Contains(body, "Welcome") {
			t.Error("a code of nobody signs in")
		}
		if _, body = look(srv.URL+"/logout", url.Values{}); strings.Contains(body, "Noah") {
			t.Error("signing out keeps the person")
		}

		card, err := demo.PrintCard(t.Context(), deps)
		if err != nil || !strings.Contains(card, "Mina Osei") || !strings.Contains(card, "<svg") {
			t.Errorf("the card: %v %s", err, card)
		}
		if n := k.Store.JoinRequest.Query().Where(joinrequest.StatusEQ(joinrequest.StatusWaiting)).
			CountX(store.AsSystem(t.Context(), "a test")); n != 2 {
			t.Errorf("%d requests wait", n)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
