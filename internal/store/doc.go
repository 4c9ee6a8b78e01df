// Package store opens the database and gives three guarantees.
//
//   - One schema, two dialects: PostgreSQL for deployments, SQLite embedded. Versioned SQL
//     migrates both.
//   - One way to write: WithTx. The client outside of it only reads. Code inside it uses
//     nothing but the transaction, because SQLite has one writer and would wait for itself.
//   - Tenant isolation: every query carries a scope in its context (InWorkspace, AsCaller or
//     AsSystem) and returns nothing outside of it. A query without a scope fails. A resolver
//     that forgets to filter by workspace still returns no rows of another one.
//
// Reads are few and prepared. The queries that internal/gen adds to ent read the rows of a page
// together with the rows that they refer to. Connections keep statements that occur again
// (prepared.go), except filters, which are planned for their values.
//
// The tenant filter does not see raw SQL, nor the ids that an operation links rows to. Raw SQL
// stays in files that a test lists. Operations load every row that an input names, behind the
// tenant filter, before they link to it.
package store
