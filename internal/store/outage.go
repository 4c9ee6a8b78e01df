package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"usher/internal/fault"
)

// outageRetry is when a client is asked to come back after database trouble: a restart of
// PostgreSQL and a failover of a pool take seconds.
const outageRetry = 5 * time.Second

// Fault returns what an error means for a caller: the fault in its chain, or UNAVAILABLE where the
// database could not serve. It returns false for everything else, which is an internal error.
//
// Every entry point maps errors through it, so that a restart of the database reads the same
// everywhere.
func Fault(err error) (*fault.Error, bool) {
	if f, ok := fault.Of(err); ok {
		return f, true
	}
	if !IsOutage(err) {
		return nil, false
	}
	f := fault.New(fault.Unavailable, "fault.unavailable").Because(err)
	f.RetryAfter = outageRetry
	return f, true
}

// IsOutage tells whether an error says that the database cannot serve just now, rather than that a
// statement is wrong: the same request may well succeed in a moment. An ended context counts:
// whoever asks knows why its own one ended.
func IsOutage(err error) bool {
	if err == nil {
		return false
	}
	var pgError *pq.Error
	if errors.As(err, &pgError) {
		return isPostgresOutage(pgError)
	}
	var sqliteError *sqlite.Error
	if errors.As(err, &sqliteError) {
		return isSQLiteOutage(sqliteError.Code())
	}
	for _, known := range []error{
		context.DeadlineExceeded, context.Canceled,
		sqldriver.ErrBadConn, sql.ErrConnDone, sql.ErrTxDone, pq.ErrInFailedTransaction,
		// a connection that ends while it is made ends with io.EOF
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		os.ErrDeadlineExceeded,
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE,
		syscall.ETIMEDOUT,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	var network net.Error // refused, reset, no route, no such host, no answer in time
	if errors.As(err, &network) {
		return true
	}
	// These have no type of their own: a pool that was closed because the process stops, and a
	// PostgreSQL that answers in plain text because it cannot start another process.
	text := err.Error()
	return strings.HasSuffix(text, "sql: database is closed") ||
		strings.Contains(text, "pq: server error: ")
}

// isPostgresOutage goes by SQLSTATE (PostgreSQL's manual, appendix A).
func isPostgresOutage(e *pq.Error) bool {
	code := string(e.Code)
	switch code[:min(2, len(code))] {
	case "08", // connection exceptions
		"28", // the password was changed, the role may not sign in now
		"53", // no connections, memory or disk left
		"57", // cancelled, shut down, still starting
		"58": // the operating system failed it
		return true
	}
	switch code {
	case "25006", // read-only: a standby that is about to take over
		"25P02",          // what follows another failure in its transaction
		"25P03", "25P04", // the server ended a transaction that took too long
		"26000", "0A000", // a prepared statement that a migration or a proxy made invalid
		"3D000",          // the database is being restored
		"40001", "40P01", // deadlock and serialization failure that went on after all retries
		"55P03": // a lock was not to be had in time
		return code != "0A000" || strings.Contains(e.Message, "cached plan")
	}
	return false
}

// isSQLiteOutage goes by the primary result code, the lowest byte.
func isSQLiteOutage(code int) bool {
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_FULL,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL,
		sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}
