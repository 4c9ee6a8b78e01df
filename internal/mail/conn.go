package mail

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// smtpConn is one connection to the server. It belongs to one Send at a time, or to the idle list.
type smtpConn struct {
	*smtp.Client
	raw        net.Conn
	emailCount int
	idleTimer  *time.Timer // closes the connection after idleTimeout
}

// acquireConn returns a connection that is ready for an email: an idle one that still answers, or a
// new one. It waits while the server accepts no more connections.
func (s *SMTP) acquireConn(ctx context.Context, again bool) (*smtpConn, *DeliveryError) {
	for {
		c, busy := s.pool.acquireConn(ctx, again)
		if busy != nil {
			return nil, busy
		}
		if c == nil {
			c, failed := s.dialServer(ctx)
			if failed != nil {
				s.pool.releaseSlot()
				s.pool.noteRefusal(failed)
			}
			return c, failed
		}
		stop := c.bindContext(ctx)
		// RSET also checks that the server still responds.
		err := c.Reset()
		stop()
		if err == nil {
			return c, nil
		}
		// The server has closed it while it was idle. The next one may still work.
		s.dropConn(c)
	}
}

// dialServer opens a connection, encrypts it and authenticates.
func (s *SMTP) dialServer(ctx context.Context) (*smtpConn, *DeliveryError) {
	dialer := net.Dialer{Timeout: dialTimeout}
	raw, err := dialer.DialContext(ctx, "tcp", s.server.Address())
	if err != nil {
		return nil, newDeliveryError(stageConnect, err)
	}
	c := &smtpConn{raw: raw}
	defer c.bindContext(ctx)()
	if at, err := c.startSession(s); err != nil {
		raw.Close()
		return nil, newDeliveryError(at, err)
	}
	return c, nil
}

// startSession speaks SMTP up to the point where an email can be sent: greeting, encryption,
// sign-in. On an error it returns the stage that failed, by which the operator is told what to look
// at.
func (c *smtpConn) startSession(s *SMTP) (smtpStage, error) {
	stream := c.raw
	if s.server.ImplicitTLS {
		encrypted := tls.Client(c.raw, s.tls)
		if err := encrypted.Handshake(); err != nil {
			return stageEncrypt, err
		}
		stream = encrypted
	}
	var err error
	if c.Client, err = smtp.NewClient(stream, s.server.Host); err != nil {
		return stageConnect, err
	}
	// Addresses are ASCII (toWireAddress) and headers are encoded.
	c.SkipSMTPUTF8(true)
	if err := c.Hello(helloName()); err != nil {
		return stageConnect, err
	}
	if !s.server.ImplicitTLS {
		// Security: when the server offers STARTTLS, a failed handshake is an error. There is no
		// fallback to plain text, and the certificate is always verified.
		if offered, _ := c.Extension("STARTTLS"); offered {
			if err := c.StartTLS(s.tls); err != nil {
				return stageEncrypt, err
			}
		} else if s.server.RequireTLS {
			return stageEncrypt, errTLS
		}
	}
	return stageSignIn, c.signIn(s.server)
}

// signIn authenticates if the settings name a user.
//
// Security: both mechanisms refuse to send the password over an unencrypted connection, except to
// localhost.
func (c *smtpConn) signIn(server Server) error {
	if server.User == "" {
		return nil
	}
	_, offered := c.Extension("AUTH")
	mechanisms := strings.Fields(strings.ToUpper(offered))
	// PLAIN and LOGIN are equally safe under TLS, so the server's order decides.
	for _, mechanism := range mechanisms {
		switch mechanism {
		case "PLAIN":
			return c.Auth(smtp.PlainAuth("", server.User, server.password, server.Host, false))
		case "LOGIN":
			return c.Auth(smtp.LoginAuth(server.User, server.password, server.Host, false))
		}
	}
	return errNoAuth
}

// deliverMail sends one email on the connection.
func (c *smtpConn) deliverMail(ctx context.Context, sender, recipient string,
	message []byte) *DeliveryError {
	defer c.bindContext(ctx)()
	c.emailCount++
	if err := c.Mail("<" + sender + ">"); err != nil {
		return newDeliveryError(stageSender, err)
	}
	if err := c.Rcpt("<" + recipient + ">"); err != nil {
		return newDeliveryError(stageRecipient, err)
	}
	w, err := c.Data()
	if err != nil {
		return newDeliveryError(stageRecipient, err)
	}
	// After a failed write the caller drops the connection. Closing the writer would send the final
	// dot, and the server would accept a truncated email.
	if _, err := w.Write(message); err != nil {
		return newDeliveryError(stageRecipient, err)
	}
	if err := w.Close(); err != nil {
		e := newDeliveryError(stageRecipient, err)
		// The last byte was sent, so the server may have accepted the email.
		e.Unclear = e.Code == 0
		return e
	}
	return nil
}

// bindContext makes reads and writes end with the context, until the returned function is called.
func (c *smtpConn) bindContext(ctx context.Context) (release func()) {
	deadline, _ := ctx.Deadline() // Send always sets one
	_ = c.raw.SetDeadline(deadline)
	stop := context.AfterFunc(ctx, func() { _ = c.raw.SetDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

// keepConn adds a connection to the idle list, or closes it when the list is full or its emails are
// used up.
func (s *SMTP) keepConn(c *smtpConn) {
	if c.emailCount >= maxEmailsPerConn || !s.pool.addIdle(c) {
		c.closePolitely()
		s.pool.releaseSlot()
	}
}

// dropConn closes a connection without QUIT.
func (s *SMTP) dropConn(c *smtpConn) {
	_ = c.raw.Close()
	s.pool.releaseSlot()
}

// closePolitely sends QUIT, waits at most a second, and closes the connection.
func (c *smtpConn) closePolitely() {
	_ = c.raw.SetDeadline(time.Now().Add(time.Second))
	_ = c.Quit()
	_ = c.raw.Close()
}

// helloName returns the host name for EHLO. Some servers refuse unusual characters, so such a name
// becomes localhost.
func helloName() string {
	name, err := os.Hostname()
	if err != nil || name == "" ||
		strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return "localhost"
	}
	return name
}
