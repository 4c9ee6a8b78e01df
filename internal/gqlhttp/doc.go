// Package gqlhttp serves the GraphQL API over HTTP. It rejects every request that must not reach a
// resolver.
//
// A request passes four stages. Each is cheaper than the next:
//
//   - transport: method, media type, cross-site check, size, concurrency. Refused with 400, 401,
//     405, 413, 415, 429 or 503.
//   - guard: tokens, depth, aliases, directives and selections, before anything compares or
//     expands (COST_LIMIT). Then validation by the schema in two passes, the quadratic rule last.
//     Then the lists and texts of inputs are measured, and declared variables are decoded.
//   - estimate: pages, cost, introspection, and documents that the loader would answer wrongly. It
//     needs the variables. Refused with COST_LIMIT or BAD_USER_INPUT.
//   - present: every error becomes a code, a message and nothing else (extensions.code).
//
// While the response is written its bytes are counted, whichever code writes them (answerLimit).
//
// The guard parses once and passes the document to gqlgen, which neither parses nor validates
// again. Short documents are cached, so a client that repeats a query pays for the first and the
// third stage only.
//
// Package gqllimit measures and estimates for the guard and the estimate.
//
// Subscriptions are served as server-sent events (the distinct connections mode of graphql-sse) and
// over websockets (graphql-transport-ws). Both run operations through streamRunner, so the
// extensions of the executor apply to them too. A stream outlives the permissions that it started
// with, so its context can be renewed: a resolver calls Renew before each event, and Fail when the
// subscription has to end.
//
// # Why gqlgen's transports are not used
//
// gqlgen has transports for POST, GET, multipart, server-sent events and websockets. They do not
// keep what docs/rules.md ("GraphQL") promises, and options do not change that:
//
//   - POST, GET and multipart decode the whole body, variables included, before the query is
//     parsed. Here variables are decoded after the guard, so that a refused query costs under 10 ms
//     of CPU.
//   - Multipart has one limit for the JSON and the files together, reads the files before the query
//     is known to be valid, and reports errors in English without a code.
//   - Server-sent events respond to malformed JSON with the body, and log it: it may contain a
//     password. They have no write deadline, and they send "complete" when the server stops, after
//     which clients do not reconnect.
//   - Websockets have no limit on concurrent operations nor on the time of one write, run mutations,
//     and resolve all events of a subscription with the permissions of its start.
package gqlhttp
