package devmail

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"time"
)

// Message is a received email, raw and decoded.
type Message struct {
	ID         string
	ReceivedAt time.Time
	From       string   // the envelope's sender
	To         []string // the envelope's recipients
	Subject    string   // decoded
	// the alternatives of the body, decoded, line breaks as \n; empty where there was none
	Text, HTML string
	Headers    netmail.Header
	Raw        []byte // the bytes as received
}

// maxDepth limits nested multiparts; real emails have at most three levels.
const maxDepth = 5

// parseMessage decodes a message. A malformed message is kept with the parts that could be decoded,
// so that a test or a person can see the error.
func parseMessage(raw []byte) Message {
	x := Message{Raw: raw}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		x.Text = string(raw)
		return x
	}
	x.Headers = m.Header
	x.Subject = x.Header("Subject")
	x.readBody(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 0)
	return x
}

// Header returns a header's first value with its encoded words decoded.
func (x Message) Header(name string) string {
	value := x.Headers.Get(name)
	if decoded, err := new(mime.WordDecoder).DecodeHeader(value); err == nil {
		return decoded
	}
	return value
}

// readBody stores the first text and the first HTML part of a body.
func (x *Message) readBody(contentType, encoding string, body io.Reader, depth int) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain" // RFC 2045: the default type
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		// A sender could nest parts without end, and each level is a call.
		for depth < maxDepth {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			x.readBody(part.Header.Get("Content-Type"),
				part.Header.Get("Content-Transfer-Encoding"),
				part, depth+1)
		}
		return
	}

	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	decoded, _ := io.ReadAll(body) // the readable part of a malformed body is shown
	text := strings.ReplaceAll(strings.ToValidUTF8(string(decoded), "\ufffd"), "\r\n", "\n")
	switch {
	// The first part of a kind is the body. Later ones are attachments, which Usher does not send.
	case kind == "text/plain" && x.Text == "":
		x.Text = text
	case kind == "text/html" && x.HTML == "":
		x.HTML = text
	}
}
