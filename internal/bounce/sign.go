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

// clockTolerance is the maximum difference between a call's timestamp and our clock, in seconds.
const clockTolerance = 5 * 60

// isSigned reports whether one of the keys signed the body within clockTolerance.
//
// Security: a replayed call is refused after five minutes. Until then a replay changes nothing,
// because reports are idempotent, so no ids are stored. All signatures are compared in constant
// time, so that the timing reveals nothing.
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
		// A provider that rotates its key sends several signatures. Other versions are ignored.
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
