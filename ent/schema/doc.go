// Package schema is the data model of Usher: columns, edges and indexes, and nothing else. Rules
// live in the verbs.
//
// One file a topic. Every row of a workspace carries workspace_id, which never changes and which
// the tenant filter of internal/store uses; what spans workspaces (Organization, User, Seat,
// SignIn, Suppression) says so. The comment of a field or an edge becomes its description in the
// GraphQL schema; what clients must never see is annotated entgql.Skip: absent from types, filters
// and orders.
package schema
