// Package web holds what browsers are sent and Go does not write: templates, styles, scripts,
// pictures.
package web

import (
	"embed"
	"io/fs"
)

//go:embed pages all:playground/dist playground/index.html playground/playground.css playground/playground.js
var files embed.FS

// Pages are the templates and assets of the public pages.
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the directory is named right above
	}
	return sub
}

// Playground is GraphiQL's page. Its own files, in dist, are there when the binary was built by
// make.
func Playground() fs.FS {
	sub, err := fs.Sub(files, "playground")
	if err != nil {
		panic(err)
	}
	return sub
}
