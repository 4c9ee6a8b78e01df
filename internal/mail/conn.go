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

// conn is one conversation with the server. It belongs to one Send at a time, or to the idle list.
type conn struct {
	*smtp.Client
	raw   net.Conn
	mails int
	doze  *time.Timer // ends the connection when it was idle for too long
}

// connect returns a connection that is ready for a mail: a kept one that still answers, or a new one. It waits where the
// server takes no more connections just now.
func (s *SMTP) connect(ctx context.Context, again bool) (*conn, *DeliveryError) {
	for {
		c, busy := s.pool.acquire(ctx, again)
		if busy != nil {
			return nil, busy
		}
		if c == nil {
			c, failed := s.dial(ctx)
			if failed != nil {
				s.pool.release()
				s.pool.refused(failed)
			}
			return c, failed
		}
		stop := c.bound(ctx)
		err := c.Reset() // also shows that the server is still there
		stop()
		if err == nil {
			return c, nil
		}
		s.drop(c)
	}
}

// dial opens a new connection, encrypts it and signs in.
func (s *SMTP) dial(ctx context.Context) (*conn, *DeliveryError) {
	dialer := net.Dialer{Timeout: dialTimeout}
	raw, err := dialer.DialContext(ctx, "tcp", s.server.Address())
	if err != nil {
		return nil, failure(connecting, err)
	}
	c := &conn{raw: raw}
	defer c.bound(ctx)()
	if at, err := c.open(s); err != nil {
		raw.Close()
		return nil, failure(at, err)
	}
	return c, nil
}

func (c *conn) open(s *SMTP) (stage, error) {
	stream := c.raw
	if s.server.ImplicitTLS {
		encrypted := tls.Client(c.raw, s.tls)
		if err := encrypted.Handshake(); err != nil {
			return encrypting, err
		}
		stream = encrypted
	}
	var err error
	if c.Client, err = smtp.NewClient(stream, s.server.Host); err != nil {
		return connecting, err
	}
	c.SkipSMTPUTF8(true) // addresses are ASCII (wireAddress) and headers encoded
	if err := c.Hello(hostname()); err != nil {
		return connecting, err
	}
	if !s.server.ImplicitTLS {
		// Security: once the server offers encryption, a handshake that fails is an error and never a reason to go on in
		// clear; the certificate is always checked.
		if offered, _ := c.Extension("STARTTLS"); offered {
			if err := c.StartTLS(s.tls); err != nil {
				return encrypting, err
			}
		} else if s.server.RequireTLS {
			return encrypting, errTLS
		}
	}
	return signingIn, c.signIn(s.server)
}

// signIn proves who we are, if the settings name a user.
//
// Security: both mechanisms refuse to send the password over an unencrypted connection, unless to this machine itself.
func (c *conn) signIn(server Server) error {
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

// deliver hands over one mail.
func (c *conn) deliver(ctx context.Context, sender, recipient string, message []byte) *DeliveryError {
	defer c.bound(ctx)()
	c.mails++
	if err := c.Mail("<" + sender + ">"); err != nil {
		return failure(sending, err)
	}
	if err := c.Rcpt("<" + recipient + ">"); err != nil {
		return failure(naming, err)
	}
	w, err := c.Data()
	if err != nil {
		return failure(naming, err)
	}
	// On a broken write the caller drops the connection. Closing the writer instead would send the final dot, and the
	// server would take half a mail for a whole one.
	if _, err := w.Write(message); err != nil {
		return failure(naming, err)
	}
	if err := w.Close(); err != nil {
		e := failure(naming, err)
		e.Unclear = e.Code == 0 // the last byte was sent: the server may have taken the mail
		return e
	}
	return nil
}

// bound ties every read and write to the context, until the returned function is called.
func (c *conn) bound(ctx context.Context) (release func()) {
	deadline, _ := ctx.Deadline() // Send always sets one
	_ = c.raw.SetDeadline(deadline)
	stop := context.AfterFunc(ctx, func() { _ = c.raw.SetDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

// keep puts a connection aside for the next mail, or ends it.
func (s *SMTP) keep(c *conn) {
	if c.mails >= maxMails || !s.pool.keep(c) {
		c.quit()
		s.pool.release()
	}
}

// drop ends a conversation without a word.
func (s *SMTP) drop(c *conn) {
	_ = c.raw.Close()
	s.pool.release()
}

// quit ends a conversation politely; a server that does not answer in a second is left alone.
func (c *conn) quit() {
	_ = c.raw.SetDeadline(time.Now().Add(time.Second))
	_ = c.Quit()
	_ = c.raw.Close()
}

// hostname is how we introduce ourselves. Some servers refuse a name with odd characters, so those become localhost.
func hostname() string {
	name, err := os.Hostname()
	if err != nil || name == "" || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return "localhost"
	}
	return name
}
