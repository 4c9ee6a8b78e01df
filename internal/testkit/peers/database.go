package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"

	"github.com/lib/pq"
)

// database is one database of the throw-away server.
type database struct {
	*sql.DB
	url string
}

// createDatabase makes an empty database and returns it.
func createDatabase(ctx context.Context, server, name string) (*database, error) {
	maintenance, err := sql.Open("postgres", server)
	if err != nil {
		return nil, err
	}
	defer maintenance.Close()
	if _, err := maintenance.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, fmt.Errorf("create database %s: %w", name, err)
	}
	u, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	u.Path = "/" + name
	db, err := sql.Open("postgres", u.String())
	return &database{DB: db, url: u.String()}, err
}

// postmasterPID returns the process that all connections of a server descend from.
func postmasterPID(ctx context.Context, db *database) (pid int, err error) {
	var backend int
	if err := db.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return 0, err
	}
	f := statFields(backend)
	if f == nil {
		return 0, nil // no /proc: processor times stay 0
	}
	_, err = fmt.Sscan(f[1], &pid)
	return pid, err
}

// tableRows are new rows of a table. copyRows writes them.
type tableRows struct {
	schema, table string
	columns       []string
	rows          [][]any
}

func (t *tableRows) add(values ...any) { t.rows = append(t.rows, values) }

// copyRows writes rows of several tables in one transaction. Without triggers references are not
// checked either, which would be most of the work; the rows are right by construction.
func copyRows(ctx context.Context, db *database, triggers bool, tables ...*tableRows) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	if !triggers {
		if _, err := tx.ExecContext(ctx,
			"SET LOCAL session_replication_role = replica"); err != nil {
			return err
		}
	}
	for _, t := range tables {
		into, err := tx.PrepareContext(ctx, t.copyStatement())
		if err != nil {
			return fmt.Errorf("copy into %s: %w", t.table, err)
		}
		for _, row := range t.rows {
			if _, err := into.ExecContext(ctx, row...); err != nil {
				return fmt.Errorf("copy into %s: %w", t.table, err)
			}
		}
		if _, err := into.ExecContext(ctx); err != nil {
			return fmt.Errorf("copy into %s: %w", t.table, err)
		}
		if err := into.Close(); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// copyStatement returns the statement that takes the rows of the table.
func (t *tableRows) copyStatement() string {
	columns := make([]string, len(t.columns))
	for i, c := range t.columns {
		columns[i] = pq.QuoteIdentifier(c)
	}
	return "COPY " + pq.QuoteIdentifier(t.schema) + "." + pq.QuoteIdentifier(t.table) + " (" +
		strings.Join(columns, ", ") + ") FROM STDIN"
}

// settle makes PostgreSQL do now what it would else do in the background while something is
// measured.
func settle(ctx context.Context, db *database) error {
	for _, statement := range []string{"VACUUM ANALYZE", "CHECKPOINT"} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
