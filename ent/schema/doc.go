// Package schema is the data model: columns, edges and indexes, and nothing else. Rules are in the
// operations.
//
// Each file covers one topic. Every row of a workspace has a workspace_id, which never changes and
// which the tenant filter of internal/store uses. Types that span workspaces (Organization, User,
// Seat, SignIn, Suppression) say so. The comment of a field or an edge becomes its description in
// the GraphQL schema. Columns that clients must never see are annotated as skipped: they are absent
// from types, filters and orders.
package schema
