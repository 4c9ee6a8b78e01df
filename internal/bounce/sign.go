package bounce

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"usher/internal/secret"
)

// clockTolerance is how far a call's clock may be from ours, in seconds.
const clockTolerance = 5 * 60

// isSigned tells whether one of the keys signed the body, lately.
//
// Security: a call that somebody kept is refused after five minutes. Before, it can be repeated,
// which changes nothing, so no ids are stored. Signatures are compared in constant time, and all of
// them: how far one gets tells nothing.
func isSigned(keys []secret.Redacted, h http.Header, body []byte, now time.Time) bool {
	id, stamp := h.Get("Webhook-Id"), h.Get("Webhook-Timestamp")
	at, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || err != nil || at < now.Unix()-clockTolerance || at > now.Unix()+clockTolerance {
		return false
	}
	good := false
	for _, key := range keys {
		mac := hmac.New(sha256.New, []byte(key.Reveal()))
		mac.Write([]byte(id + "." + stamp + "."))
		mac.Write(body)
		sum := mac.Sum(nil)
		// There are several while the provider changes its key; those of other versions are not for
		// us.
		for given := range strings.FieldsSeq(h.Get("Webhook-Signature")) {
			encoded, ours := strings.CutPrefix(given, "v1,")
			raw, err := base64.StdEncoding.DecodeString(encoded)
			if ours && err == nil && hmac.Equal(raw, sum) {
				good = true
			}
		}
	}
	return good
}
