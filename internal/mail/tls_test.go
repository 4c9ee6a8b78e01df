package mail

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// silent accepts connections and never says a word.
func silent(t *testing.T) string {
	t.Helper()
	return serve(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
}

// scripted greets, then answers each command that starts with a key with its value, and anything
// else with 250.
func scripted(t *testing.T, answers map[string]string) string {
	t.Helper()
	return serve(t, func(c net.Conn) {
		fmt.Fprint(c, "220 mail.test ready\r\n")
		for lines := bufio.NewScanner(c); lines.Scan(); {
			answer := "250 fine"
			for prefix, a := range answers {
				if strings.HasPrefix(lines.Text(), prefix) {
					answer = a
				}
			}
			if answer == "" {
				return
			}
			fmt.Fprint(c, answer+"\r\n")
		}
	})
}

func serve(t *testing.T, talk func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				talk(c)
			}()
		}
	}()
	return l.Addr().String()
}

func TestOnlyWhatIsSaidOfTheRecipientOrTheMailIsPermanent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers   map[string]string
		permanent bool
		code      int
		reason    string
	}{
		"no service": {map[string]string{"EHLO": "554 go away", "HELO": "554 go away"},
			false, 554, "The mail server could not be reached, or stopped answering."},
		"sender refused": {map[string]string{"MAIL": "550 5.7.1 sender not yours"}, false,
			550, "5.7.1 sender not yours"},
		"recipient, sign in": {map[string]string{"RCPT": "530 5.7.0 must issue STARTTLS"},
			false, 530, "5.7.0 must issue STARTTLS"},
		"recipient, over quota": {map[string]string{"RCPT": "452 4.2.2 full\x1b[31m\x07"}, false,
			452, "4.2.2 full[31m"},
		"recipient, two lines": {map[string]string{"RCPT": "550-5.1.1 unknown\r\n550 5.1.1 here"},
			true, 550, "5.1.1 unknown 5.1.1 here"},
		"message refused": {map[string]string{"DATA": "354 go on", ".": "554 5.6.0 spam",
			"": ""}, true, 554, "5.6.0 spam"},
		"data refused": {map[string]string{"DATA": "451 4.3.0 later"}, false, 451,
			"4.3.0 later"},
		"gone before the answer": {map[string]string{"DATA": ""}, false, 0,
			"The mail server could not be reached, or stopped answering."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var addr string
			if name == "message refused" {
				addr = serve(t, refuseMessage)
			} else {
				addr = scripted(t, c.answers)
			}
			var failed *DeliveryError
			err := dialer(t, "smtp://"+addr).Send(t.Context(), envelope(t, "a@x.test"))
			if !errors.As(err, &failed) || failed.Permanent != c.permanent ||
				failed.Code != c.code || failed.Reason != c.reason {
				t.Errorf("got %#v", err)
			}
		})
	}
}

// refuseMessage takes everything until the final dot, and then refuses it.
func refuseMessage(c net.Conn) {
	fmt.Fprint(c, "220 mail.test\r\n")
	data := false
	for lines := bufio.NewScanner(c); lines.Scan(); {
		switch line := lines.Text(); {
		case data && line == ".":
			data = false
			fmt.Fprint(c, "554 5.6.0 spam\r\n")
		case data:
		case strings.HasPrefix(line, "DATA"):
			data = true
			fmt.Fprint(c, "354 go on\r\n")
		default:
			fmt.Fprint(c, "250 fine\r\n")
		}
	}
}

func TestRequiredEncryptionThatIsNotOfferedFailsClearly(t *testing.T) {
	t.Parallel()
	box := sink(t)
	var failed *DeliveryError
	err := dialer(t, "smtp://"+box.Addr()+"?tls=required").
		Send(t.Context(), envelope(t, "a@x.test"))
	if !errors.As(err, &failed) || failed.Permanent ||
		!strings.Contains(failed.Reason, "encryption that the settings require") {
		t.Errorf("got %v", err)
	}
	if len(box.Messages()) != 0 {
		t.Error("the mail went out in clear")
	}
}

