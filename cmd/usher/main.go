// Command usher is Usher: one binary that serves, works the queue, migrates and lets an operator do
// what needs no browser. It holds no logic: each command is a few calls of internal/app.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones on machines that have none

	"github.com/alecthomas/kong"

	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/mail"
)

// commandLine is the command line; each command is a field with a Run method.
type commandLine struct {
	Serve   serveCmd   `cmd:"" help:"Serve HTTP and work the queue in one process."`
	Worker  workerCmd  `cmd:"" help:"Work the queue only."`
	Migrate migrateCmd `cmd:"" help:"Bring the database up to date, or tell how it stands."`
	Admin   adminCmd   `cmd:"" help:"What an operator does without a browser."`
	Import  importCmd  `cmd:"" help:"Invite or create the people of a file: preview, start, watch, report."`
	Demo    demoCmd    `cmd:"" help:"Serve on SQLite under var/ with demo data and a mailbox that shows every mail."`
	Version versionCmd `cmd:"" help:"Print version, commit and Go version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	app.TuneCollector()
	parsed := kong.Parse(&commandLine{}, kong.Name("usher"), kong.Vars(config.Help()),
		kong.UsageOnError(),
		kong.Description(
			"Usher shows people in. Every setting is an environment variable, with a flag of the same name."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "usher:", err)
		os.Exit(1)
	}
}

// settingChecks are the parsers of other packages that settings must pass.
var settingChecks = config.Checks{
	SMTPURL:  func(s string) error { _, err := mail.ParseURL(s); return err },
	MailFrom: func(s string) error { _, err := mail.ParseFrom(s); return err },
}

// buildApp makes the app out of the settings, or says everything that is wrong with them.
func buildApp(c *config.Config, demo bool, o app.Options) (*app.App, error) {
	set, err := c.Resolve(demo, settingChecks)
	if err != nil {
		return nil, fmt.Errorf("the settings are not good:\n%w", err)
	}
	return app.New(set, newLogger(set), o)
}

// newLogger writes text or JSON to standard error; standard output is for answers.
func newLogger(set config.Settings) *slog.Logger {
	var h slog.Handler = slog.NewTextHandler(os.Stderr, nil)
	if set.LogJSON {
		h = slog.NewJSONHandler(os.Stderr, nil)
	}
	l := slog.New(h)
	slog.SetDefault(l)
	return l
}
