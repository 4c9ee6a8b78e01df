package mail

import (
	"errors"
	"fmt"
	"net/textproto"

	"usher/internal/i18n"
)

// DeliveryError says why a mail was not taken, and whether trying again can help.
type DeliveryError struct {
	Permanent bool // the server refused this recipient or this mail for good
	// the server could not be used at all, or not by us: it says nothing about this mail
	Sender  bool
	Unclear bool // the mail was handed over and no answer came: it may have been taken
	Code    int  // the SMTP reply, 0 where there was none
	// the server's own words on one clean line, or ours in English; at most 300 characters
	Reason string
	cause  error
}

// Error returns the reason with its code, for logs.
func (e *DeliveryError) Error() string {
	kind := "temporary"
	if e.Permanent {
		kind = "permanent"
	}
	return fmt.Sprintf("mail: %s failure %d: %s", kind, e.Code, e.Reason)
}

// Unwrap returns what lies behind, for logs; it may name hosts and ports and is not for people's
// eyes.
func (e *DeliveryError) Unwrap() error { return e.cause }

// Reasons of our own making, for errors.Is.
var (
	errAddress  = errors.New("mail: not an address that SMTP can carry")
	errTLS      = errors.New("mail: the server offers no STARTTLS, which the settings require")
	errNoAuth   = errors.New("mail: the server offers no sign-in that we speak")
	errEnvelope = errors.New("mail: malformed envelope")
)

// codeClosing is what a server says when it closes the connection: too many of them, too many
// mails, a restart. RFC 5321 allows it as the answer to any command, so it never speaks of the
// mail.
const codeClosing = 421

// maxReason bounds what is stored and shown of a server's answer.
const maxReason = 300

// smtpStage is how far the conversation had come when it failed.
type smtpStage int

const (
	stageConnect smtpStage = iota // greeting, EHLO
	stageEncrypt
	stageSignIn
	stageSender    // MAIL FROM
	stageRecipient // RCPT TO and all that follows: the only replies that speak of this one mail
)

// newDeliveryError makes a DeliveryError of what went wrong at a stage.
//
// Permanent is only what a server says about the recipient or the mail. A 5xx to our greeting, our
// sign-in or our sender is the operator's to repair, and so are 530, 535 and 538 ('authenticate or
// encrypt first') wherever they come: those mails wait instead of being lost, and every recipient
// of the hour would otherwise be marked as refused.
func newDeliveryError(at smtpStage, err error) *DeliveryError {
	e := &DeliveryError{cause: err, Sender: at < stageRecipient}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		e.Code, e.Reason = reply.Code, cleanLine(reply.Msg, maxReason)
		e.Sender = e.Sender || reply.Code == codeClosing
		e.Permanent = at == stageRecipient && reply.Code >= 500 && reply.Code != 530 &&
			reply.Code != 535 && reply.Code != 538
	}
	// what a server says to our sign-in concerns nobody but the operator
	if e.Reason == "" || at < stageSender {
		e.Reason = i18n.T(i18n.English, chooseReasonKey(at, err), nil)
	}
	return e
}

func chooseReasonKey(at smtpStage, err error) string {
	switch {
	case errors.Is(err, errTLS):
		return "mail.failed_tls_missing"
	case at == stageEncrypt:
		return "mail.failed_tls"
	case at == stageSignIn:
		return "mail.failed_sign_in"
	}
	return "mail.failed_unreachable"
}

// newPermanentError is a mail that no server was asked to take.
func newPermanentError(key string, err error) *DeliveryError {
	return &DeliveryError{Permanent: true, Reason: i18n.T(i18n.English, key, nil), cause: err}
}
