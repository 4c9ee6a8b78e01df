// Package gqllimit limits what a GraphQL operation may cost, before a resolver runs.
//
// It measures a document and its variables and refuses them with COST_LIMIT or BAD_USER_INPUT. It
// knows nothing of HTTP: package gqlhttp calls its parts in the order in which each relies on the
// limits of those before.
//
//   - CheckSize counts selections, aliases, directives and depth, each fragment once.
//   - CheckRepetition drops equal selections, so that the validator has few to compare.
//   - InputMeasurer measures lists and texts of inputs, in literals and in the JSON of variables,
//     before either is decoded.
//   - Estimator estimates the rows that an operation may load. It needs the variables.
//
// gqlgen's own counter of complexity is not used. It expands named fragments without memory (28
// that double one another occupy a core for minutes), and it does not see the names of arguments.
// The generated Complexity functions go with it: gqlgen.yml has `omit_complexity: true`.
package gqllimit
