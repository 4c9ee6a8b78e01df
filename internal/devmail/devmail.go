// Package devmail is an SMTP server that keeps what it receives and shows it in a browser.
//
// It replaces real mail servers in `usher demo` and in tests and is never part of a production
// installation: it requires no sign-in, accepts everything, and its pages show every emailed link.
// It keeps the last 1,000 messages in memory. Some recipients are refused on purpose, so that
// failures can be shown and tested:
//
//	tempfail*@…            451, try again later
//	reject*@…, bounce*@…   550, no such mailbox
package devmail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Limits: 1,000 messages of 512 KiB. Usher's own emails are smaller than 100 kB.
const (
	maxMessages     = 1000
	maxMessageBytes = 512 << 10
)

// Mailbox is a running SMTP server with the messages it has received. It is safe for concurrent
// use.
type Mailbox struct {
	listener net.Listener
	server   *smtp.Server

	mu       sync.Mutex
	messages []Message // oldest first
	next     int       // the id of the next message
	arrived  chan struct{}
}

// Listen starts a mailbox on an address such as "127.0.0.1:0".
func Listen(addr string) (*Mailbox, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	m := &Mailbox{listener: l, next: 1, arrived: make(chan struct{})}
	m.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &smtpSession{box: m}, nil
	}))
	m.server.Domain = "mailbox.test"
	m.server.MaxMessageBytes = maxMessageBytes
	m.server.MaxRecipients = 100
	m.server.ReadTimeout = time.Minute
	m.server.WriteTimeout = time.Minute
	m.server.ErrorLog = log.New(io.Discard, "", 0) // disconnecting clients are normal
	go func() { _ = m.server.Serve(l) }()          // ends with Close
	return m, nil
}

// Addr returns host:port, for an smtp:// URL.
func (m *Mailbox) Addr() string { return m.listener.Addr().String() }

// Close stops the server and its connections. The received messages stay readable.
func (m *Mailbox) Close() error {
	// The server closes the listener only after Serve has started; an immediate Close may come
	// before that.
	_ = m.listener.Close()
	if err := m.server.Close(); !errors.Is(err, net.ErrClosed) &&
		!errors.Is(err, smtp.ErrServerClosed) {
		return err
	}
	return nil
}

// Messages returns the kept messages, oldest first.
func (m *Mailbox) Messages() []Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.messages)
}

// Message returns one message by its id.
func (m *Mailbox) Message(id string) (Message, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.messages, func(x Message) bool { return x.ID == id })
	if i < 0 {
		return Message{}, false
	}
	return m.messages[i], true
}

// WaitFor waits until there are n messages to an address, which is compared without case, and
// returns them. If the context ends before, it returns the messages so far and the context's error.
func (m *Mailbox) WaitFor(ctx context.Context, to string, n int) ([]Message, error) {
	// The channel is read together with the messages: one that arrives in between closes it and
	// wakes the select.
	for {
		m.mu.Lock()
		arrived := m.arrived
		var found []Message
		for _, x := range m.messages {
			if slices.ContainsFunc(x.To, func(s string) bool { return strings.EqualFold(s, to) }) {
				found = append(found, x)
			}
		}
		m.mu.Unlock()
		if len(found) >= n {
			return found, nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return found, ctx.Err()
		}
	}
}

// storeMessage adds a message and drops the oldest one beyond maxMessages.
func (m *Mailbox) storeMessage(message Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	message.ID = strconv.Itoa(m.next)
	m.next++
	if len(m.messages) == maxMessages {
		m.messages = slices.Delete(m.messages, 0, 1)
	}
	m.messages = append(m.messages, message)
	// Wakes every WaitFor.
	close(m.arrived)
	m.arrived = make(chan struct{})
}

// smtpSession is one SMTP connection.
type smtpSession struct {
	box  *Mailbox
	from string
	to   []string
}

// Reset drops the current transaction.
func (s *smtpSession) Reset() { s.from, s.to = "", nil }

// Logout ends the session.
func (s *smtpSession) Logout() error { return nil }

// Mail stores the sender.
func (s *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt adds a recipient. It refuses the recipients that the package comment lists.
func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch local := strings.ToLower(to); {
	case strings.HasPrefix(local, "tempfail"):
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0},
			Message: "Mailbox busy, try again later"}
	case strings.HasPrefix(local, "reject"), strings.HasPrefix(local, "bounce"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1},
			Message: "No such mailbox here"}
	}
	s.to = append(s.to, to)
	return nil
}

// Data parses and stores the message.
func (s *smtpSession) Data(r io.Reader) error {
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(r); err != nil {
		return err
	}
	x := parseMessage(raw.Bytes())
	x.From, x.To, x.ReceivedAt = s.from, slices.Clone(s.to), time.Now()
	s.box.storeMessage(x)
	return nil
}
