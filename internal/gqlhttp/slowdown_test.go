//go:build !race

package gqlhttp_test

// slowdown multiplies the times that tests hold the server to.
const slowdown = 1
