// Package server connects HTTP to the entry points: routes, caller, language, origin, logging and
// headers. It holds no business rules.
package server
