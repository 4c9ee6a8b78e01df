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

// readMessage parses a complete email that is a delivery status notification.
func readMessage(body []byte) ([]Report, error) {
	m, err := mail.ReadMessage(bytes.NewReader(body))
	if err != nil {
		return nil, malformedBodyError("the message has no readable headers")
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" {
		return nil, malformedBodyError("the message is no multipart/report")
	}
	// reads from memory, so it cannot fail
	rest, _ := io.ReadAll(m.Body)
	return readNotification(rest, params)
}

// readNotification parses a multipart/report: it reads the delivery statuses and the returned email
// or its headers, and skips the text for people.
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
			// Relays may add malformed headers. The fields before an error are enough.
			returned, _ := readHeaderFields(bufio.NewReader(decodePart(part)))
			messageID = strings.TrimSpace(returned.Get("Message-Id"))
		}
	}
	if !told {
		return nil, malformedBodyError("the report has no part of message/delivery-status")
	}
	var reports []Report
	for _, r := range recipients {
		// "failed" is final even with a status of class 4, which servers send when they give up
		// after days of delay.
		if !strings.EqualFold(strings.TrimSpace(r.Get("Action")), "failed") {
			continue
		}
		if messageID == "" {
			return nil, malformedBodyError("the report does not return the Message-ID of the email")
		}
		reports = append(reports, Report{messageID, recipientAddress(r), failureReason(r)})
	}
	return reports, nil
}

// decodePart decodes the transfer encoding of a part. The standard allows none, but some gateways
// add one.
func decodePart(part *multipart.Part) io.Reader {
	switch strings.ToLower(strings.TrimSpace(part.Header.Get("Content-Transfer-Encoding"))) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, part)
	case "quoted-printable":
		return quotedprintable.NewReader(part)
	}
	return part
}

// readRecipientStatuses reads the fields about each recipient, in blocks that are separated by
// empty lines. The first block is about the email as a whole.
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
	// A report about no recipient tells nothing.
	if len(blocks) < 2 {
		return nil, garbled
	}
	// The first block is about the message. Each further one is about a recipient (RFC 3464,
	// section 2.1).
	return blocks[1:], nil
}

// readHeaderFields reads header fields up to an empty line or the end of input.
func readHeaderFields(r *bufio.Reader) (textproto.MIMEHeader, error) {
	block, err := textproto.NewReader(r).ReadMIMEHeader()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return block, err
}

// recipientAddress returns the original recipient, else the final one, to which the email was
// forwarded.
func recipientAddress(header textproto.MIMEHeader) string {
	if original := trimFieldType(header.Get("Original-Recipient")); original != "" {
		return original
	}
	return trimFieldType(header.Get("Final-Recipient"))
}

// failureReason returns the diagnostic text of the refusing server, else the status.
func failureReason(header textproto.MIMEHeader) string {
	if words := trimFieldType(header.Get("Diagnostic-Code")); words != "" {
		return words
	}
	return strings.TrimSpace(header.Get("Status"))
}

// trimFieldType returns the value of a typed field: "smtp; 550 no such user". Without a type it
// returns the whole field.
func trimFieldType(field string) string {
	kind, value, found := strings.Cut(field, ";")
	if !found || strings.ContainsRune(strings.TrimSpace(kind), ' ') {
		value = field
	}
	return strings.TrimSpace(value)
}
