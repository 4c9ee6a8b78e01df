package mail

import (
	"errors"
	"fmt"
	"net/textproto"

	"usher/internal/i18n"
)

// DeliveryError is the error of an email that was not accepted. It says whether another attempt can
// help.
type DeliveryError struct {
	Permanent bool // the server refused this recipient or email permanently
	// the server is unavailable, or refuses Usher: the error says nothing about this email
	Sender  bool
	Unclear bool // no reply after the content was sent: the email may have been accepted
	Code    int  // SMTP reply code; 0 for none
	// the server's reply on one clean line, or our English text; at most 300 characters
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

// Unwrap returns the cause for logs. It may name hosts and ports, so people must not see it.
func (e *DeliveryError) Unwrap() error { return e.cause }

// Causes that this package creates, for errors.Is.
var (
	errAddress  = errors.New("mail: not an address that SMTP can carry")
	errTLS      = errors.New("mail: the server offers no STARTTLS, which the settings require")
	errNoAuth   = errors.New("mail: the server offers no supported sign-in")
	errEnvelope = errors.New("mail: malformed envelope")
)

// codeClosing is the reply with which a server closes the connection: too many connections, too
// many emails, a restart. RFC 5321 allows it after any command, so it never concerns the email.
const codeClosing = 421

// maxReason limits the stored and shown reason, in characters.
const maxReason = 300

// smtpStage is the stage of the SMTP conversation at which it failed.
type smtpStage int

const (
	stageConnect smtpStage = iota // greeting, EHLO
	stageEncrypt
	stageSignIn
	stageSender    // MAIL FROM
	stageRecipient // RCPT TO and later: the only replies that concern this email
)

// newDeliveryError converts an error at a stage.
//
// Permanent is only what a server says about the recipient or the email. A 5xx to the greeting, the
// sign-in or the sender is for the operator to repair. So are 530, 535 and 538 ("authenticate or
// encrypt first") at any stage. Those emails wait; otherwise every recipient of that hour would be
// marked as refused.
func newDeliveryError(at smtpStage, err error) *DeliveryError {
	e := &DeliveryError{cause: err, Sender: at < stageRecipient}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		e.Code, e.Reason = reply.Code, cleanLine(reply.Msg, maxReason)
		e.Sender = e.Sender || reply.Code == codeClosing
		// 530, 535 and 538 concern the sign-in, although they come late.
		e.Permanent = at == stageRecipient && reply.Code >= 500 && reply.Code != 530 &&
			reply.Code != 535 && reply.Code != 538
	}
	// The server's reply to the sign-in concerns the operator only.
	if e.Reason == "" || at < stageSender {
		e.Reason = i18n.T(i18n.English, chooseReasonKey(at, err), nil)
	}
	return e
}

// chooseReasonKey returns the message for a failure before the first email, by the stage that
// failed.
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

// newPermanentError returns the error of an email that was not offered to any server.
func newPermanentError(key string, err error) *DeliveryError {
	return &DeliveryError{Permanent: true, Reason: i18n.T(i18n.English, key, nil), cause: err}
}
