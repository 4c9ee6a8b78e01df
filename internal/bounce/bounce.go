// Package bounce receives an email provider's signed reports about accepted emails (MAI-6) at
// /hooks/bounces. It selects the permanent failures and passes them on as Reports.
//
// A call is signed by the Standard Webhooks scheme, version 1: the headers webhook-id,
// webhook-timestamp (seconds since
//  1970. and webhook-signature, whose "v1," is followed by the base64 of HMAC-SHA-256 over
//     id.timestamp.body under the
//
// shared key. Its body is one of two things. As application/json, up to 1,000 events:
//
//	{"events": [{
//	    "messageId": "<mal_…@usher.example.org>",    the Message-ID of the mail
//	    "recipient": "zoe@example.org",
//	    "type":      "bounced",                      or complained, delivered, deferred
//	    "reason":    "550 5.1.1 no such user",       the words of the server that refused
//	    "at":        "2026-03-01T09:30:00Z"          optional
//	}]}
//
// As message/rfc822 or multipart/report, a delivery status notification (RFC 3464) as a mail server
// writes it, whole or without its outer headers; the mail it is about is named by the headers that
// it returns.
//
// What counts: an event that bounced with a status of class 5, a complaint, and a recipient whose
// action is failed. A delay is no bounce, and what has arrived is none either. Answers: 204 once
// all that counts is recorded; 400 for a body that cannot be read, 401 for a signature, 405, 413
// and 415 for what their names say, 500 when recording failed. A provider may then call again:
// recording one mail twice must change nothing.
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
	maxBodyBytes = 1 << 20
	maxReports   = 1000
)

// complaintReason is the reason of a spam complaint, which has no server reply.
const complaintReason = "complaint"

// Report is the permanent failure of one email.
type Report struct {
	MessageID string // "<id@domain>", as the mail carried it
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
