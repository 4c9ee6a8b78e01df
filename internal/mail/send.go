package mail

import (
	"context"
	"crypto/tls"
	"errors"
	netmail "net/mail"
	"time"
)

// Sender carries a mail to its recipient's server, or says why it could not.
type Sender interface {
	// Send returns a *DeliveryError where the mail was not taken.
	Send(ctx context.Context, e Envelope) error
}

// SMTP sends through one server. It is safe for concurrent use.
type SMTP struct {
	server Server
	from   *netmail.Address
	tls    *tls.Config
	pool   *connectionPool
}

// How long a server may keep us waiting, and how a connection is used again: greetings and TLS cost
// more than a mail, and a batch writes hundreds to one server.
const (
	dialTimeout = 15 * time.Second
	sendTimeout = 60 * time.Second
	// shorter than any server's own, so that a kept connection is rarely a dead one
	idleTimeout      = 10 * time.Second
	maxIdleConns     = 4
	maxEmailsPerConn = 100 // in one connection; some servers count
)

// NewSMTP prepares a sender from the two settings, see ParseURL and ParseFrom. It does not connect.
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

// Send hands the mail to the server and waits until the server has taken it.
//
// A server that dies after the last byte and before its answer leaves the question open; that
// counts as a temporary failure, so that a mail arrives twice rather than never, both times under
// the same Message-ID.
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
	c, failed := s.acquireConn(ctx, e.Again)
	if failed != nil {
		return failed
	}
	failed = c.deliverMail(ctx, sender, recipient, message)
	if failed != nil && (failed.Code == 0 || failed.Code == codeClosing) {
		// No answer: whatever comes over this connection next would be misread. Or the server
		// closes it.
		s.dropConn(c)
		if failed.Code == codeClosing {
			s.pool.noteRefusal(failed)
		}
		return failed
	}
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

// Close ends the kept connections. Mails that are on their way are not disturbed.
func (s *SMTP) Close() error {
	for _, c := range s.pool.takeIdle() {
		c.closePolitely()
	}
	return nil
}
