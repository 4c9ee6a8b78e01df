package card

import (
	"strconv"

	"usher/ent"
	"usher/internal/ident"
	"usher/internal/secret"
)

// The purposes of derived values. They are stored words: changing one ends every card.
const (
	pinPurpose      = "card-pin-value"
	pinHashPurpose  = "card-pin"
	codePurpose     = "card-code-value"
	codeHashPurpose = "card-code"
)

// cardSecrets are what a card prints, and what the database stores of it.
type cardSecrets struct {
	pin, code         secret.Redacted
	pinHash, codeHash []byte
}

// deriveSecrets returns the secrets of one version of a card; false if the secret with that key id
// is no longer configured.
//
// They are derived, not drawn, so that the document of many cards can be rendered when it is
// downloaded, and no secret of a card is stored in the clear for it. The link is made the same way.
func (s *Service) deriveSecrets(keyID string, id ident.ID, version int) (cardSecrets, bool) {
	pinSeed, known := s.Keys.DeriveWith(keyID, pinPurpose, id.String(), strconv.Itoa(version))
	if !known {
		return cardSecrets{}, false
	}
	codeSeed, _ := s.Keys.DeriveWith(keyID, codePurpose, id.String(), strconv.Itoa(version))
	printed := cardSecrets{pin: secret.GeneratePIN(pinSeed), code: secret.GenerateCode(codeSeed)}

	printed.pinHash, _ = s.hashPIN(keyID, id, version, printed.pin)
	code, _ := secret.ParseCode(printed.code.Reveal())
	printed.codeHash, _ = s.Keys.DeriveWith(keyID, codeHashPurpose, code.Reveal())
	return printed, true
}

// hashPIN returns the stored form of a PIN; false if the secret with that id is no longer
// configured.
//
// Security: all PINs of eight digits can be tried in a moment, so the hash needs a key that the
// database does not contain. The hash is bound to one version of one card.
func (s *Service) hashPIN(keyID string, id ident.ID, version int,
	pin secret.Redacted) ([]byte, bool) {
	digits, _ := secret.ParsePIN(pin.Reveal())
	return s.Keys.DeriveWith(keyID, pinHashPurpose, id.String(), strconv.Itoa(version),
		digits.Reveal())
}

// hashCode returns the stored forms of a code, one for each secret: unlike a PIN, a code is looked
// up before its card is known.
func (s *Service) hashCode(code secret.Redacted) [][]byte {
	return s.Keys.DeriveAll(codeHashPurpose, code.Reveal())
}

// signCardLink returns the token of a card's link. It is stored nowhere: it is signed for the row,
// so that issuing another card ends it.
func (s *Service) signCardLink(c *ent.Card) secret.Token {
	return s.Keys.SignLink(secret.Claim{Purpose: secret.Card, ID: c.ID,
		Version: uint32(c.LinkVersion), Binding: cardBinding(c)})
}

// cardBinding returns the values that the link of a card is signed for: the workspace and the
// account.
func cardBinding(c *ent.Card) []string {
	return []string{c.WorkspaceID.String(), c.UserID.String()}
}
