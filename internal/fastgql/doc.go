// Package fastgql appends the plain parts of a GraphQL response directly to its JSON.
//
// gqlgen marshals a page of fifty rows with a goroutine for each row and a context for each field:
// 12,000 allocations, where a hundred are enough. The code that internal/gen/fast writes into
// graph/ therefore runs before gqlgen's own, for every object and every list of objects. It calls
// Run, which compiles the selection of the client once for each operation, and appends
// by it. An object is appended when everything selected of it, at any depth, is plain: columns,
// edges that were read with their row, and resolvers that internal/gen/fast lists as needing
// neither the database nor one another.
//
// Errors are not imitated. After a null in a non-null field, an error, a panic or an edge that was
// not read, the bytes are dropped and gqlgen answers as if nothing had been tried; one level down
// this package tries again. Messages, paths, presenter and nulls are therefore gqlgen's, and
// reading a plain field twice must be harmless. Without Extension in the server everything is
// gqlgen's. Tests compare the two byte by byte.
//
// The package knows no domain and no database. What a caller may see is decided below it, when rows
// are read.
package fastgql
