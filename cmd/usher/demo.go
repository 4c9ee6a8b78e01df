package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"

	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/demo"
	"usher/internal/devmail"
	"usher/internal/secret"
)

// demoCmd runs everything in one process, with a mailbox in place of a mail server.
type demoCmd struct {
	config.Config `group:"settings"`
}

// Run serves the demo with its own secret, database, mail server and sample data.
func (c *demoCmd) Run(ctx context.Context) (err error) {
	// A kept secret lets links and sign-ins of the demo survive a restart.
	if c.Secret == "" && c.SecretFile == "" {
		if err := c.KeepSecret("var/secret"); err != nil {
			return err
		}
	}
	box, err := devmail.Listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	defer box.Close()
	// A mail server in the settings wins, so that the demo can send real emails.
	if c.SMTPURL == "" {
		c.SMTPURL = secret.Redacted("smtp://" + box.Addr())
	}
	a, err := buildApp(&c.Config, true,
		app.Options{Mount: map[string]http.Handler{"/mailbox": box.Handler(),
			"/mailbox/": box.Handler()}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Ready(ctx, true); err != nil {
		return err
	}
	summary, err := demo.Seed(ctx, demo.Deps{Store: a.Store, Services: a.Services,
		Accounts: a.Accounts, Clock: a.Admission.Clock})
	if err != nil {
		return err
	}
	return a.Serve(ctx, true, func(net.Addr) {
		summary.Print(os.Stdout, a.Settings.PublicURL.String())
	})
}
