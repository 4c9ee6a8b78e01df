// Command peers measures Usher over HTTP beside servers that answer the same requests:
// PostGraphile, better-auth and a handler in Go that does nothing but the request. `make
// bench-peers` runs it.
//
// One PostgreSQL, whose commits reach the disk, holds the same people for each server in a database
// of its own. The servers are asked in turns by eight connections, each with one request in flight.
// So whatever else the machine does slows all of them alike, and the ratios of one run can be
// compared. Rates of different runs cannot.
//
// Before anything is measured, all servers of a request have to name the same people in the same
// order. Answers that are not what was asked for are counted and printed. A missed aim fails
// nothing: this is a measurement, not a test.
//
// The files: people.go makes up the people, usher.go, peer.go and betterauth.go fill the databases
// and start the servers, plain.go is the handler, scenario.go holds the requests, load.go sends
// them, process.go reads what a process uses, report.go prints.
package main
