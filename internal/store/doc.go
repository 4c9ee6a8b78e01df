// Package store opens the database and gives three guarantees about it.
//
// One schema, two dialects: PostgreSQL for real deployments, SQLite embedded, both migrated by
// versioned SQL. One way to write: WithTx. The client outside of it only reads; inside, only the
// transaction may be touched, because SQLite has a single writer and would wait for itself. One
// fence: every query carries a scope in its context (InWorkspace, AsCaller or AsSystem) and sees
// nothing beyond it; without a scope it fails. A resolver that forgets to filter by workspace still
// returns nothing of another one.
//
// Reads are few and prepared: what internal/gen adds to ent reads the rows of a page together with
// those that they point to, and connections keep the statements that come again (prepared.go), but
// for filters, which are planned for their values.
//
// The tenant filter does not see raw SQL, nor the ids that a verb links rows to: raw SQL stays in
// the files that a test lists, and verbs load every row that an input names, behind the tenant
// filter, before they link to it.
package store
