package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"
)

// Purpose is the kind of a link. A link works only for its own kind: the kind is signed, and
// ParseLink requires it.
type Purpose string

// The kinds of links. InvitationMail and InvitationCopy lead to the same page, but only the emailed
// one proves the mailbox; they are two kinds so that the holder of one cannot make the other out
// of it.
const (
	InvitationMail   Purpose = "invitation-mail"
	InvitationCopy   Purpose = "invitation-copy"
	PasswordReset    Purpose = "password-reset"
	EmailChange      Purpose = "email-change"
	JoinConfirmation Purpose = "join-confirmation"
	Preferences      Purpose = "preferences"
	SetPassword      Purpose = "set-password"
	Card             Purpose = "card"
	Download         Purpose = "download"
	EmailAction      Purpose = "email-action"
)

// purposes gives each kind its number in a token. The numbers stand in emails that were sent
// already: add at the end only. Zero is no kind, so that a token of zeros is malformed.
var purposes = []Purpose{
	"", InvitationMail, InvitationCopy, PasswordReset, EmailChange, JoinConfirmation, Preferences,
	SetPassword,
	Card, Download, EmailAction,
}

// The layout of a token, 48 bytes that base64 turns into 64 characters without a bit to spare:
// purpose 1 · key id 4 · id 16 · version 4 · expiry 5 (seconds since 1970, 0 never) · HMAC-SHA256
// cut to 18.
const (
	keyIDOffset   = 1
	idOffset      = keyIDOffset + keyIDLength
	versionOffset = idOffset + 16
	expiryOffset  = versionOffset + 4
	macOffset     = expiryOffset + 5
	linkBytes     = macOffset + 18

	// LinkLength is the number of characters of a link's token, without its safeEnd.
	LinkLength = linkBytes / 3 * 4

	// safeEnd follows a token that would end in a hyphen or an underscore. Programs that make links
	// of text often leave these characters out at the end. Tokens of earlier versions lack it and
	// are valid nevertheless.
	safeEnd   = "0"
	weakChars = "-_"
)

// ErrMalformed tells that a string is no token of the requested kinds. It never tells which check
// failed.
var ErrMalformed = errors.New("secret: malformed token")

// Claim is what a link says and is bound to.
type Claim struct {
	Purpose   Purpose
	ID        [16]byte  // of the row the link leads to
	Version   uint32    // raised on the row to kill earlier links
	ExpiresAt time.Time // to the second; zero when the row alone decides

	// Binding is what the link holds for alone and does not show: workspace id and address key, in
	// an order that is fixed per kind. It goes into the HMAC only; VerifyLink gets it again from
	// the row.
	Binding []string
}

// ParsedLink is a decoded token. Nothing of it can be trusted before VerifyLink.
type ParsedLink struct {
	Purpose   Purpose
	ID        [16]byte
	Version   uint32
	ExpiresAt time.Time // zero when the link itself never expires

	keyID [keyIDLength]byte
	mac   []byte
}

// IsExpired tells whether the link itself has expired; a link without an expiry never has.
func (p ParsedLink) IsExpired(now time.Time) bool {
	return !p.ExpiresAt.IsZero() && !now.Before(p.ExpiresAt)
}

// SignLink signs a claim with the first secret. The same claim gives the same token, so that a
// retried email repeats it. An unknown purpose, or an expiry before 1970, is a bug in the program
// and panics.
func (k *Keyring) SignLink(c Claim) Token {
	if slices.Index(purposes, c.Purpose) < 1 {
		panic("secret: link of an unknown purpose")
	}
	one := &k.keys[0]
	p := ParsedLink{Purpose: c.Purpose, ID: c.ID, Version: c.Version, ExpiresAt: c.ExpiresAt,
		keyID: one.id}
	b := p.encodeVisible()
	b = append(b, one.computeMAC(b, c.Purpose, c.Binding)...)
	token := base64.RawURLEncoding.EncodeToString(b)
	if strings.Contains(weakChars, token[len(token)-1:]) {
		token += safeEnd
	}
	return Token(token)
}

// ParseLink decodes a token so that its row can be loaded, if it is of one of the given kinds. It
// checks the structure only; the error is ErrMalformed.
//
// Security: the kinds are parameters, at least one, so that no caller can forget to compare them.
func (k *Keyring) ParseLink(token string, kind Purpose, others ...Purpose) (ParsedLink, error) {
	if len(token) == LinkLength+len(safeEnd) && strings.Contains(weakChars,
		token[LinkLength-1:LinkLength]) {
		token = strings.TrimSuffix(token, safeEnd)
	}
	// The length comes before the decoder, which would skip line breaks.
	if len(token) != LinkLength {
		return ParsedLink{}, ErrMalformed
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != linkBytes || int(b[0]) >= len(purposes) {
		return ParsedLink{}, ErrMalformed
	}
	p := ParsedLink{Purpose: purposes[b[0]], Version: binary.BigEndian.Uint32(b[versionOffset:]),
		mac: b[macOffset:]}
	if p.Purpose == "" || p.Purpose != kind && !slices.Contains(others, p.Purpose) {
		return ParsedLink{}, ErrMalformed
	}
	copy(p.keyID[:], b[keyIDOffset:])
	copy(p.ID[:], b[idOffset:])
	if seconds := binary.BigEndian.Uint64(
		append(make([]byte, 3, 8), b[expiryOffset:macOffset]...)); seconds > 0 {
		p.ExpiresAt = time.Unix(int64(seconds), 0).UTC()
	}
	return p, nil
}

// VerifyLink tells whether one of the secrets signed this link for exactly this binding. The
// caller compares Version with the row and calls IsExpired.
//
// Security: the comparison takes the same time wherever the difference is. An unknown key id fails
// immediately; key ids are public.
func (k *Keyring) VerifyLink(p ParsedLink, binding ...string) bool {
	one, known := k.byID[p.keyID]
	if !known || p.Purpose == "" {
		return false
	}
	return hmac.Equal(p.mac, one.computeMAC(p.encodeVisible(), p.Purpose, binding))
}

// encodeVisible returns the part of a token before its HMAC.
func (p ParsedLink) encodeVisible() []byte {
	b := make([]byte, 0, linkBytes)
	b = append(b, byte(slices.Index(purposes, p.Purpose)))
	b = append(b, p.keyID[:]...)
	b = append(b, p.ID[:]...)
	b = binary.BigEndian.AppendUint32(b, p.Version)
	return append(b, encodeExpiry(p.ExpiresAt)...)
}

// computeMAC signs the visible part, the kind in words and the binding. 144 bits cannot be guessed
// through a web server.
func (one *derivedKeys) computeMAC(visible []byte, purpose Purpose, binding []string) []byte {
	h := hmac.New(sha256.New, one.link)
	writeFramed(h, string(visible), string(purpose))
	writeFramed(h, binding...)
	return h.Sum(nil)[:linkBytes-macOffset]
}

// encodeExpiry returns the five bytes of a time, all zero for none.
func encodeExpiry(t time.Time) []byte {
	var b [8]byte
	if !t.IsZero() {
		seconds := t.Unix()
		if seconds <= 0 || seconds >= 1<<40 {
			panic("secret: link with an expiry out of range")
		}
		binary.BigEndian.PutUint64(b[:], uint64(seconds))
	}
	return b[3:]
}
