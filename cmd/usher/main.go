// Command usher is the Usher binary: server, queue worker, migrations and the operator's commands.
// It holds no logic: each command is a few calls of internal/app.
//
// Exit codes: 0 it is done; 1 it failed; 2 the command line is wrong, or nobody answered a question;
// 3 it is done, and some of the people were refused; 4 a sync did nothing, because too many people
// would be deactivated. Schedulers act on them, so they stay.
//
// Output of a command goes to standard output; the log, progress and problems go to standard error.
// A problem is one line, which says what to do.
//
// commandline.go parses and runs a command line; actas.go finds the member in whose name a command
// acts; every other file holds the commands of one topic.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones for machines without a time zone database

	"github.com/alecthomas/kong"

	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/mail"
)

// commandLine is the root command; each subcommand is a field with a Run method.
type commandLine struct {
	Serve   serveCmd   `cmd:"" help:"Serve HTTP and work the queue in one process."`
	Worker  workerCmd  `cmd:"" help:"Work the queue only."`
	Migrate migrateCmd `cmd:"" help:"Migrate the database, or show its migration status."`
	Admin   adminCmd   `cmd:"" help:"Commands for operators."`
	Invite  inviteCmd  `cmd:"" help:"Invite people by email."`
	Import  importCmd  `cmd:"" help:"Invite or create the people of a file: preview, start, watch, report."`
	Sync    syncCmd    `cmd:"" help:"Keep members in step with a file of another system: for cron."`
	Demo    demoCmd    `cmd:"" help:"Serve on SQLite under var/ with demo data and a mailbox that shows every email."`
	Version versionCmd `cmd:"" help:"Print version, commit and Go version."`

	ShowVersion kong.VersionFlag `name:"version" help:"Print version, commit and Go version."`
}

// main runs one command. SIGTERM and Ctrl-C end its context, so that it stops in an orderly way.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	app.TuneCollector()
	code := runCommand(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settingChecks are the parsers of package mail that validate settings.
var settingChecks = config.Checks{
	SMTPURL:  func(s string) error { _, err := mail.ParseURL(s); return err },
	MailFrom: func(s string) error { _, err := mail.ParseFrom(s); return err },
}

// buildApp returns the app of the settings, or an error that lists all problems with them.
func buildApp(settings *config.Config, demo bool, o app.Options) (*app.App, error) {
	set, err := settings.Resolve(demo, settingChecks)
	if err != nil {
		return nil, fmt.Errorf("invalid settings:\n%w", err)
	}
	return app.New(set, newLogger(set), o)
}

// newLogger returns a logger that writes text or JSON to standard error and sets it as slog's
// default. Standard output is for the output of commands.
func newLogger(set config.Settings) *slog.Logger {
	var h slog.Handler = slog.NewTextHandler(os.Stderr, nil)
	if set.LogJSON {
		h = slog.NewJSONHandler(os.Stderr, nil)
	}
	l := slog.New(h)
	slog.SetDefault(l)
	return l
}
