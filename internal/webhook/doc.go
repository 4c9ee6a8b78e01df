// Package webhook sends the events of a workspace to the programs of its partners (PAR-2), by the
// scheme of Standard Webhooks.
//
// An endpoint reads the log of events (PAR-6) from a cursor of its own, with the rights of the
// person or key that saved it last. The cursor moves in the transaction that inserts the deliveries,
// so no event is missed or entered twice. A process claims an endpoint by a lease and sends its
// deliveries; a process that dies loses its lease, and another one goes on. An event that was being
// sent at that moment is sent once more.
//
// Where to look: run.go finds the endpoints that have work, serve.go does the work of one, post.go
// makes one attempt, record.go stores its outcome and turns endpoints off. client.go decides which
// addresses may be reached, url.go which URLs may be saved, sign.go signs. create.go, update.go,
// rotate.go, delete.go and replay.go are the verbs.
//
// Events of one object keep their order: a later one waits until the earlier one was delivered or
// has failed permanently. Different objects do not wait for each other, and neither do endpoints: each
// has a goroutine and a lease of its own.
package webhook
