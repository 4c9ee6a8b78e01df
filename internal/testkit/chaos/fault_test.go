package chaos

import (
	"database/sql"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// fault is trouble that begins, lasts and ends while people work.
type fault struct {
	name  string
	begin func(c *cluster, db *sql.DB)
	end   func(c *cluster)
}

// faults are those of the database and of the mail server.
var faults = []fault{
	{name: "the database's connections are cut", begin: func(c *cluster, _ *sql.DB) {
		c.wire.cut()
	}},
	{name: "the database refuses connections", begin: func(c *cluster, _ *sql.DB) {
		c.wire.refuse.Store(true)
		c.wire.cut()
	},
		end: func(c *cluster) { c.wire.refuse.Store(false) }},
	{name: "the database stands still", begin: func(c *cluster, _ *sql.DB) {
		c.wire.stalled.Store(true)
	},
		end: func(c *cluster) { c.wire.stalled.Store(false) }},
	{name: "an operator ends the database's sessions", begin: func(c *cluster, db *sql.DB) {
		_, err := db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		if err != nil {
			c.t.Error(err)
		}
	}},
	{name: "the mail server is away", begin: func(c *cluster, _ *sql.DB) {
		c.mail.misbehave(nil, true)
	},
		end: func(c *cluster) { c.mail.misbehave(nil, false) }},
	{name: "the mail server takes too few connections", begin: func(c *cluster, _ *sql.DB) {
		c.mail.misbehave(&smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0},
			Message: "too many connections"}, false)
	}, end: func(c *cluster) { c.mail.misbehave(nil, false) }},
}

// The database and the mail server fail in several ways under a mixed load. Meanwhile clients get
// an answer or UNAVAILABLE, never INTERNAL; afterwards everything that was acknowledged is there
// and people can work.
func TestDatabaseAndMailServerFail(t *testing.T) {
	c := startCluster(t)
	db, err := sql.Open("postgres", c.database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	load, stop := c.startLoad(3)
	lasts := time.Duration(readNumber(t, "USHER_CHAOS_SECONDS", 3)) * time.Second
	for _, f := range faults {
		t.Log(f.name)
		f.begin(c, db)
		time.Sleep(min(lasts, 30*time.Second))
		if f.end != nil {
			f.end(c)
		}
		for _, s := range c.servers {
			s.awaitReady()
		}
		time.Sleep(time.Second)
	}
	stop()

	load.checkLoad()
}
