// Package cookie sets and reads the session cookie. It holds a refresh token, for the pages and for
// front ends of the same site.
package cookie

import (
	"net/http"
	"time"

	"usher/internal/secret"
)

// Name is the cookie's name.
//
// Security: browsers accept a name with the prefix __Host- only over https (or from localhost), for
// this host only and with path /. So neither another subdomain nor a page under another path can
// set it.
const Name = "__Host-usher"

// Set stores a refresh token in the browser until the token expires. An empty token changes
// nothing: within the grace period of a refresh a session has no new token.
//
// Security: scripts cannot read the cookie, and cross-site requests do not carry it, except
// top-level navigation. So a person who opens the link of an email is signed in.
func Set(w http.ResponseWriter, token secret.Token, until time.Time) {
	if token == "" {
		return
	}
	c := newCookie()
	c.Value, c.Expires = token.Reveal(), until.UTC()
	http.SetCookie(w, &c)
}

// Clear deletes the cookie.
func Clear(w http.ResponseWriter) {
	c := newCookie()
	c.MaxAge = -1
	http.SetCookie(w, &c)
}

// From returns the token of a request, "" if none.
func From(r *http.Request) string {
	c, err := r.Cookie(Name)
	if err != nil {
		return ""
	}
	return c.Value
}

// newCookie returns the session cookie without its value. Security: scripts cannot read it, and
// other sites cannot send it with a POST.
func newCookie() http.Cookie {
	return http.Cookie{Name: Name, Path: "/", Secure: true, HttpOnly: true,
		SameSite: http.SameSiteLaxMode}
}
