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

// outageRetry is the Retry-After of database outages: a restart of PostgreSQL and a failover of a
// pool take seconds.
const outageRetry = 5 * time.Second

// Fault returns the fault for a caller: the one in the error's chain, or UNAVAILABLE for a database
// outage. It returns false for every other error, which is internal. Every entry point maps errors
// through it, so that an outage has the same answer everywhere.
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

// IsOutage reports whether an error means that the database cannot serve now, and the same request
// may succeed in a moment. It returns false for a wrong statement. An ended context counts as an
// outage; callers know why their own context ended.
func IsOutage(err error) bool {
	if err == nil {
		return false
	}
	var pgError *pq.Error
	// The database's own error comes first: it says more than the error of the connection around
	// it.
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
		// io.EOF is what a connection returns that the server closes during its start
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
	// Two errors have no type of their own: the pool is closed because the process stops; or
	// PostgreSQL answers in plain text because it cannot fork.
	text := err.Error()
	return strings.HasSuffix(text, "sql: database is closed") ||
		strings.Contains(text, "pq: server error: ")
}

// isPostgresOutage decides by SQLSTATE (PostgreSQL's manual, appendix A).
func isPostgresOutage(e *pq.Error) bool {
	code := string(e.Code)
	// The first two characters name the class of an error
	// (https://www.postgresql.org/docs/15/errcodes-appendix.html).
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
		"25P02",          // a statement after a failure in its transaction
		"25P03", "25P04", // the server ended a transaction that took too long
		"26000", "0A000", // a prepared statement that a migration or a proxy made invalid
		"3D000",          // the database is being restored
		"40001", "40P01", // deadlock or serialization failure after all retries
		"55P03": // a lock was not free in time
		// 0A000 is any unsupported feature. Only a changed result of a cached plan goes away by
		// itself.
		return code != "0A000" || strings.Contains(e.Message, "cached plan")
	}
	return false
}

// isSQLiteOutage decides by the primary result code, the lowest byte.
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
