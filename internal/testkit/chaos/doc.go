// Package chaos tests the real binary under kills, races and faults, from outside: over HTTP and
// SMTP, on a PostgreSQL of its own.
//
// Three kinds of test share one cluster of processes (cluster_test.go): kills of server processes
// under a mixed load, pairs of requests that race in two processes, and faults of the database and
// of the mail server. Each ends with the same question (invariants_test.go): is every acknowledged
// change there, does every total equal its list, is nobody both a member and pending, is every
// seat counted, did every queued email arrive?
//
// `go test ./internal/testkit/chaos` runs a short form, as `make test` does; `make chaos` runs the
// long one:
//
//	USHER_CHAOS_KILLS    how many processes are killed (4; long 200)
//	USHER_CHAOS_ROUNDS   how many rounds each race runs (3; long 200)
//	USHER_CHAOS_SECONDS  how long the deadlock race and each fault run (3; long 120)
//	USHER_CHAOS_SEED     repeats the choices of a failed run, as far as processes allow
package chaos
