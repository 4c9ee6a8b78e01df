// Package gqlhttp serves the GraphQL API over HTTP. It rejects every request that must not reach a
// resolver.
//
// A request passes four stations, in this order, each cheaper than the next:
//
//	edge     method, media type, cross-site check, size, places    → 400, 401, 405, 413, 415, 429, 503
//	guard    tokens, levels, aliases, directives, selections       → COST_LIMIT, before anything compares or expands
//	         then validation by the schema, twice: all rules but one, and the quadratic one last
//	         then the lists and texts of its inputs are measured, and the variables that it declares become values
//	plan     pages, cost, introspection, what the loader gets wrong → COST_LIMIT, BAD_USER_INPUT; needs the variables
//	present  every error into a code, a sentence and nothing else  → extensions.code
//
// While the answer is written its bytes are counted, by whichever code they are written
// (answerLimit).
//
// The guard parses once and hands the document over to gqlgen, which neither parses nor validates
// again. A short document is kept, so a client that asks the same thing twice pays for stations one
// and three alone.
//
// gqlgen's own counter of complexity is not used: it expands named fragments without memory (28
// that double one another hold a core for minutes), and it cannot see the name of an argument. With
// it go the generated Complexity functions; `omit_complexity: true` is right for gqlgen.yml.
//
// Subscriptions come as server-sent events (the distinct connections of graphql-sse) and over
// websockets (graphql-transport-ws). Both run their operations through streams, and the guard, the
// plan and the presenter, being extensions of the executor, serve them as well. A stream outlives
// what was known when it was opened, so its context is live: a resolver that has waited calls Renew
// before it looks again, and Fail when there is no more to see.
package gqlhttp
