package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"usher/internal/app"
	"usher/internal/config"
)

// serveCmd serves HTTP and works on jobs, in one process.
type serveCmd struct {
	config.Config `group:"settings"`
	NoWorker      bool `help:"Serve only; another process works the queue."`
	Migrate       bool `help:"Migrate a PostgreSQL database first. An SQLite file is always migrated."`
}

// Run serves until the process is asked to stop.
func (c *serveCmd) Run(ctx context.Context) (err error) {
	a, err := buildApp(&c.Config, false, app.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	// Before the port is opened: a load balancer must not send requests to a database that is not
	// migrated.
	if err := a.Ready(ctx, c.Migrate); err != nil {
		return err
	}
	return a.Serve(ctx, !c.NoWorker, nil)
}

// workerCmd works on jobs only, beside processes that serve.
type workerCmd struct {
	config.Config `group:"settings"`
}

// Run works the queue until the process is asked to stop.
func (c *workerCmd) Run(ctx context.Context) (err error) {
	a, err := buildApp(&c.Config, false, app.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Ready(ctx, false); err != nil {
		return err
	}
	return a.Work(ctx)
}

// migrateCmd is for deployments that migrate in a step of their own.
type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply pending migrations; safe to run in several processes at the same time."`
	Status migrateStatusCmd `cmd:"" help:"List applied and pending migrations."`
}

// migrateUpCmd brings the database to the schema of this release.
type migrateUpCmd struct{ databaseFlags }

// Run applies the pending migrations.
func (c *migrateUpCmd) Run(ctx context.Context) (err error) {
	s, err := c.openStore()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	fmt.Println("the database is up to date")
	return nil
}

// migrateStatusCmd lists the migrations that were applied and those that are missing.
type migrateStatusCmd struct{ databaseFlags }

// Run lists the applied and the pending migrations.
func (c *migrateStatusCmd) Run(ctx context.Context) (err error) {
	s, err := c.openStore()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	applied, pending, err := s.MigrationStatus(ctx)
	if err != nil {
		return err
	}
	for _, name := range applied {
		fmt.Println("applied ", name)
	}
	for _, name := range pending {
		fmt.Println("missing ", name)
	}
	return nil
}

// versionCmd prints the version that the binary was built as.
type versionCmd struct{}

// Run prints version, commit and Go version.
func (versionCmd) Run() error {
	fmt.Println(versionText())
	return nil
}

// versionText returns version, commit and Go version on one line.
func versionText() string {
	version, commit := "development", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			version = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	// A build from a source archive has no version control, so the linker sets the commit.
	if stamped != "" {
		commit = stamped
	}
	return fmt.Sprintf("usher %s, commit %s, %s", version, commit, runtime.Version())
}

// stamped is the commit that the linker sets when the build info has none.
var stamped string
