package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"entgo.io/ent/dialect"
	"github.com/lib/pq"
	"modernc.org/sqlite"

	"usher/ent"
)

// Store is an open database.
type Store struct {
	*ent.Client // reads only; writes go through WithTx

	dialect    string
	path       string // of the SQLite file
	unprepared bool
	poolSize   int
	writer     *sql.DB
	reader     *sql.DB
	wrapper    Wrapper                // nil outside of tests
	abortCode  atomic.Pointer[string] // BreakOffFirst
}

// Option changes how a database is opened.
type Option func(*Store)

// Unprepared keeps no prepared statements. Connection poolers that change the session between two
// statements need it, and short commands do without.
func Unprepared(s *Store) { s.unprepared = true }

// DefaultPoolSize is the default of PoolSize.
const DefaultPoolSize = 20

// PoolSize sets the maximum number of PostgreSQL connections of a process. SQLite ignores it.
func PoolSize(n int) Option { return func(s *Store) { s.poolSize = n } }

// Open opens postgres://… or sqlite:path. It does not migrate.
func Open(databaseURL string, options ...Option) (*Store, error) {
	s := &Store{poolSize: DefaultPoolSize}
	for _, option := range options {
		option(s)
	}
	var err error
	switch {
	case strings.HasPrefix(databaseURL, "sqlite:"):
		err = s.openSQLite(strings.TrimPrefix(databaseURL, "sqlite:"))
	case strings.HasPrefix(databaseURL, "postgres://"),
		strings.HasPrefix(databaseURL, "postgresql://"):
		err = s.openPostgres(databaseURL)
	default:
		err = fmt.Errorf("the database URL must be postgres://… or sqlite:path")
	}
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	// Writes go through a transaction, which has a client of its own. This one reads.
	s.Client = addTenantFilter(ent.NewClient(ent.Driver(readDriver{s.newDriver(s.reader)})),
		refuseWrites)
	return s, nil
}

// sqliteSettings are the parameters of every SQLite connection. The write-ahead log is synced in
// full, so that an acknowledged write survives a crash. Foreign keys are on. A connection waits
// five seconds for another writer before it fails.
const sqliteSettings = "_busy_timeout=5000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=1&_time_format=sqlite&_timezone=UTC&_dqs=0"

// openSQLite opens the file of the path, and creates it with its folder if it is missing. It makes
// two pools: one connection that writes, and several that read the last committed state meanwhile.
func (s *Store) openSQLite(path string) error {
	s.dialect, s.path = dialect.SQLite, path
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	// Security: SQLite would create the file readable for all users. The log files beside it take
	// over the mode of the file.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}

	file := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + sqliteSettings
	// A transaction takes the write lock at its start. If it read first and wrote later, it would
	// fail when another transaction had written in between.
	writing, err := sqlite.NewConnector(file + "&_txlock=immediate")
	if err != nil {
		return err
	}
	s.writer = s.openPool(writing)
	// SQLite has one writer. A second connection would fail with SQLITE_BUSY instead of waiting in
	// the pool.
	s.writer.SetMaxOpenConns(1)
	if err := initializeSQLite(s.writer); err != nil {
		return err
	}

	reading, err := sqlite.NewConnector(file + "&_query_only=1")
	if err != nil {
		return err
	}
	s.reader = s.openPool(reading)
	// Readers run side by side with the writer in WAL mode.
	s.reader.SetMaxOpenConns(max(4, runtime.NumCPU()))
	s.reader.SetMaxIdleConns(max(4, runtime.NumCPU()))
	return nil
}

// initializeSQLite writes the header of a new file, which a reader cannot. The change to a
// write-ahead log does not wait for another process that makes it at the same moment: SQLite refuses
// it immediately, whatever the busy timeout.
func initializeSQLite(db *sql.DB) error {
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := db.Ping()
		if !isBusy(err) || time.Since(began) > 5*time.Second {
			return err
		}
	}
}

// openPostgres opens a pool for the URL. It does not connect: Ping tells whether the server is
// there.
func (s *Store) openPostgres(databaseURL string) error {
	s.dialect = dialect.Postgres
	u, err := url.Parse(databaseURL)
	if err != nil {
		return fmt.Errorf("the database URL is malformed")
	}
	// Defaults that the operator may override in the URL. The statement timeout is in milliseconds.
	q := u.Query()
	for name, value := range map[string]string{"connect_timeout": "10",
		"statement_timeout": "60000", "application_name": "usher"} {
		// An operator's own value wins.
		if !q.Has(name) {
			q.Set(name, value)
		}
	}
	u.RawQuery = q.Encode()

	connector, err := pq.NewConnector(u.String())
	if err != nil {
		return err
	}
	connector.Dialer(&deadlineDialer{})
	// The connector needs to know its pool, to leave it when connections fail.
	patient := &retryingConnector{Connector: connector, size: s.poolSize}
	db := s.openPool(patient)
	patient.pool.Store(db)
	// As many idle as open connections: a smaller idle pool reconnects constantly under load.
	db.SetMaxOpenConns(s.poolSize)
	db.SetMaxIdleConns(s.poolSize)
	db.SetConnMaxIdleTime(time.Minute) // free connections for other processes
	s.writer, s.reader = db, db
	return nil
}

// openPool returns a pool whose connections keep prepared statements, unless the store is
// Unprepared.
func (s *Store) openPool(c sqldriver.Connector) *sql.DB {
	if s.unprepared && s.dialect != dialect.Postgres {
		return sql.OpenDB(c)
	}
	return sql.OpenDB(preparingConnector{c, s.dialect == dialect.Postgres, s.unprepared})
}

// Dialect is "postgres" or "sqlite3".
func (s *Store) Dialect() string { return s.dialect }

// DB returns the pool that writes. The queue and the migrations use it, which bring their own SQL.
func (s *Store) DB() *sql.DB { return s.writer }

// Ping checks that the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.reader.PingContext(ctx) }

// Close closes all connections.
func (s *Store) Close() error {
	err := s.writer.Close()
	if s.reader != s.writer {
		// On PostgreSQL both are one pool, which must be closed once.
		if e := s.reader.Close(); err == nil {
			err = e
		}
	}
	return err
}
