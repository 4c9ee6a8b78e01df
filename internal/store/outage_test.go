package store

import (
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// A database that is away says so in many ways, and none of them is the fault of a statement.
func TestWhatSaysThatTheDatabaseIsAwayIsAnOutage(t *testing.T) {
	t.Parallel()
	for what, err := range map[string]error{
		"a connection that ends while it is made":   io.EOF,
		"a connection that ends within an answer":   io.ErrUnexpectedEOF,
		"a refused connection":                      &net.OpError{Op: "dial", Err: io.EOF},
		"an operator who ends the session":          &pq.Error{Code: "57P01"},
		"a server that starts":                      &pq.Error{Code: "57P03"},
		"no connection left":                        &pq.Error{Code: "53300"},
		"a statement that was cancelled by a limit": &pq.Error{Code: "57014"},
		"a lost connection":                         &pq.Error{Code: "08006"},
	} {
		if !IsOutage(fmt.Errorf("load caller: %w", err)) {
			t.Errorf("%s is no outage", what)
		}
	}
	for what, code := range map[string]pqerror.Code{"a unique index": "23505",
		"a wrong statement": "42601", "a check": "23514"} {
		if IsOutage(&pq.Error{Code: code}) {
			t.Errorf("%s is an outage", what)
		}
	}
}
