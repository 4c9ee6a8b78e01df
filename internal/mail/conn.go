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

// smtpConn is one conversation with the server. It belongs to one Send at a time, or to the idle
// list.
type smtpConn struct {
	*smtp.Client
	raw        net.Conn
	emailCount int
	idleTimer  *time.Timer // ends the connection when it was idle for too long
}

// acquireConn returns a connection that is ready for a mail: a kept one that still answers, or a
// new one. It waits where the server takes no more connections just now.
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
		err := c.Reset() // also shows that the server is still there
		stop()
		if err == nil {
			return c, nil
		}
		s.dropConn(c)
	}
}

// dialServer opens a new connection, encrypts it and signs in.
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
	c.SkipSMTPUTF8(true) // addresses are ASCII (toWireAddress) and headers encoded
	if err := c.Hello(helloName()); err != nil {
		return stageConnect, err
	}
	if !s.server.ImplicitTLS {
		// Security: once the server offers encryption, a handshake that fails is an error and never
		// a reason to go on in clear; the certificate is always checked.
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

// signIn proves who we are, if the settings name a user.
//
// Security: both mechanisms refuse to send the password over an unencrypted connection, unless to
// this machine itself.
func (c *smtpConn) signIn(server Server) error {
	if server.User == "" {
		return nil
	}
	_, offered := c.Extension("AUTH")
	mechanisms := strings.Fields(strings.ToUpper(offered))
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

// deliverMail hands over one mail.
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
	// On a broken write the caller drops the connection. Closing the writer instead would send the
	// final dot, and the server would take half a mail for a whole one.
	if _, err := w.Write(message); err != nil {
		return newDeliveryError(stageRecipient, err)
	}
	if err := w.Close(); err != nil {
		e := newDeliveryError(stageRecipient, err)
		e.Unclear = e.Code == 0 // the last byte was sent: the server may have taken the mail
		return e
	}
	return nil
}

// bindContext ties every read and write to the context, until the returned function is called.
func (c *smtpConn) bindContext(ctx context.Context) (release func()) {
	deadline, _ := ctx.Deadline() // Send always sets one
	_ = c.raw.SetDeadline(deadline)
	stop := context.AfterFunc(ctx, func() { _ = c.raw.SetDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

// keepConn puts a connection aside for the next mail, or ends it.
func (s *SMTP) keepConn(c *smtpConn) {
	if c.emailCount >= maxEmailsPerConn || !s.pool.addIdle(c) {
		c.closePolitely()
		s.pool.releaseSlot()
	}
}

// dropConn ends a conversation without a word.
func (s *SMTP) dropConn(c *smtpConn) {
	_ = c.raw.Close()
	s.pool.releaseSlot()
}

// closePolitely ends a conversation politely; a server that does not answer in a second is left
// alone.
func (c *smtpConn) closePolitely() {
	_ = c.raw.SetDeadline(time.Now().Add(time.Second))
	_ = c.Quit()
	_ = c.raw.Close()
}

// helloName is how we introduce ourselves. Some servers refuse a name with odd characters, so those
// become localhost.
func helloName() string {
	name, err := os.Hostname()
	if err != nil || name == "" ||
		strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return "localhost"
	}
	return name
}
