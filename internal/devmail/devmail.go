// Package devmail is an SMTP server that keeps what it receives and shows it in a browser.
//
// It stands in for the world's mail servers in `usher demo` and in tests, and is never part of a
// real installation: nobody signs in, everything is accepted, and the pages show every link that
// was mailed. It holds the last 1,000 messages in memory. Some recipients are refused on purpose,
// so that failures can be seen and tested:
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

// What is kept, at most: 1,000 messages of half a megabyte. Usher's own stay under 100 kB.
const (
	maxMessages     = 1000
	maxMessageBytes = 512 << 10
)

// Mailbox is a running SMTP server and what it has received. It is safe for concurrent use.
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
	m.server.ErrorLog = log.New(io.Discard, "", 0) // clients that hang up are no news
	go func() { _ = m.server.Serve(l) }()          // ends with Close
	return m, nil
}

// Addr returns host:port, for an smtp:// URL.
func (m *Mailbox) Addr() string { return m.listener.Addr().String() }

// Close stops the server and ends its conversations. What was received stays readable.
func (m *Mailbox) Close() error {
	// The server closes the listener too, but only once it has begun to serve; whoever closes at
	// once is faster.
	_ = m.listener.Close()
	if err := m.server.Close(); !errors.Is(err, net.ErrClosed) &&
		!errors.Is(err, smtp.ErrServerClosed) {
		return err
	}
	return nil
}

// Messages returns what is kept, oldest first.
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

// WaitFor returns the messages to an address, in whatever case it is written, as soon as there are
// n of them; when the context ends before, those that are there and the context's error.
func (m *Mailbox) WaitFor(ctx context.Context, to string, n int) ([]Message, error) {
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

// storeMessage files a message, dropping the oldest when there is no room.
func (m *Mailbox) storeMessage(x Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x.ID = strconv.Itoa(m.next)
	m.next++
	if len(m.messages) == maxMessages {
		m.messages = slices.Delete(m.messages, 0, 1)
	}
	m.messages = append(m.messages, x)
	close(m.arrived) // wakes every WaitFor
	m.arrived = make(chan struct{})
}

// smtpSession is one conversation with a client.
type smtpSession struct {
	box  *Mailbox
	from string
	to   []string
}

// Reset forgets the mail that was being taken.
func (s *smtpSession) Reset() { s.from, s.to = "", nil }

// Logout ends the conversation.
func (s *smtpSession) Logout() error { return nil }

// Mail takes the sender.
func (s *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt takes a recipient, or refuses those that the package names.
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

// Data takes the message.
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
