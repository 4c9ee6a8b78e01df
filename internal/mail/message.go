package mail

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// Envelope is a rendered email with its addresses.
type Envelope struct {
	From    string // "Name <address>"; empty: the sender of the settings
	ReplyTo string // "Name <address>" or empty
	To      string // bare address
	ToName  string
	// "<id@domain>", the same in each attempt to send the email
	MessageID string
	Rendered
	// an earlier attempt failed; first attempts take priority
	Again           bool
	ListUnsubscribe string // page to stop emails, absolute; may be empty
}

// messageIDPattern matches a msg-id of RFC 5322 in its plain form.
var messageIDPattern = regexp.MustCompile(
	`^<[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,100}@[A-Za-z0-9.-]{1,100}>$`)

// buildMessage returns the sender and recipient for SMTP, and the message.
//
// All headers are set as finished ASCII. The library would keep a name such as "=?utf-8?q?=0AX?=",
// which is printable ASCII, and email programs would decode it; see encodeWord.
func (e Envelope) buildMessage(from *netmail.Address) (sender, recipient string, message []byte,
	err error) {
	if e.From != "" {
		if from, err = ParseFrom(e.From); err != nil {
			return "", "", nil, fmt.Errorf("%w: From", errEnvelope)
		}
	}
	// The address stays that of the settings, which the mail server may send for.
	if e.Sender != "" {
		from = &netmail.Address{Name: e.Sender, Address: from.Address}
	}
	if recipient, err = toWireAddress(e.To); err != nil {
		return "", "", nil, err
	}
	if !messageIDPattern.MatchString(e.MessageID) {
		return "", "", nil, fmt.Errorf("%w: Message-ID", errEnvelope)
	}

	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.SetGenHeader(gomail.Header(gomail.HeaderFrom), formatAddress(from.Name, from.Address))
	m.SetGenHeader(gomail.Header(gomail.HeaderTo), formatAddress(cleanLine(e.ToName, maxName),
		recipient))
	// A missing Reply-To is usual; a malformed one is an error of the caller.
	if to := cmp.Or(e.ReplyTo, e.Rendered.ReplyTo); to != "" {
		reply, err := ParseFrom(to)
		if err != nil {
			return "", "", nil, fmt.Errorf("%w: Reply-To", errEnvelope)
		}
		m.SetGenHeader(gomail.Header(gomail.HeaderReplyTo),
			formatAddress(reply.Name, reply.Address))
	}
	m.SetGenHeader(gomail.HeaderSubject, encodeWord(cleanLine(e.Subject, maxSubject)))
	m.SetGenHeader(gomail.HeaderMessageID, e.MessageID)
	m.SetGenHeader(gomail.HeaderContentLang, string(e.Locale))
	// These ask for no automatic replies: RFC 3834, and a header of Exchange that is older.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	if e.ListUnsubscribe != "" {
		if !isAbsoluteURL(e.ListUnsubscribe) {
			return "", "", nil, fmt.Errorf("%w: List-Unsubscribe", errEnvelope)
		}
		m.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+e.ListUnsubscribe+">")
	}
	// A machine may press this without a page (RFC 8058), so that the header is for https only.
	if strings.HasPrefix(e.ListUnsubscribe, "https:") {
		m.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	// The plain text comes first: RFC 2046 orders alternatives by increasing preference.
	m.SetBodyString(gomail.TypeTextPlain, e.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, e.HTML)
	if e.Calendar != "" {
		if err := m.AttachReader("session.ics", strings.NewReader(e.Calendar),
			gomail.WithFileContentType("text/calendar; charset=utf-8; method=PUBLISH")); err != nil {
			return "", "", nil, fmt.Errorf("%w: %w", errEnvelope, err)
		}
	}

	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return "", "", nil, fmt.Errorf("%w: %w", errEnvelope, err)
	}
	return from.Address, recipient, b.Bytes(), nil
}

// formatAddress returns a name and an address in the form of a header.
func formatAddress(name, address string) string {
	if strings.Contains(name, "=?") {
		return encodeWord(name) + " <" + address + ">"
	}
	return (&netmail.Address{Name: name, Address: address}).String()
}

// encodeWord encodes a text that already looks like an encoded word of RFC 2047. Any other text
// stays, and the library encodes it if necessary.
//
// Security: otherwise a name could contain, in encoded form, everything that clean.go removes.
func encodeWord(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	var words []string
	for s != "" {
		n := min(len(s), 42) // 42 bytes are 56 in base64 and 68 with the frame, of 75 allowed
		// An encoded word must not end inside a character.
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}
