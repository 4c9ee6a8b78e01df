package chaos

import (
	"errors"
	"io"
	"log"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// mailServer is an SMTP server that keeps what came, and can misbehave.
type mailServer struct {
	address string
	lock    sync.Mutex
	came    map[string][]message // by recipient
	all     []message
	refusal error // what MAIL answers while it is set
	down    bool  // connections end at once
}

// message is one email as it was received.
type message struct {
	to   string
	id   string // its Message-ID
	text string // all of it, soft line breaks removed
	at   time.Time
}

func startMailServer(t testing.TB) *mailServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailServer{address: listener.Addr().String(), came: map[string][]message{}}
	server := smtp.NewServer(m)
	server.Domain = "sink.test"
	server.ErrorLog = log.New(io.Discard, "", 0) // killed clients are expected
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return m
}

// misbehave makes the server answer MAIL with an error, or drop connections; zero values end it.
func (m *mailServer) misbehave(refusal error, down bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.refusal, m.down = refusal, down
}

// NewSession implements smtp.Backend.
func (m *mailServer) NewSession(*smtp.Conn) (smtp.Session, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.down {
		return nil, errors.New("down")
	}
	return &mailSession{server: m}, nil
}

// mailSession is one SMTP conversation.
type mailSession struct {
	server *mailServer
	to     string
}

// Reset implements smtp.Session.
func (s *mailSession) Reset() {}

// Logout implements smtp.Session.
func (s *mailSession) Logout() error { return nil }

// Mail implements smtp.Session.
func (s *mailSession) Mail(string, *smtp.MailOptions) error {
	s.server.lock.Lock()
	defer s.server.lock.Unlock()
	return s.server.refusal
}

// Rcpt implements smtp.Session.
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = strings.ToLower(to)
	return nil
}

var messageID = regexp.MustCompile(`(?im)^Message-ID:\s*(\S+)`)

// Data implements smtp.Session. A message whose last byte never comes is not kept.
func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(string(raw), "=\r\n", "")
	m := message{to: s.to, at: time.Now(), text: strings.ReplaceAll(text, "=3D", "=")}
	if id := messageID.FindStringSubmatch(text); id != nil {
		m.id = id[1]
	}
	s.server.lock.Lock()
	defer s.server.lock.Unlock()
	s.server.came[s.to] = append(s.server.came[s.to], m)
	s.server.all = append(s.server.all, m)
	return nil
}

// messagesTo returns what one address got so far.
func (m *mailServer) messagesTo(address string) []message {
	m.lock.Lock()
	defer m.lock.Unlock()
	return append([]message{}, m.came[address]...)
}

// messagesAfter returns what came to all addresses after the first so many, in the order in which it
// came.
func (m *mailServer) messagesAfter(n int) []message {
	m.lock.Lock()
	defer m.lock.Unlock()
	return append([]message{}, m.all[n:]...)
}

// awaitToken waits for an email with a link of a kind, such as "invitations" or "join/confirm", and
// returns the link's token; empty when none came in time.
func (m *mailServer) awaitToken(address, kind string, patience time.Duration) string {
	link := regexp.MustCompile(`https://usher\.test/` + kind + `/([A-Za-z0-9_-]+)`)
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		for _, came := range m.messagesTo(address) {
			if found := link.FindStringSubmatch(came.text); found != nil {
				return found[1]
			}
		}
		if time.Now().After(deadline) {
			return ""
		}
	}
}
