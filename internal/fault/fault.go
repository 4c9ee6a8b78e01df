// Package fault is the one error type for callers: what is wrong, where, and what to do.
//
// A fault is an error that the caller can act on. Operations return faults; each entry point
// (GraphQL, pages, command line) translates them once into the reader's language. Every other
// error is internal: it is logged once with its cause and shown to nobody.
package fault

import (
	"errors"
	"fmt"
	"time"

	"usher/internal/i18n"
)

// Code is the kind of a fault, which clients switch on. The values are part of the public API.
type Code string

// The codes of the public API.
const (
	Unauthenticated        Code = "UNAUTHENTICATED"
	Forbidden              Code = "FORBIDDEN"
	NotFound               Code = "NOT_FOUND"
	BadUserInput           Code = "BAD_USER_INPUT"
	Conflict               Code = "CONFLICT"
	AlreadyDone            Code = "ALREADY_DONE"
	RateLimited            Code = "RATE_LIMITED"
	SeatLimitReached       Code = "SEAT_LIMIT_REACHED"
	PlanRequired           Code = "PLAN_REQUIRED"
	LinkInvalid            Code = "LINK_INVALID"
	LinkExpired            Code = "LINK_EXPIRED"
	LinkCancelled          Code = "LINK_CANCELLED"
	LinkUsed               Code = "LINK_USED"
	JoinClosed             Code = "JOIN_CLOSED"
	EmailNotAllowed        Code = "EMAIL_NOT_ALLOWED"
	PasswordTooWeak        Code = "PASSWORD_TOO_WEAK"
	PasswordChangeRequired Code = "PASSWORD_CHANGE_REQUIRED"
	CostLimit              Code = "COST_LIMIT"
	CursorExpired          Code = "CURSOR_EXPIRED"
	Unavailable            Code = "UNAVAILABLE"
	Internal               Code = "INTERNAL"
)

// Error is a fault: a code for programs, a message for people, and for bad input the path of the
// field.
type Error struct {
	Code           Code
	Message        i18n.Message
	Field          string        // path of the input's field, "grant.groupIds.0"
	RetryAfter     time.Duration // with RATE_LIMITED, UNAVAILABLE and some CONFLICT
	AllowedDomains []string      // with EMAIL_NOT_ALLOWED
	IDs            []string      // with ALREADY_DONE
	cause          error
	violations     []*Error // of the same input, this one first; nil when it is the only one
}

// Error returns the English message.
func (e *Error) Error() string { return e.Message.In(i18n.English) }

// Unwrap returns the hidden cause, for logs.
func (e *Error) Unwrap() error { return e.cause }

// Is makes errors.Is compare faults by code and key.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Message.Key == e.Message.Key
}

// New returns a fault with a code and a message; args fill the placeholders of the message.
func New(code Code, key string, args ...i18n.Args) *Error {
	e := &Error{Code: code, Message: i18n.Message{Key: key}}
	if len(args) > 0 {
		e.Message.Args = args[0]
	}
	return e
}

// Input returns a BAD_USER_INPUT at a field.
func Input(field, key string, args ...i18n.Args) *Error {
	e := New(BadUserInput, key, args...)
	e.Field = field
	return e
}

// At returns a copy of a fault that names the field it is about; any other error is returned
// unchanged.
func At(err error, field string) error {
	f, ok := Of(err)
	if !ok {
		return err
	}
	// A copy, because the fault may be shared by other errors.
	at := *f
	at.Field, at.violations = field, nil
	return &at
}

// AtField sets the field of the input that the fault is about, and returns the fault.
func (e *Error) AtField(field string) *Error {
	e.Field = field
	return e
}

// MissingAt puts a NOT_FOUND without a field at the field of the input that names the row, so that
// it is a violation like the others. Any other error is returned unchanged.
func MissingAt(err error, field string) error {
	if f, ok := Of(err); ok && f.Code == NotFound && f.Field == "" {
		return At(err, field)
	}
	return err
}

// Limited returns a RATE_LIMITED with the time to wait. The message may use the placeholder
// Seconds.
func Limited(wait time.Duration, key string) *Error {
	seconds := Seconds(wait)
	e := New(RateLimited, key, i18n.Args{"Seconds": seconds, "Count": seconds})
	e.RetryAfter = wait
	return e
}

// Seconds returns a time to wait in whole seconds, rounded up.
func Seconds(wait time.Duration) int { return int((wait + time.Second - 1) / time.Second) }

// Because returns the fault with a hidden cause, for the log.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// Missing returns the NOT_FOUND of a row that does not exist or that the caller may not see. The
// two cases have the same answer.
func Missing() *Error { return New(NotFound, "fault.not_found") }

// Denied returns the FORBIDDEN of a caller without the permission, where no other message is more
// precise.
func Denied() *Error { return New(Forbidden, "fault.forbidden") }

// Annotate puts the name of an operation in front of an internal error, so that one log line tells
// the path of the call. It leaves nil and faults unchanged: a fault is an answer to the caller, and
// its sentence must stay as it is. Use it deferred: defer fault.Annotate(&err, "invite users").
func Annotate(err *error, operation string) {
	if *err == nil {
		return
	}
	if _, ok := Of(*err); !ok {
		*err = fmt.Errorf("%s: %w", operation, *err)
	}
}

// Of returns the fault in an error's chain, if there is one.
func Of(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Has reports whether an error is a fault with that code.
func Has(err error, code Code) bool {
	e, ok := Of(err)
	return ok && e.Code == code
}
