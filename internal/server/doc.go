// Package server is everything between the socket and the doors: routes, who asks, in which
// language, from where, what is logged and what a browser is told. It decides nothing about people.
package server
