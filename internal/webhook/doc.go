// Package webhook sends the events of a workspace to the programs of its partners (PAR-2), by the
// scheme of Standard Webhooks.
//
// An endpoint reads the log of events (PAR-6) from a cursor of its own, with the rights of the
// person or key that saved it last. The cursor moves in the transaction that inserts the deliveries,
// so no event is missed or entered twice. A process claims an endpoint by a lease and sends its
// deliveries; a process that dies loses its lease, and another one goes on. An event that was being
// sent at that moment is sent once more.
package webhook
