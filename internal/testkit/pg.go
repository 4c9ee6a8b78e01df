// Package testkit holds helpers that tests of several packages share.
package testkit

import (
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/lib/pq"

	"usher/internal/testkit/pgserver"
)

// connectAdmin returns the connection to the maintenance database of the server that this test
// process uses. Without USHER_TEST_POSTGRES (see pgrun) it starts a server for this process, which
// ends with it.
var connectAdmin = sync.OnceValues(func() (*adminServer, error) {
	dsn := os.Getenv("USHER_TEST_POSTGRES")
	var own *pgserver.Server
	if dsn == "" {
		var err error
		if own, err = pgserver.Start(pgserver.Options{}); err != nil {
			return nil, err
		}
		dsn = own.DSN
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(4) // the server's connections are for the tests
	return &adminServer{DB: db, url: u, own: own}, db.Ping()
})

// adminServer is the server on which tests make their databases.
type adminServer struct {
	*sql.DB
	url *url.URL
	// own keeps the server running: one without a reference is stopped. nil if another process runs
	// it.
	own *pgserver.Server
}

// Postgres returns the DSN of a fresh, empty PostgreSQL database that no other test sees. It is
// dropped when the test ends, even if connections are still open.
//
// The server is that of USHER_TEST_POSTGRES (a postgres:// URL of its maintenance database), or one
// of this process. `make test` sets the variable. If you set it yourself, name a server on which
// tests may leave databases. PostgreSQL is never skipped: a machine without it fails the test with
// instructions.
func Postgres(t testing.TB) string {
	t.Helper()
	return createDatabase(t, "template0")
}

// templates are the template databases of this process, each built once.
var templates struct {
	sync.Mutex
	built map[string]string // name → database
}

// TemplatePostgres returns the DSN of a database for one test. It is copied, in about 30 ms, from a
// template that build fills when this process first asks for the name; mostly by migrations. build
// must close what it opens, since a database in use cannot be copied.
func TemplatePostgres(t testing.TB, name string, build func(dsn string)) string {
	t.Helper()
	return createDatabase(t, findOrBuildTemplate(t, name, build))
}

// findOrBuildTemplate returns the database to copy. The lock is held during the build, so that
// parallel tests wait for one template instead of building several. A build that fails its test
// leaves no database, and the next test tries again.
func findOrBuildTemplate(t testing.TB, name string, build func(dsn string)) string {
	t.Helper()
	templates.Lock()
	defer templates.Unlock()
	if database, ok := templates.built[name]; ok {
		return database
	}
	server := requireServer(t)
	database := newDatabaseName("template")
	execCreateDatabase(t, server, database, "template0")
	done := false
	// build may end the test by t.Fatal.
	defer func() {
		if !done {
			dropDatabase(t, server, database)
		}
	}()
	build(server.databaseDSN(database))
	done = true
	if templates.built == nil {
		templates.built = map[string]string{}
	}
	templates.built[name] = database
	return database
}

// createDatabase copies a database for one test and drops the copy afterwards.
func createDatabase(t testing.TB, from string) string {
	t.Helper()
	server := requireServer(t)
	database := newDatabaseName("test")
	execCreateDatabase(t, server, database, from)
	t.Cleanup(func() { dropDatabase(t, server, database) })
	return server.databaseDSN(database)
}

// requireServer fails the test if there is no server.
func requireServer(t testing.TB) *adminServer {
	t.Helper()
	s, err := connectAdmin()
	if err != nil {
		t.Fatalf("PostgreSQL for the tests: %v", err)
	}
	return s
}

// execCreateDatabase copies a database.
func execCreateDatabase(t testing.TB, server *adminServer, database, from string) {
	t.Helper()
	if _, err := server.Exec("CREATE DATABASE " + pq.QuoteIdentifier(database) + " TEMPLATE " +
		pq.QuoteIdentifier(from)); err != nil {
		t.Fatalf("create a database from %s: %v", from, err)
	}
}

// dropDatabase drops a database although connections may be open.
func dropDatabase(t testing.TB, server *adminServer, database string) {
	t.Helper()
	if _, err := server.Exec("DROP DATABASE " + pq.QuoteIdentifier(database) +
		" WITH (FORCE)"); err != nil {
		t.Errorf("drop database %s: %v", database, err)
	}
}

// databaseDSN returns the URL of a database of the server.
func (s *adminServer) databaseDSN(database string) string {
	u := *s.url
	u.Path = "/" + database
	return u.String()
}

// newDatabaseName returns a name that is unique on the server.
func newDatabaseName(kind string) string {
	return "usher_" + kind + "_" + strings.ToLower(rand.Text())
}
