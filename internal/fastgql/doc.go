// Package fastgql appends the plain parts of a GraphQL answer straight to its JSON.
//
// gqlgen marshals a page of fifty rows with a goroutine for each row and a context for each field:
// 12,000 allocations where a hundred do. So code that internal/gen/fast writes into graph/ stands
// before gqlgen's own for every object and every list of objects. It asks Run, which compiles what
// the client selects into a Plan, once an operation, and appends by it. An object is taken when all
// that is selected of it, at any depth, is plain: columns, edges that were read with their row, and
// resolvers that internal/gen/fast lists as needing neither the database nor one another.
//
// Errors are not imitated. A null where none may be, an error, a panic, an edge that was not read:
// the bytes are thrown away and gqlgen answers as if nobody had tried, one level down this package
// tries again. So texts, paths, presenter and nulls are gqlgen's, and plain fields must bear being
// read twice. Without Extension in the server everything is gqlgen's, which is how tests compare
// the two, byte by byte.
//
// The package knows no domain and no database, and what a caller may see is decided below it, when
// rows are read.
package fastgql
