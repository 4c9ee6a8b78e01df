package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// lingerTime is how long a process that was asked to stop still takes new requests.
const lingerTime = 300 * time.Millisecond

// drainTime is how long a request or a job may take to end once the process was asked to stop.
const drainTime = 25 * time.Second

// Serve answers HTTP, and works the queue if asked, until the context ends; then it drains: no accepted request is cut,
// no claimed job is lost. ready, if given, is told the address once it listens.
func (a *App) Serve(ctx context.Context, worker bool, ready func(net.Addr)) error {
	listener, err := net.Listen("tcp", a.Settings.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{
		Handler: a.Handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
	failed := make(chan error, 2)
	go func() { failed <- srv.Serve(listener) }()
	admin := a.admin(failed)
	if worker {
		if err := a.Queue.Start(context.WithoutCancel(ctx)); err != nil {
			return errors.Join(err, srv.Close())
		}
	}
	a.Log.Info("listening", "address", listener.Addr().String(), "public", a.Settings.PublicURL.String(), "worker", worker)
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
	// For a moment more we answer whoever comes, and ask them to come back on another connection: a request that was on
	// its way when the listener closed would be cut.
	srv.SetKeepAlivesEnabled(false)
	// Streams have no end to wait for. The moment is theirs to say goodbye: nobody waits for websockets afterwards.
	a.end()
	time.Sleep(lingerTime)
	err = errors.Join(err, srv.Shutdown(drain))
	if admin != nil {
		_ = admin.Close()
	}
	if worker {
		err = errors.Join(err, a.Queue.Stop(drain))
	}
	return err
}

// Work works the queue until the context ends, then drains.
func (a *App) Work(ctx context.Context) error {
	if err := a.Queue.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	a.Log.Info("working")
	<-ctx.Done()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	return a.Queue.Stop(drain)
}

// admin serves metrics and profiles where the operator wants them: never on the public address.
func (a *App) admin(failed chan<- error) *http.Server {
	if a.Settings.AdminAddr == "" {
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.Handler())
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	srv := &http.Server{Addr: a.Settings.AdminAddr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { failed <- srv.ListenAndServe() }()
	return srv
}
