package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/demo"
	"usher/internal/demo/courses"
	"usher/internal/devmail"
	"usher/internal/secret"
)

// demoCmd runs everything in one process, with a mailbox in place of a mail server.
type demoCmd struct {
	config.Config   `group:"settings"`
	ApplicationAddr string `default:"127.0.0.1:8081" placeholder:"HOST:PORT" help:"Address of the second application, to which the demo signs people in; empty for none."`
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
	card := &cardPage{}
	a, err := buildApp(&c.Config, true,
		app.Options{Mount: map[string]http.Handler{"/mailbox": box.Handler(),
			"/mailbox/": box.Handler(), demo.CardPath: card}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Ready(ctx, true); err != nil {
		return err
	}
	deps := demo.Deps{Store: a.Store, Services: a.Services, Accounts: a.Accounts,
		Workspaces: a.Workspaces, Applications: a.Applications, Clock: a.Admission.Clock}
	summary, err := demo.Seed(ctx, deps)
	if err != nil {
		return err
	}
	if card.html, err = demo.PrintCard(ctx, deps); err != nil {
		return err
	}
	at := demo.Addresses{Usher: a.Settings.PublicURL.String()}
	if at.Application, err = c.serveApplication(ctx, deps, at.Usher); err != nil {
		return err
	}
	return a.Serve(ctx, true, func(net.Addr) { summary.Print(os.Stdout, at) })
}

// serveApplication serves the second application until the context ends, and returns its base URL;
// "" if there is none. Its address may be in use, without which the demo is still worth a look.
func (c *demoCmd) serveApplication(ctx context.Context, deps demo.Deps,
	issuer string) (string, error) {
	if c.ApplicationAddr == "" {
		return "", nil
	}
	listener, err := net.Listen("tcp", c.ApplicationAddr)
	if err != nil {
		slog.Warn("the second application of the demo does not run; choose another address by "+
			"--application-addr", "error", err)
		return "", nil
	}
	base := "http://" + listener.Addr().String()
	clientID, err := demo.RegisterApplication(ctx, deps, base)
	if err != nil {
		return "", errors.Join(err, listener.Close())
	}
	srv := &http.Server{Handler: courses.New(base, issuer, clientID),
		ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(listener) }() // it ends with the process
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	return base, nil
}

// cardPage serves the printed card of the demo.
type cardPage struct{ html string }

// ServeHTTP implements http.Handler.
func (p *cardPage) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	// Security: the page is self-contained. It shows a secret, so no cache keeps it.
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; img-src data:")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, p.html)
}
