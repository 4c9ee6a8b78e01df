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

// Message is a mail as it was received, and as it reads once decoded.
type Message struct {
	ID         string
	ReceivedAt time.Time
	From       string   // the envelope's sender
	To         []string // the envelope's recipients
	Subject    string   // decoded
	// the alternatives of the body, decoded, line breaks as \n; empty where there was none
	Text, HTML string
	Headers    netmail.Header
	Raw        []byte // exactly what came over the wire
}

// maxDepth bounds nested multiparts; real mails nest three deep.
const maxDepth = 5

// parseMessage decodes a message. A malformed one is kept all the same, with what could be read of
// it: seeing what went wrong is what a mailbox for tests is for.
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

// readBody takes the first text and the first HTML part of a body.
func (x *Message) readBody(contentType, encoding string, body io.Reader, depth int) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain" // RFC 2045: what says nothing is plain text
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
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
	decoded, _ := io.ReadAll(body) // what can be read of a broken part is worth showing
	text := strings.ReplaceAll(strings.ToValidUTF8(string(decoded), "\ufffd"), "\r\n", "\n")
	switch {
	case kind == "text/plain" && x.Text == "":
		x.Text = text
	case kind == "text/html" && x.HTML == "":
		x.HTML = text
	}
}