func TestEncryptionSignInAndBothKindsOfTLS(t *testing.T) {
	t.Parallel()
	certificate, roots := selfSigned(t)
	server, plain, implicit := secureSink(t, certificate)
	for name, c := range map[string]struct {
		url    string
		trust  bool
		reason string
	}{
		"STARTTLS when offered": {"smtp://me:s3cret@" + plain, true, ""},
		"STARTTLS required":     {"smtp://me:s3cret@" + plain + "?tls=required", true, ""},
		"implicit TLS":          {"smtps://me:s3cret@" + implicit, true, ""},
		"an unknown certificate": {"smtp://me:s3cret@" + plain, false,
			"could not be encrypted"},
		"an unknown one, implicit": {"smtps://me:s3cret@" + implicit, false,
			"could not be encrypted"},
		"a wrong password": {"smtp://me:wrong@" + plain, true,
			"did not accept our sign-in"},
		"no TLS where it is implied": {"smtps://me:s3cret@" + plain, true,
			"could not be encrypted"},
	} {
		t.Run(name, func(t *testing.T) {
			s := dialer(t, c.url)
			if c.trust {
				s.tls.RootCAs = roots
			}
			before := server.taken()
			err := s.Send(t.Context(), envelope(t, "a@x.test"))
			var failed *DeliveryError
			switch {
			case c.reason == "" && (err != nil || server.taken() != before+1):
				t.Errorf("got %v, %d mails", err, server.taken()-before)
			case c.reason != "" && (!errors.As(err, &failed) || failed.Permanent ||
				!strings.Contains(failed.Reason, c.reason) || server.taken() != before):
				t.Errorf("got %v", err)
			}
			if err != nil && strings.Contains(err.Error()+errors.Unwrap(err).Error(), "s3cret") {
				t.Error("the error shows the password")
			}
		})
	}
}

func TestAPasswordIsNeverSentInClearToAnotherMachine(t *testing.T) {
	t.Parallel()
	addr := scripted(t, map[string]string{"EHLO": "250-mail.test\r\n250 AUTH PLAIN LOGIN",
		"AUTH": "235 2.7.0 thanks"})
	s := dialer(t, "smtp://me:s3cret@"+addr)
	s.server.Host = "mail.example.org" // 127.0.0.1 itself is trusted
	c, failed := net.Dial("tcp", addr)
	if failed != nil {
		t.Fatal(failed)
	}
	defer c.Close()
	if at, err := (&smtpConn{raw: c}).startSession(s); err == nil || at != stageSignIn {
		t.Errorf("signed in, %v at %d", err, at)
	}
}

// secured is a server with TLS and a password that counts what it takes.
type secured struct {
	mu    sync.Mutex
	count int
}

func (s *secured) taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

type securedSession struct {
	server *secured
	signed bool
}

func (s *securedSession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *securedSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.signed = user == "me" && password == "s3cret"; !s.signed {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}
func (s *securedSession) Mail(string, *smtp.MailOptions) error {
	if !s.signed {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (s *securedSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *securedSession) Reset()                               {}
func (s *securedSession) Logout() error                        { return nil }
func (s *securedSession) Data(r io.Reader) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.count++
	_, err := io.Copy(io.Discard, r)
	return err
}

func secureSink(t *testing.T,
	certificate tls.Certificate) (taken *secured, plain, implicit string) {
	t.Helper()
	taken = &secured{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &securedSession{server: taken}, nil
	}))
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(func() { server.Close() })
	var addresses []string
	for _, wrap := range []bool{false, true} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addresses = append(addresses, l.Addr().String())
		if wrap {
			l = tls.NewListener(l, server.TLSConfig)
		}
		go func() { _ = server.Serve(l) }()
	}
	return taken, addresses[0], addresses[1]
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().
				Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
