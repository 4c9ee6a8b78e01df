package mail

import (
	"bytes"
	"encoding/base64"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// Envelope is a rendered mail with its addresses.
type Envelope struct {
	From    string // "Name <address>"; empty: the sender that the server was set up with
	ReplyTo string // "Name <address>" or empty
	To      string // the bare address
	ToName  string
	// "<id@domain>", used as it is: the same mail sent twice must carry the same one
	MessageID string
	Rendered
	// an earlier try failed: mails that are sent for the first time go before it
	Again           bool
	ListUnsubscribe string // the 'do not mail me again' page, absolute; or empty
}

// messageIDPattern is what RFC 5322 calls a msg-id, its plain form alone.
var messageIDPattern = regexp.MustCompile(
	`^<[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,100}@[A-Za-z0-9.-]{1,100}>$`)

// buildMessage returns the envelope's sender and recipient as SMTP names them, and the message.
//
// All headers are set as finished ASCII. The library would leave alone a name such as
// "=?utf-8?q?=0AX?=", which is printable ASCII already, and mail programs would decode it; see
// word.
func (e Envelope) buildMessage(from *netmail.Address) (sender, recipient string, message []byte,
	err error) {
	if e.From != "" {
		if from, err = ParseFrom(e.From); err != nil {
			return "", "", nil, fmt.Errorf("%w: From", errEnvelope)
		}
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
	if e.ReplyTo != "" {
		reply, err := ParseFrom(e.ReplyTo)
		if err != nil {
			return "", "", nil, fmt.Errorf("%w: Reply-To", errEnvelope)
		}
		m.SetGenHeader(gomail.Header(gomail.HeaderReplyTo),
			formatAddress(reply.Name, reply.Address))
	}
	m.SetGenHeader(gomail.HeaderSubject, encodeWord(cleanLine(e.Subject, maxSubject)))
	m.SetGenHeader(gomail.HeaderMessageID, e.MessageID)
	m.SetGenHeader(gomail.HeaderContentLang, string(e.Locale))
	// RFC 3834, and its older cousin of Exchange: no holiday notices in answer, please.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	if e.ListUnsubscribe != "" {
		if !isAbsoluteURL(e.ListUnsubscribe) {
			return "", "", nil, fmt.Errorf("%w: List-Unsubscribe", errEnvelope)
		}
		m.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+e.ListUnsubscribe+">")
	}
	m.SetBodyString(gomail.TypeTextPlain, e.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, e.HTML)

	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return "", "", nil, fmt.Errorf("%w: %w", errEnvelope, err)
	}
	return from.Address, recipient, b.Bytes(), nil
}

// formatAddress writes a name and an address as a header has them.
func formatAddress(name, address string) string {
	if strings.Contains(name, "=?") {
		return encodeWord(name) + " <" + address + ">"
	}
	return (&netmail.Address{Name: name, Address: address}).String()
}

// encodeWord returns a text that already looks like an RFC 2047 encoded word in encoded words of
// its own; any other text as it is, for the library to encode where it must.
//
// Security: otherwise a name could smuggle, encoded, all that clean.go removes.
func encodeWord(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	var words []string
	for s != "" {
		n := min(len(s), 42) // 42 bytes are 56 in base64 and 68 with the frame, of 75 allowed
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}
