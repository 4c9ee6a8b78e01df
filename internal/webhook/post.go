package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"usher/internal/secret"
)

const (
	// maxAnswer is how much of an answer is read, in bytes.
	maxAnswer = 64 << 10
	// maxKeptAnswer is how much of an answer is stored, in bytes: enough for an error message. A
	// receiver that repeats what it got would otherwise fill the database.
	maxKeptAnswer = 4 << 10
	// userAgent names the sender to receivers.
	userAgent = "Usher-Webhooks/1"
)

// message is one event for one endpoint.
type message struct {
	id   string // the same at each attempt
	url  string
	body []byte
	keys []secret.Redacted
}

// FailureReason is why an attempt failed. The words are part of the public schema.
type FailureReason string

// The reasons.
const (
	FailureStatus     FailureReason = "STATUS"     // the answer is no success
	FailureTimeout    FailureReason = "TIMEOUT"    // no complete answer within 15 s
	FailureAddress    FailureReason = "ADDRESS"    // the address is not a public one
	FailureName       FailureReason = "NAME"       // the name of the host is not known
	FailureTLS        FailureReason = "TLS"        // no secure connection
	FailureConnection FailureReason = "CONNECTION" // refused or broken off
	FailureEvent      FailureReason = "EVENT"      // the event was erased
	FailureURL        FailureReason = "URL"        // the URL is not allowed any more
)

// postResult is the outcome of an attempt.
type postResult struct {
	status   int           // 0 without an answer
	answer   string        // the beginning of its body
	reason   FailureReason // "" after a success
	duration time.Duration
}

// poster sends messages.
type poster struct {
	client       *http.Client
	allowPrivate bool
}

// newPoster returns a poster. allowPrivate allows http and private networks.
func newPoster(allowPrivate bool) *poster {
	return &poster{client: newClient(allowPrivate, nil), allowPrivate: allowPrivate}
}

// post makes one attempt. at is signed as its time. The result is a success if the status is 2xx and
// the answer is complete, or longer than what is read.
func (p *poster) post(ctx context.Context, m message, at time.Time) (r postResult) {
	began := time.Now()
	defer func() { r.duration = time.Since(began) }()
	// Checked again: the operator may have changed the setting since the endpoint was saved.
	target, err := parseURL(m.url, p.allowPrivate)
	if err != nil {
		return postResult{reason: FailureURL}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target,
		bytes.NewReader(m.body))
	if err != nil {
		return postResult{reason: FailureURL}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", userAgent)
	if err := signDelivery(request.Header, m.id, at, m.body, m.keys...); err != nil {
		return postResult{reason: FailureURL}
	}

	response, err := p.client.Do(request)
	if err != nil {
		return postResult{reason: classifyFailure(err)}
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	r = postResult{status: response.StatusCode, answer: keepText(answer)}
	switch {
	case response.StatusCode < 200 || response.StatusCode > 299:
		r.reason = FailureStatus
	case err != nil:
		// The receiver may have failed in the midst of its work.
		r.reason = classifyFailure(err)
	}
	return r
}

// classifyFailure returns the reason of an error of the HTTP client. The text of the error is not
// stored: it can name internal addresses.
func classifyFailure(err error) FailureReason {
	var timeout net.Error
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var alert tls.AlertError
	var header tls.RecordHeaderError
	switch {
	// The first cause counts: a refused address is also an error of a connection.
	case errors.Is(err, errNotPublic):
		return FailureAddress
	case errors.As(err, &name) && !name.IsTimeout:
		return FailureName
	case errors.As(err, &timeout) && timeout.Timeout():
		return FailureTimeout
	case errors.As(err, &certificate), errors.As(err, &alert), errors.As(err, &header),
		errors.Is(err, http.ErrSchemeMismatch):
		return FailureTLS
	}
	return FailureConnection
}

// keepText returns the beginning of an answer as text that both databases store: valid UTF-8 without
// zero bytes.
func keepText(answer []byte) string {
	if len(answer) > maxKeptAnswer {
		answer = answer[:maxKeptAnswer]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(string(answer), "\x00", ""), "\uFFFD")
}
