// Package idempotency keeps mutations that were sent with an Idempotency-Key (PAR-1), so that a client
// which lost an answer sends the request again and it is done once.
//
// A request begins by reserving a row, in a transaction of its own. Every transaction of the request that
// writes marks the row as done in its own commit (store.Reservation). The answer is stored after that. A
// process may die at any moment:
//
//   - before the commit: the row is RUNNING until its lease ends, then another attempt may begin;
//   - between the commit and the answer: the row is done without an answer. A repetition answers
//     ALREADY_DONE with the ids of the rows that the request created;
//   - after the answer: a repetition gets the same bytes.
//
// An attempt that lost its lease to another one cannot commit: it finds its name no longer in the row.
//
// Rows hold no text of a request and no key: both are HMACs. They are deleted after 24 hours. The answers
// that may name a person are deleted with the person.
package idempotency
