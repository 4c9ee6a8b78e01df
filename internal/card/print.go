package card

import (
	"net/url"
	"strings"
	"time"

	"usher/ent"
	"usher/internal/admission"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/palette"
	"usher/internal/qr"
	"usher/internal/secret"
	"usher/internal/weburl"
)

// IssuedCard is a card in clear text, returned to its issuer once. The database stores the HMAC of
// the PIN and of the code only.
type IssuedCard struct {
	Member    *ent.Member // nil on a sheet
	URL       secret.Redacted
	PIN       secret.Redacted
	Code      secret.Redacted
	CodeURL   string // of the page that takes the code
	ExpiresAt time.Time

	user      *ent.User
	workspace *ent.Workspace
	signInURL string
}

// revealCard returns a card with its secrets, its account and its workspace; false if the server's
// secret that it was issued with is no longer configured. The card has its edges loaded.
func (s *Service) revealCard(c *ent.Card) (*IssuedCard, bool) {
	secrets, known := s.deriveSecrets(c.KeyID, c.ID, c.LinkVersion)
	if !known {
		return nil, false
	}
	signIn := s.PublicURL.JoinPath("sign-in")
	signIn.RawQuery = url.Values{"workspace": {c.Edges.Workspace.Slug}}.Encode()
	return &IssuedCard{
		URL: secret.Redacted(s.PublicURL.JoinPath("cards", s.signCardLink(c).Reveal()).String()),
		PIN: secrets.pin, Code: secrets.code, CodeURL: s.PublicURL.JoinPath("card").String(),
		ExpiresAt: c.ExpiresAt, user: c.Edges.User, workspace: c.Edges.Workspace,
		signInURL: signIn.String(),
	}, true
}

// DrawQR returns the QR code of the link as an SVG document, titled in the person's language.
func (c *IssuedCard) DrawQR() ([]byte, error) {
	return qr.SVG(c.URL.Reveal(), i18n.T(outbox.Locale(c.user.Locale, c.workspace), "card.qr_title",
		i18n.Args{"Name": admission.DisplayName(c.user)}))
}

// RenderPage returns the card as an HTML document to print, in the person's language.
func (c *IssuedCard) RenderPage() (string, error) {
	face, err := c.face()
	if err != nil {
		return "", err
	}
	return face.renderHTML()
}

// face returns what the card shows.
func (c *IssuedCard) face() (cardFace, error) {
	svg, err := c.DrawQR()
	if err != nil {
		return cardFace{}, err
	}
	u, w := c.user, c.workspace
	l, zone := outbox.Locale(u.Locale, w), i18n.LoadZone(w.TimeZone)
	return cardFace{
		Locale: l, Workspace: w.Name, Slug: w.Slug, Contact: inputs.ValueOrEmpty(w.SupportContact),
		Brand: brandOf(w), Name: admission.DisplayName(u),
		Username: inputs.ValueOrEmpty(u.Username), Email: inputs.ValueOrEmpty(u.Email),
		Address: shortenURL(c.CodeURL), Code: c.Code.Reveal(), PIN: c.PIN.Reveal(), SVG: svg,
		Until:  mail.ShortDay(l, c.ExpiresAt, zone),
		SignIn: shortenURL(c.signInURL),
	}, nil
}

// shortenURL leaves out what a browser adds by itself, so that there is less to type.
func shortenURL(address string) string { return strings.TrimPrefix(address, "https://") }

// brandOf returns the logo, the letter in its place, and the colours of a workspace. A malformed
// colour is replaced by Usher's.
func brandOf(w *ent.Workspace) cardBrand {
	color, ok := palette.Parse(strings.TrimSpace(inputs.ValueOrEmpty(w.Color)))
	if !ok {
		color = palette.Usher
	}
	colors := palette.Derive(color, palette.Light)
	b := cardBrand{Fill: color.String(), OnFill: colors.OnFill.String(),
		Monogram: palette.Monogram(w.Name)}
	// Security: only a picture that is fetched encrypted. A card is opened as a file, which has no
	// policy of its own.
	if u, ok := weburl.ParsePicture(inputs.ValueOrEmpty(w.LogoURL)); ok {
		b.Logo = u.String()
	}
	return b
}
