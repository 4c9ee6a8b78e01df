package bounce

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
)

// readMessage reads a whole mail that is a delivery status notification.
func readMessage(body []byte) ([]Report, error) {
	m, err := mail.ReadMessage(bytes.NewReader(body))
	if err != nil {
		return nil, malformedBodyError("the message has no readable headers")
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" {
		return nil, malformedBodyError("the message is no multipart/report")
	}
	// The reader was filled from memory: reading on cannot fail.
	rest, _ := io.ReadAll(m.Body)
	return readNotification(rest, params)
}

// readNotification reads the parts of a multipart/report: words for people, which are passed over,
// the statuses, and the mail that came back or its headers.
func readNotification(body []byte, params map[string]string) ([]Report, error) {
	var recipients []textproto.MIMEHeader
	var messageID string
	told := false
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) { // also where the last boundary is missing
			break
		}
		if err != nil {
			return nil, malformedBodyError("the parts of the report cannot be told apart")
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		switch kind {
		case "message/delivery-status", "message/global-delivery-status":
			told = true
			if recipients, err = readRecipientStatuses(decodePart(part)); err != nil {
				return nil, err
			}
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			// Servers on the way may have put anything above our headers; what can be read before a
			// fault will do.
			returned, _ := readHeaderFields(bufio.NewReader(decodePart(part)))
			messageID = strings.TrimSpace(returned.Get("Message-Id"))
		}
	}
	if !told {
		return nil, malformedBodyError("the report has no part of message/delivery-status")
	}
	var reports []Report
	for _, r := range recipients {
		// A server that gives up after days of delay says failed with a status of class 4: it is
		// over all the same.
		if !strings.EqualFold(strings.TrimSpace(r.Get("Action")), "failed") {
			continue
		}
		if messageID == "" {
			return nil, malformedBodyError("the report does not return the Message-ID of the mail")
		}
		reports = append(reports, Report{messageID, recipientAddress(r), failureReason(r)})
	}
	return reports, nil
}

// decodePart undoes the encoding that a part travelled in. The standard asks for none; gateways do
// not always mind.
func decodePart(part *multipart.Part) io.Reader {
	switch strings.ToLower(strings.TrimSpace(part.Header.Get("Content-Transfer-Encoding"))) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, part)
	case "quoted-printable":
		return quotedprintable.NewReader(part)
	}
	return part
}

// readRecipientStatuses reads the fields about each recipient, which follow those about the mail as
// a whole, in blocks with an empty line between.
func readRecipientStatuses(from io.Reader) ([]textproto.MIMEHeader, error) {
	const garbled = malformedBodyError("the delivery status cannot be read")
	var blocks []textproto.MIMEHeader
	for r := bufio.NewReader(from); ; {
		if _, err := r.Peek(1); errors.Is(err, io.EOF) {
			break
		}
		block, err := readHeaderFields(r)
		if err != nil {
			return nil, garbled
		}
		if len(block) > 0 { // some servers write two empty lines
			blocks = append(blocks, block)
		}
	}
	if len(blocks) < 2 {
		return nil, garbled
	}
	return blocks[1:], nil
}

// readHeaderFields reads header fields up to an empty line or the end.
func readHeaderFields(r *bufio.Reader) (textproto.MIMEHeader, error) {
	block, err := textproto.NewReader(r).ReadMIMEHeader()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return block, err
}

// recipientAddress is the address that the mail was for; where it was forwarded to is the second
// best.
func recipientAddress(r textproto.MIMEHeader) string {
	if original := trimFieldType(r.Get("Original-Recipient")); original != "" {
		return original
	}
	return trimFieldType(r.Get("Final-Recipient"))
}

// failureReason is what the refusing server said, else the bare status.
func failureReason(r textproto.MIMEHeader) string {
	if words := trimFieldType(r.Get("Diagnostic-Code")); words != "" {
		return words
	}
	return strings.TrimSpace(r.Get("Status"))
}

// trimFieldType is the value of a field that names its type first: "smtp; 550 no such user". Where
// a server forgot the type, it is all of it.
func trimFieldType(field string) string {
	kind, value, found := strings.Cut(field, ";")
	if !found || strings.ContainsRune(strings.TrimSpace(kind), ' ') {
		value = field
	}
	return strings.TrimSpace(value)
}
