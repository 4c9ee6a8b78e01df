package webhook

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"usher/internal/secret"
)

// signingKeyBytes is the length of a signing key. Standard Webhooks asks for 24 to 64 bytes.
const signingKeyBytes = 32

// secretPrefix tells scanners of secrets, and the public verifiers, what a secret is.
const secretPrefix = "whsec_"

// newSigningKey returns the bytes of a new signing key.
func newSigningKey() secret.Redacted {
	key := make([]byte, signingKeyBytes)
	// never fails: crypto/rand ends the program instead
	_, _ = rand.Read(key)
	return secret.Redacted(key)
}

// formatSecret returns a signing key in the form in which receivers get it.
func formatSecret(key secret.Redacted) secret.Token {
	return secret.Token(secretPrefix + base64.StdEncoding.EncodeToString([]byte(key.Reveal())))
}

// signDelivery sets the headers of a delivery by Standard Webhooks v1. Each key adds a signature, so
// that a receiver with the former secret or the new one verifies it while a rotation overlaps. The
// time is that of the attempt: receivers refuse old ones, to stop replays.
func signDelivery(h http.Header, id string, at time.Time, body []byte,
	keys ...secret.Redacted) error {
	signatures := make([]string, len(keys))
	for i, key := range keys {
		signer, err := standardwebhooks.NewWebhookRaw([]byte(key.Reveal()))
		if err != nil {
			return err
		}
		if signatures[i], err = signer.Sign(id, at, body); err != nil {
			return err
		}
	}
	h.Set(standardwebhooks.HeaderWebhookID, id)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return nil
}
