// Package courses is a small learning application beside the demo, on an address of its own. It
// signs people in by Usher, as any application of a workspace can, and shows who came in.
//
// It knows Usher by its OpenID Connect endpoints alone. What it does is what another application
// would do, with the client of zitadel/oidc, which is certified.
package courses

import (
	"context"
	"crypto/rand"
	_ "embed"
	"html/template"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/client/rp"
	httphelper "github.com/zitadel/oidc/v3/pkg/http"
	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// Paths of the application.
const (
	LoginPath    = "/login"    // begins a sign-in
	callbackPath = "/callback" // where Usher returns to
	logoutPath   = "/logout"   // ends the sign-in here
)

// Name is the name under which the application is registered.
const Name = "Brightwater Courses"

// sessionCookie names the cookie of a signed-in person. Its prefix keeps it apart from those of
// Usher, since cookies of one host do not tell ports apart.
const sessionCookie = "courses_session"

// sessionHours is how long somebody stays signed in.
const sessionHours = 8

//go:embed page.html
var pageText string

var page = template.Must(template.New("").Parse(pageText))

// person is who came in, as the claims of Usher say.
type person struct {
	Subject string   `json:"sub"`
	Name    string   `json:"name"`
	Email   string   `json:"email"`
	Roles   []string `json:"roles"`
	Groups  []struct {
		Name string `json:"name"`
	} `json:"groups"`
}

// GetSubject implements rp.SubjectGetter.
func (p person) GetSubject() string { return p.Subject }

// Application is the handler of the application.
type Application struct {
	base, issuer, clientID string
	cookies                *httphelper.CookieHandler

	mu     sync.Mutex
	people map[string]person // by the value of the session cookie
	client rp.RelyingParty   // nil until the first sign-in
}

// New returns the application at base, such as http://127.0.0.1:8081, whose people sign in at
// issuer as the public client clientID. Sign-ins last until the process ends.
func New(base, issuer, clientID string) *Application {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return &Application{base: base, issuer: issuer, clientID: clientID,
		people: map[string]person{},
		// The demo is not served by TLS.
		cookies: httphelper.NewCookieHandler(key, key, httphelper.WithUnsecure())}
}

// RedirectURIs returns what the application is registered with: where a sign-in returns to.
func RedirectURIs(base string) []string { return []string{base + callbackPath} }

// ServeHTTP implements http.Handler.
func (a *Application) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; "+
		"form-action 'self'; frame-ancestors 'none'")
	switch r.URL.Path {
	case "/":
		a.servePage(w, r)
	case LoginPath:
		a.withClient(w, func(client rp.RelyingParty) {
			rp.AuthURLHandler(rand.Text, client)(w, r)
		})
	case callbackPath:
		a.withClient(w, func(client rp.RelyingParty) {
			rp.CodeExchangeHandler(rp.UserinfoCallback(a.signIn), client)(w, r)
		})
	case logoutPath:
		a.signOut(w, r)
	default:
		http.NotFound(w, r)
	}
}

// withClient calls act with the client. It is made at the first sign-in, because it reads the
// endpoints of Usher, which must be running.
func (a *Application) withClient(w http.ResponseWriter, act func(rp.RelyingParty)) {
	a.mu.Lock()
	if a.client == nil {
		// Not with the context of the request, which ends before the client does.
		made, err := rp.NewRelyingPartyOIDC(context.Background(), a.issuer, a.clientID, "",
			a.base+callbackPath, []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail,
				"roles", "groups"},
			rp.WithPKCE(a.cookies), rp.WithHTTPClient(&http.Client{Timeout: 10 * time.Second}))
		if err != nil {
			a.mu.Unlock()
			slog.Error("demo application", "error", err)
			http.Error(w, "Usher does not answer. Try again.", http.StatusBadGateway)
			return
		}
		a.client = made
	}
	client := a.client
	a.mu.Unlock()
	act(client)
}

// signIn ends a sign-in: the code is exchanged, the tokens are verified, and the claims are read. The
// tokens are not kept, since the application calls no API.
func (a *Application) signIn(w http.ResponseWriter, r *http.Request,
	_ *oidc.Tokens[*oidc.IDTokenClaims], _ string, _ rp.RelyingParty, who person) {
	// A value that nobody can guess stands for the person.
	session := rand.Text()
	a.mu.Lock()
	a.people[session] = who
	a.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: session, Path: "/",
		MaxAge: sessionHours * 60 * 60, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// servePage shows who is signed in, or a button to sign in.
func (a *Application) servePage(w http.ResponseWriter, r *http.Request) {
	// An unknown cookie is one from another start: nobody is signed in.
	var who *person
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		a.mu.Lock()
		if found, is := a.people[cookie.Value]; is {
			who = &found
		}
		a.mu.Unlock()
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := page.Execute(w, map[string]any{"Name": Name, "Who": who, "Usher": a.issuer}); err != nil {
		slog.Error("demo application", "error", err)
	}
}

// signOut forgets who was signed in here. They stay signed in to Usher.
func (a *Application) signOut(w http.ResponseWriter, r *http.Request) {
	// A link of another page must not sign anybody out.
	if r.Method != http.MethodPost {
		http.Error(w, "Use the button.", http.StatusMethodNotAllowed)
		return
	}
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		a.mu.Lock()
		delete(a.people, cookie.Value)
		a.mu.Unlock()
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
