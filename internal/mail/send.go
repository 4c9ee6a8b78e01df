package mail

import (
	"context"
	"crypto/tls"
	"errors"
	netmail "net/mail"
	"time"
)

// Sender sends an email, or returns why it could not.
type Sender interface {
	// Send returns a *DeliveryError when the email was not accepted.
	Send(ctx context.Context, e Envelope) error
}

// SMTP sends through one server. It is safe for concurrent use.
type SMTP struct {
	server Server
	from   *netmail.Address
	tls    *tls.Config
	pool   *connectionPool
}

// Timeouts, and limits for connection reuse: the greeting and TLS cost more than an email, and a
// batch sends hundreds to one server.
const (
	dialTimeout = 15 * time.Second
	sendTimeout = 60 * time.Second
	// shorter than the idle timeout of servers, so that an idle connection rarely is dead
	idleTimeout      = 10 * time.Second
	maxIdleConns     = 4
	maxEmailsPerConn = 100 // some servers limit the emails of one connection
)

// NewSMTP returns a sender for the two settings, see ParseURL and ParseFrom. It does not connect.
func NewSMTP(rawURL, from string) (*SMTP, error) {
	server, err := ParseURL(rawURL)
	if err != nil {
		return nil, err
	}
	address, err := ParseFrom(from)
	if err != nil {
		return nil, err
	}
	return &SMTP{
		server: server, from: address, pool: newConnectionPool(),
		tls: &tls.Config{ServerName: server.Host, MinVersion: tls.VersionTLS12},
	}, nil
}

// Send sends the email to the server and waits for its reply.
//
// If the connection ends after the last byte and before the reply, it is unclear whether the server
// accepted the email. That is a temporary failure: the email may arrive twice, under the same
// Message-ID, rather than never.
func (s *SMTP) Send(ctx context.Context, e Envelope) error {
	sender, recipient, message, err := e.buildMessage(s.from)
	if errors.Is(err, errAddress) {
		return newPermanentError("mail.failed_address", err)
	}
	if err != nil {
		return newPermanentError("mail.failed_message", err)
	}

	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	// Time in the queue for a connection counts, so that a caller can rely on sendTimeout.
	c, failed := s.acquireConn(ctx, e.Again)
	if failed != nil {
		return failed
	}
	failed = c.deliverMail(ctx, sender, recipient, message)
	if failed != nil && (failed.Code == 0 || failed.Code == codeClosing) {
		// Without a reply, the next reply on this connection would be taken for this one's. With
		// codeClosing the server closes it.
		s.dropConn(c)
		if failed.Code == codeClosing {
			s.pool.noteRefusal(failed)
		}
		return failed
	}
	// A permanent reply about one recipient leaves the connection usable.
	s.keepConn(c)
	if failed != nil && failed.Sender {
		s.pool.pauseConnecting(failed)
		return failed
	}
	s.pool.noteSuccess()
	if failed != nil {
		return failed
	}
	return nil // not "return failed": a nil *DeliveryError is no nil error
}

// Close closes the idle connections. Running calls of Send are not affected.
func (s *SMTP) Close() error {
	for _, c := range s.pool.takeIdle() {
		c.closePolitely()
	}
	return nil
}
