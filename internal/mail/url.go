package mail

import (
	"log/slog"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"usher/internal/fault"
)

// Server is the mail server and the account on it. It prints without its password.
type Server struct {
	Host        string
	Port        int
	ImplicitTLS bool // smtps: encrypted from the first byte
	RequireTLS  bool // refuse a server that offers no STARTTLS; implied by ImplicitTLS
	User        string
	password    string
}

// Address returns host:port.
func (s Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// String shows the server without its password.
func (s Server) String() string {
	scheme := "smtp"
	if s.ImplicitTLS {
		scheme = "smtps"
	}
	return scheme + "://" + s.Address()
}

// LogValue keeps the password out of logs that print the struct.
func (s Server) LogValue() slog.Value { return slog.StringValue(s.String()) }

// GoString keeps the password out of %#v.
func (s Server) GoString() string { return s.String() }

// ParseURL parses the setting of the mail server: smtp://user:password@host:587 (STARTTLS if
// offered, required with ?tls=required) or smtps://host:465. The port is optional. Errors are
// BAD_USER_INPUT without a field.
//
// Security: the messages never repeat the input, because it contains a password.
func ParseURL(raw string) (Server, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return Server{}, fault.New(fault.BadUserInput, "mail.smtp_url_malformed")
	}
	s := Server{Host: u.Hostname(), ImplicitTLS: u.Scheme == "smtps", User: u.User.Username()}
	s.password, _ = u.User.Password()
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return Server{}, fault.New(fault.BadUserInput, "mail.smtp_url_scheme")
	case s.Host == "" || strings.ContainsAny(s.Host, " \t\r\n"):
		return Server{}, fault.New(fault.BadUserInput, "mail.smtp_url_host")
	// A user without a password is more likely a mistake than a server without one.
	case (s.User == "") != (s.password == ""):
		return Server{}, fault.New(fault.BadUserInput, "mail.smtp_url_password")
	case (u.Path != "" && u.Path != "/") || u.Fragment != "" ||
		(u.RawQuery != "" && u.RawQuery != "tls=required"):
		return Server{}, fault.New(fault.BadUserInput, "mail.smtp_url_rest")
	}
	s.RequireTLS = s.ImplicitTLS || u.RawQuery != ""
	switch {
	case u.Port() != "":
		s.Port, err = strconv.Atoi(u.Port())
	case s.ImplicitTLS:
		s.Port = 465
	default:
		s.Port = 587
	}
	if err != nil || s.Port < 1 || s.Port > 65535 {
		return Server{}, fault.New(fault.BadUserInput, "mail.smtp_url_port")
	}
	return s, nil
}

// ParseFrom parses a sender, "Usher <no-reply@example.org>" or a bare address.
func ParseFrom(raw string) (*netmail.Address, error) {
	a, err := netmail.ParseAddress(raw)
	if err != nil {
		return nil, fault.New(fault.BadUserInput, "mail.from_malformed")
	}
	if a.Address, err = toWireAddress(a.Address); err != nil {
		return nil, fault.New(fault.BadUserInput, "mail.from_malformed").Because(err)
	}
	a.Name = cleanLine(a.Name, maxName)
	return a, nil
}

// toWireAddress returns an address in its form for SMTP: ASCII with the domain in A-labels, so that
// no server needs SMTPUTF8.
//
// Security: every local part except a plain dot-atom is rejected, so that no address can end one
// SMTP command and begin another.
func toWireAddress(address string) (string, error) {
	local, domain, found := strings.Cut(address, "@")
	if !found || local == "" || len(local) > 64 || strings.HasPrefix(local, ".") ||
		strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return "", errAddress
	}
	for _, r := range local {
		if !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			strings.ContainsRune(".!#$%&'*+/=?^_`{|}~-", r)) {
			return "", errAddress
		}
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || ascii == "" || len(local)+1+len(ascii) > 254 {
		return "", errAddress
	}
	return local + "@" + ascii, nil
}
