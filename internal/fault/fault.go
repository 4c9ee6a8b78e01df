// Package fault is the one error type of Usher: what was wrong, where, and what to do about it.
//
// A fault is something a caller can act on. Verbs return faults, each edge (GraphQL, pages, SCIM,
// command line) maps them once, in the reader's language. Whatever is not a fault is an internal
// error: logged once with its cause, and shown to nobody.
package fault

import (
	"errors"
	"fmt"
	"time"

	"usher/internal/i18n"
)

// Code says what kind of refusal this is; clients switch on it. The list is the public contract.
type Code string

// The codes of the public contract.
const (
	Unauthenticated        Code = "UNAUTHENTICATED"
	Forbidden              Code = "FORBIDDEN"
	NotFound               Code = "NOT_FOUND"
	BadUserInput           Code = "BAD_USER_INPUT"
	Conflict               Code = "CONFLICT"
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
	Unavailable            Code = "UNAVAILABLE"
	Internal               Code = "INTERNAL"
)

// Error is a refusal: a code for programs, a sentence for people, and for bad input the path of the
// field at fault.
type Error struct {
	Code           Code
	Message        i18n.Message
	Field          string        // path of the input's field, "grant.groupIds"; with BAD_USER_INPUT
	RetryAfter     time.Duration // with RATE_LIMITED and UNAVAILABLE
	AllowedDomains []string      // with EMAIL_NOT_ALLOWED
	cause          error
}

// Error returns the English sentence.
func (e *Error) Error() string { return e.Message.In(i18n.English) }

// Unwrap returns the hidden cause, for logs.
func (e *Error) Unwrap() error { return e.cause }

// Is makes errors.Is compare faults by code and key.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Message.Key == e.Message.Key
}

// New makes a fault of a code and a sentence; args, if given, fill its places.
func New(code Code, key string, args ...i18n.Args) *Error {
	e := &Error{Code: code, Message: i18n.Message{Key: key}}
	if len(args) > 0 {
		e.Message.Args = args[0]
	}
	return e
}

// Input makes a BAD_USER_INPUT at a field.
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
	at := *f
	at.Field = field
	return &at
}

// Limited makes a RATE_LIMITED that says how long to wait. The sentence may use the place Seconds.
func Limited(wait time.Duration, key string) *Error {
	seconds := Seconds(wait)
	e := New(RateLimited, key, i18n.Args{"Seconds": seconds, "Count": seconds})
	e.RetryAfter = wait
	return e
}

// Seconds rounds a time to wait up to whole seconds, as clients are told it.
func Seconds(wait time.Duration) int { return int((wait + time.Second - 1) / time.Second) }

// Because returns the fault with a hidden cause, for the log.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// Missing is the answer for a row that does not exist, or that the caller may not know of: the two
// are never told apart.
func Missing() *Error { return New(NotFound, "fault.not_found") }

// Denied is the answer to a caller without the permission, where no other sentence says more.
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

// Has tells whether an error is a fault of that code.
func Has(err error, code Code) bool {
	e, ok := Of(err)
	return ok && e.Code == code
}
