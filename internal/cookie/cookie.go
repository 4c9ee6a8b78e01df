// Package cookie is the one cookie that Usher sets: it holds a refresh token, for the pages and for
// front ends of the same site.
package cookie

import (
	"net/http"
	"time"

	"usher/internal/secret"
)

// Name is the cookie's name.
//
// Security: browsers keep a name with this prefix only from https (or this very machine), for this
// host alone and for all of its paths, so that neither a neighbouring subdomain nor a page under
// another path can plant one.
const Name = "__Host-usher"

// Set hands the browser a refresh token, until the token ends by itself. Without a token it leaves
// the browser's own alone: within the grace of a refresh a session may come without one.
//
// Security: scripts never see it, and requests that another site starts do not carry it, but for
// links that are followed: who clicks an invitation in a mail is signed in there.
func Set(w http.ResponseWriter, token secret.Token, until time.Time) {
	if token == "" {
		return
	}
	c := newCookie()
	c.Value, c.Expires = token.Reveal(), until.UTC()
	http.SetCookie(w, &c)
}

// Clear makes the browser forget the token.
func Clear(w http.ResponseWriter) {
	c := newCookie()
	c.MaxAge = -1
	http.SetCookie(w, &c)
}

// From returns the token that a request brings, empty if none.
func From(r *http.Request) string {
	c, err := r.Cookie(Name)
	if err != nil {
		return ""
	}
	return c.Value
}

func newCookie() http.Cookie {
	return http.Cookie{Name: Name, Path: "/", Secure: true, HttpOnly: true,
		SameSite: http.SameSiteLaxMode}
}
