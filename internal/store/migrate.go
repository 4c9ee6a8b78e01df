package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"

	"entgo.io/ent/dialect"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// Usher's migrations are written by internal/gen/migration. The queue's tables come with the queue.
//
//go:embed migrations/postgres/*.sql migrations/sqlite/*.sql
var migrationFiles embed.FS

// Migrate applies the migrations that the database lacks. Any number of processes may call it at
// the same time: one applies them, the others wait and find nothing left to do. On a current
// database it costs two reads.
func (s *Store) Migrate(ctx context.Context) error {
	// The usual case at a start, so it must not wait for a lock.
	done, err := s.Migrated(ctx)
	if done || err != nil {
		return err
	}
	if s.dialect == dialect.Postgres {
		err = s.migratePostgres(ctx)
	} else {
		err = s.migrateSQLite(ctx)
	}
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}

// Migrated reports whether the database has at least the migrations that this program knows. A
// database that a newer program migrated counts too: each migration leaves the previous release
// working, so that both can run side by side. The exception is the queue's migration 7 on SQLite,
// which stores jobs in a form that the previous release cannot read.
func (s *Store) Migrated(ctx context.Context) (bool, error) {
	ours, queue, err := s.readVersions(ctx)
	if err != nil {
		return false, fmt.Errorf("store: read migrations: %w", err)
	}
	known, err := s.listMigrations()
	if err != nil {
		return false, err
	}
	return ours >= known[len(known)-1].version &&
		queue >= latestQueueVersion(s.queueMigrations(s.writer)), nil
}

// MigrationStatus lists the applied and the pending migrations, Usher's own before those of the
// queue.
func (s *Store) MigrationStatus(ctx context.Context) (applied, pending []string, err error) {
	ours, queue, err := s.readVersions(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("store: read migrations: %w", err)
	}
	known, err := s.listMigrations()
	if err != nil {
		return nil, nil, err
	}
	// The queue numbers its migrations itself, so they get names of ours.
	for _, m := range s.queueMigrations(s.writer).AllVersions() {
		known = append(known, schemaMigration{fmt.Sprintf("queue_%03d", m.Version),
			int64(m.Version)})
	}
	for _, m := range known {
		have := ours
		if strings.HasPrefix(m.name, "queue_") {
			have = queue
		}
		if m.version <= have {
			applied = append(applied, m.name)
		} else {
			pending = append(pending, m.name)
		}
	}
	return applied, pending, nil
}

// readVersions returns the latest migration of Usher and of the queue, 0 for none. It looks for the
// tables first: goose would create its own table, and a process that only asks must not write.
func (s *Store) readVersions(ctx context.Context) (ours, queue int64, err error) {
	exists := "SELECT to_regclass('goose_db_version') IS NOT NULL, to_regclass('river_migration') IS NOT NULL"
	if s.dialect == dialect.SQLite {
		exists = "SELECT count(*) FILTER (WHERE name = 'goose_db_version'), count(*) FILTER (WHERE name = 'river_migration') FROM sqlite_master"
	}

	// Asked first, because a new database has neither table and a SELECT from it would fail.
	var hasOurs, hasQueue bool
	if err := s.reader.QueryRowContext(ctx, exists).Scan(&hasOurs, &hasQueue); err != nil {
		return 0, 0, err
	}
	if hasOurs {
		err = s.reader.QueryRowContext(ctx,
			"SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").
			Scan(&ours)
	}
	if hasQueue && err == nil {
		err = s.reader.QueryRowContext(ctx,
			"SELECT coalesce(max(version), 0) FROM river_migration").Scan(&queue)
	}
	return ours, queue, err
}

// schemaMigration is one migration of Usher: the name of its file without the extension, and its
// number.
type schemaMigration struct {
	name    string
	version int64
}

// listMigrations lists Usher's own migrations, oldest first. There is at least one.
func (s *Store) listMigrations() ([]schemaMigration, error) {
	files, err := fs.Glob(s.migrationFolder(), "*.sql")
	if err != nil {
		return nil, err
	}
	var all []schemaMigration
	for _, file := range files {
		version, err := goose.NumericComponent(file)
		if err != nil {
			return nil, err
		}
		all = append(all, schemaMigration{strings.TrimSuffix(file, ".sql"), version})
	}
	// The migration that is written in Go has no file.
	all = append(all, schemaMigration{"00017_fill_search_text", fillSearchTextVersion})
	slices.SortFunc(all, func(a, b schemaMigration) int { return int(a.version - b.version) })
	return all, nil
}

// migrationFolder returns the folder of the store's dialect.
func (s *Store) migrationFolder() fs.FS {
	folder := "sqlite"
	if s.dialect == dialect.Postgres {
		folder = "postgres"
	}
	files, err := fs.Sub(migrationFiles, "migrations/"+folder)
	if err != nil {
		panic(err) // the name is one of two constants
	}
	return files
}

// queueMigrations returns the migrator of the job queue, without its log.
func (s *Store) queueMigrations(db *sql.DB) *rivermigrate.Migrator[*sql.Tx] {
	config := &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
	var m *rivermigrate.Migrator[*sql.Tx]
	var err error
	if s.dialect == dialect.Postgres {
		m, err = rivermigrate.New(riverdatabasesql.New(db), config)
	} else {
		m, err = rivermigrate.New(riversqlite.New(db), config)
	}
	if err != nil {
		panic(err) // only for an unknown line of migrations, and none is named
	}
	return m
}

// latestQueueVersion is the newest migration of the queue that this binary knows.
func latestQueueVersion(m *rivermigrate.Migrator[*sql.Tx]) int64 {
	all := m.AllVersions()
	return int64(all[len(all)-1].Version)
}

// applyMigrations applies pending migrations, each in a transaction of its own. The caller holds
// the migration lock.
func (s *Store) applyMigrations(ctx context.Context, db *sql.DB,
	options ...goose.ProviderOption) error {
	d := goose.DialectSQLite3
	if s.dialect == dialect.Postgres {
		d = goose.DialectPostgres
	}
	// Goose's global registry would also contain Go migrations of other packages in the process.
	p, err := goose.NewProvider(d, db, s.migrationFolder(),
		append(options, goose.WithDisableGlobalRegistry(true),
			goose.WithGoMigrations(s.fillSearchText()))...)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	_, err = s.queueMigrations(db).Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
