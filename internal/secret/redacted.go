// Package secret makes and checks everything that must not leak: links, keys, sealed values,
// generated passwords.
//
// All of it derives from the secrets of USHER_SECRET. Each secret is stretched by HKDF into one key
// per purpose, so that what one purpose signs says nothing to another, and has a public key id, so
// that it can be rotated: the first secret signs and seals, all of them verify and open. A restart
// with a new secret in front therefore ends nothing.
//
// The package is pure: no database, no clock, no configuration. Vocabulary: a link is the token in
// an emailed URL (id, version, expiry, HMAC; nothing stored); an opaque token is random and stored as
// its hash (refresh tokens, API keys).
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// redactedMask is printed in place of every secret.
const redactedMask = "[redacted]"

// Redacted is a string that no formatter, logger or encoder shows; only Reveal returns its
// content.
//
// Security: every verb of fmt, slog and all encoders that know encoding.TextMarshaler (JSON, so
// also job arguments) write a mask, so that a careless %+v of a struct leaks nothing. A search for
// Reveal finds every place that reads the content.
type Redacted string

// Token is a Redacted that gives its holder access to something.
type Token = Redacted

// Reveal returns the content, for the place that must send or compare it.
func (r Redacted) Reveal() string { return string(r) }

// String returns a mask.
func (Redacted) String() string { return redactedMask }

// Format writes a mask whatever the verb; without it %d or %x would print the content inside their
// complaint.
func (Redacted) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redactedMask) }

// LogValue returns a mask for slog.
func (Redacted) LogValue() slog.Value { return slog.StringValue(redactedMask) }

// MarshalText returns a mask; encoding/json uses it too.
func (Redacted) MarshalText() ([]byte, error) { return []byte(redactedMask), nil }
