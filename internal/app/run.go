package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"usher/internal/server"
)

// lingerTime is how long a stopping process still accepts connections and keeps idle ones. A client
// that uses its connection in this time is asked to close it. A client whose connection closes
// during a request sees a reset.
const lingerTime = 2 * time.Second

// drainTime limits requests and jobs that still run when the process is asked to stop.
const drainTime = 25 * time.Second

// Serve answers HTTP requests, and runs jobs if worker is set, until the context ends. Then it
// drains: every accepted request is answered and no job is lost. It calls ready, if given, with the
// address once it listens.
func (a *App) Serve(ctx context.Context, worker bool, ready func(net.Addr)) error {
	listener, err := listen("USHER_ADDR", a.Settings.Addr)
	if err != nil {
		return err
	}
	unread := &newConnections{all: map[net.Conn]bool{}}
	srv := &http.Server{
		ConnState: unread.trackState,
		Handler:   a.Handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
	failed := make(chan error, 2)

	admin, err := a.serveAdmin(failed)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { _ = admin.Close() }()
	go func() { failed <- srv.Serve(listener) }()
	// The queue stops in the drain below, not with ctx: running jobs may finish.
	if worker {
		// Not cancelled by the signal: running jobs get the time to finish.
		if err := a.Queue.Start(context.WithoutCancel(ctx)); err != nil {
			return errors.Join(err, srv.Close())
		}
	}
	a.Log.Info("listening", "address", listener.Addr().String(), "admin_address", admin.Addr,
		"public",
		a.Settings.PublicURL.String(), "worker", worker)
	if ready != nil {
		ready(listener.Addr())
	}

	select {
	case <-ctx.Done():
		a.Log.Info("draining")
	case err = <-failed:
	}

	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	// From here on /readyz answers 503, each response closes its connection (internal/server), and
	// streams end. The listener and idle connections stay open meanwhile, because requests that are
	// already on their way would be cut.
	a.end()
	time.Sleep(lingerTime)
	// Closed here and not by Shutdown, which would drop the requests that these connections are
	// about to send.
	_ = listener.Close()
	time.Sleep(100 * time.Millisecond)
	unread.awaitRequests()
	err = errors.Join(err, srv.Shutdown(drain))
	if worker {
		err = errors.Join(err, a.Queue.Stop(drain))
	}
	return err
}

// Work runs jobs until the context ends, then drains.
func (a *App) Work(ctx context.Context) (err error) {
	failed := make(chan error, 1)
	admin, err := a.serveAdmin(failed)
	if err != nil {
		return err
	}
	defer func() { _ = admin.Close() }()
	if err := a.Queue.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	a.Log.Info("working", "admin_address", admin.Addr)
	select {
	case <-ctx.Done():
		a.Log.Info("draining")
	case err = <-failed:
	}
	a.end()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	return errors.Join(err, a.Queue.Stop(drain))
}

// listen listens on the address of a setting. Its error says which setting to change.
func listen(setting, address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program uses %s: set %s to another address, "+
			"such as 127.0.0.1:8081: %w", address, setting, err)
	}
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", setting, err)
	}
	return listener, nil
}

// serveAdmin serves metrics, probes and profiles on the operator's address, never on the public
// one. The port is bound when it returns. Without an address it returns a server that does nothing.
func (a *App) serveAdmin(failed chan<- error) (*http.Server, error) {
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second}
	if a.Settings.AdminAddr == "" {
		return srv, nil
	}
	listener, err := listen("USHER_ADMIN_ADDR", a.Settings.AdminAddr)
	if err != nil {
		return nil, err
	}
	// The default registry holds the counters of packages. Those of this app are separate, because
	// tests run several apps in a process.
	gather := prometheus.Gatherers{prometheus.DefaultGatherer, a.metrics}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics",
		promhttp.HandlerFor(gather, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	mux.HandleFunc("GET /healthz", server.Alive)
	mux.Handle("GET /readyz", server.Ready(a.Store, a.ending))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	srv.Addr, srv.Handler = listener.Addr().String(), mux
	go func() { failed <- srv.Serve(listener) }()
	return srv, nil
}
