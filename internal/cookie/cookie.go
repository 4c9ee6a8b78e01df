// Package cookie names, sets and reads cookies. The session cookie holds a refresh token, for the
// pages and for front ends of the same site.
package cookie

import (
	"net/http"
	"net/url"
	"time"

	"usher/internal/secret"
)

// securePrefix begins the names of cookies over https.
//
// Security: browsers accept a name with the prefix __Host- only over https (or from localhost), for
// this host only and with path /. So neither another subdomain nor a page under another path can
// set it.
const securePrefix = "__Host-"

// session is the name of the session cookie without its prefix.
const session = "usher"

// Policy is how cookies are protected. The zero value is the one for https.
type Policy struct{ plain bool }

// PolicyFor returns the policy for a public URL; nil means https.
//
// Security: cookies over http are neither Secure nor prefixed, because Safari drops such cookies
// even for localhost, and every browser drops them for another host. The configuration accepts
// http for this machine and in the demo only.
func PolicyFor(publicURL *url.URL) Policy {
	return Policy{plain: publicURL != nil && publicURL.Scheme == "http"}
}

// Name returns the full name of a cookie; an empty part is the session cookie.
func (p Policy) Name(part string) string {
	name := session
	if part != "" {
		name += "-" + part
	}
	if p.plain {
		return name
	}
	return securePrefix + name
}

// New returns a cookie of this host that scripts cannot read and that cross-site requests do not
// carry, except top-level navigation.
func (p Policy) New(part, value string) http.Cookie {
	return http.Cookie{Name: p.Name(part), Value: value, Path: "/", Secure: !p.plain,
		HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// Value returns the value of a cookie of a request, "" if none.
func (p Policy) Value(r *http.Request, part string) string {
	c, err := r.Cookie(p.Name(part))
	if err != nil {
		return ""
	}
	return c.Value
}

// Set stores a refresh token in the browser until the token expires. An empty token changes
// nothing: within the grace period of a refresh a session has no new token.
//
// Security: scripts cannot read the cookie, and cross-site requests do not carry it, except
// top-level navigation. So a person who opens the link of an email is signed in.
func (p Policy) Set(w http.ResponseWriter, token secret.Token, until time.Time) {
	if token == "" {
		return
	}
	c := p.New("", token.Reveal())
	c.Expires = until.UTC()
	http.SetCookie(w, &c)
}

// Clear deletes the session cookie.
func (p Policy) Clear(w http.ResponseWriter) {
	c := p.New("", "")
	c.MaxAge = -1
	http.SetCookie(w, &c)
}

// Token returns the refresh token of a request, "" if none.
func (p Policy) Token(r *http.Request) string { return p.Value(r, "") }
