//go:build race

package gqlhttp_test

// slowdown multiplies the times that tests hold the server to: the race detector makes code up to
// twenty times slower.
const slowdown = 20
