// Package bounce receives an email provider's signed reports about accepted emails (MAI-6) at
// /hooks/bounces. It selects the permanent failures and passes them on as Reports.
//
// A call is signed by the Standard Webhooks scheme, version 1. It has the headers webhook-id,
// webhook-timestamp (Unix seconds) and webhook-signature. The signature is "v1," followed by the
// base64 of HMAC-SHA-256 over id.timestamp.body with the shared key.
//
// The body has one of two formats. As application/json, up to 1,000 events:
//
//	{"events": [{
//	    "messageId": "<mal_…@usher.example.org>",    the Message-ID of the email
//	    "recipient": "zoe@example.org",
//	    "type":      "bounced",                      or complained, delivered, deferred
//	    "reason":    "550 5.1.1 no such user",       the reply of the refusing server
//	    "at":        "2026-03-01T09:30:00Z"          optional
//	}]}
//
// As message/rfc822 or multipart/report, a delivery status notification (RFC 3464), complete or
// without its outer headers. The returned headers identify the email.
//
// A failure is permanent if an event is bounced with a status of class 5, if it is a complaint, or
// if the action of a recipient is failed. Delays and deliveries are ignored. The status is 204 when
// all failures are recorded; 400 for a malformed body, 401 for a wrong signature, 405, 413 and 415
// as HTTP defines them, and 500 or 503 when recording failed. The provider may then call again, so
// recording must be idempotent.
package bounce

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"usher/internal/fault"
	"usher/internal/secret"
)

const (
	// A notification beyond one of these limits is refused.
	maxBodyBytes = 1 << 20
	maxReports   = 1000
)

// ComplaintReason is the reason of a spam complaint, which has no server reply.
const ComplaintReason = "complaint"

// Report is the permanent failure of one email.
type Report struct {
	MessageID string // "<id@domain>", as in the email's header
	Recipient string // as the provider sent it; may be empty
	Reason    string // text of a server, not sanitized
}

// malformedBodyError describes what is wrong with a body. It is sent to the provider.
type malformedBodyError string

// Error returns the sentence.
func (m malformedBodyError) Error() string { return string(m) }

// errTooMany is the error of a body with more than maxReports events.
var errTooMany = errors.New("bounce: too many events")

// bodyReaders are the formats of a body, by media type.
var bodyReaders = map[string]func(body []byte, params map[string]string) ([]Report, error){
	"application/json": func(body []byte, _ map[string]string) ([]Report, error) {
		return readEvents(body)
	},
	"message/rfc822": func(body []byte, _ map[string]string) ([]Report, error) {
		return readMessage(body)
	},
	"multipart/report": readNotification,
}

// Handler returns the handler of the hook. A call must be signed with one of the keys, which are
// raw bytes; without keys every call gets 404. record is called for each report. It must be
// idempotent and log its own errors; here an error only determines the status.
func Handler(keys []secret.Redacted, record func(context.Context, Report) error,
	now func() time.Time) http.Handler {
	if len(keys) == 0 {
		return http.NotFoundHandler()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "deliver by POST", http.StatusMethodNotAllowed)
			return
		}
		kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		read := bodyReaders[kind]
		if err != nil || read == nil || r.Header.Get("Content-Encoding") != "" {
			http.Error(
				w, "send application/json, message/rfc822 or multipart/report, not compressed",
				http.StatusUnsupportedMediaType)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			http.Error(w, "the body is over 1 MiB", http.StatusRequestEntityTooLarge)
			return
		}
		if err != nil {
			http.Error(w, "the body ends too early", http.StatusBadRequest)
			return
		}
		// Security: the signature is verified before the body is parsed. A forged report would
		// suppress an address, because a bounced address gets no more emails.
		if !isSigned(keys, r.Header, body, now()) {
			http.Error(w, "the signature does not fit, or its time is over five minutes away",
				http.StatusUnauthorized)
			return
		}
		reports, err := read(body, params)
		if err == nil && len(reports) > maxReports {
			err = errTooMany
		}
		switch {
		case errors.Is(err, errTooMany):
			http.Error(w, "more than 1,000 events", http.StatusRequestEntityTooLarge)
			return
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for _, report := range reports {
			if err := record(r.Context(), report); err != nil {
				status := http.StatusInternalServerError
				if f, ok := fault.Of(err); ok && f.Code == fault.Unavailable {
					status = http.StatusServiceUnavailable
					w.Header().Set("Retry-After", strconv.Itoa(max(1, int(f.RetryAfter.Seconds()))))
				}
				http.Error(w, http.StatusText(status), status)
				return
			}
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
