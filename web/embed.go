// Package web holds what browsers are sent and Go does not write: templates, styles, scripts,
// pictures.
package web

import (
	"embed"
	"io/fs"
)

//go:embed pages all:playground/dist playground/index.html playground/playground.css playground/playground.js
//go:embed all:console/dist
var files embed.FS

// Pages are the templates and assets of the public pages.
func Pages() fs.FS { return directory("pages") }

// Playground is GraphiQL's page. Its own files, in dist, are there when the binary was built by
// make.
func Playground() fs.FS { return directory("playground") }

// Console is the built console: index.html, and assets compressed as .br and .gz. It is empty when
// the binary was not built by make.
func Console() fs.FS { return directory("console/dist") }

// HasConsole reports whether the binary was built with the console.
func HasConsole() bool {
	_, err := fs.Stat(files, "console/dist/index.html")
	return err == nil
}

// directory returns an embedded directory. The caller names one of those above.
func directory(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // fails only for a malformed name
	}
	return sub
}
