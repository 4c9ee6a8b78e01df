// Package chaos tests the real binary under kills, races and faults, from outside: over HTTP and
// SMTP, on a PostgreSQL of its own.
//
// Four kinds of test share one cluster of processes (cluster_test.go): kills of server processes
// under a mixed load, pairs of requests that race in two processes, faults of the database and of the
// mail server, and the year of a personnel system. The first three end with the same question
// (invariants_test.go): is every acknowledged change there, does every total equal its list, is nobody
// both a member and pending, is every seat counted, did every queued email arrive?
//
// In the year (year_test.go) a script for partners, docs/partners/rehearse-year.mjs, plays a personnel
// system that syncs its people each week, and employees read their emails over SMTP. Three listeners
// hear all events: by polling, by webhooks to a receiver that fails, hangs and restarts, and by
// subscriptions at both servers. In the end Usher equals the source, nobody was emailed twice for one
// cause, and the three accounts equal each other and the database.
//
// `go test ./internal/testkit/chaos` runs a short form, as `make test` does; `make chaos` runs the
// long one of the first three, `make year` that of the year:
//
//	USHER_CHAOS_KILLS    how many processes are killed (4; long 200)
//	USHER_CHAOS_ROUNDS   how many rounds each race runs (3; long 200)
//	USHER_CHAOS_SECONDS  how long the deadlock race and each fault run (3; long 120)
//	USHER_CHAOS_PEOPLE   how many people the personnel system begins with (200; long 3,000)
//	USHER_CHAOS_WEEKS    how many weeks it plays (5; long 52)
//	USHER_CHAOS_PAUSE    how many seconds pass between two kills on average (4; long 10)
//	USHER_CHAOS_SEED     repeats the choices of a failed run, as far as processes allow
package chaos
