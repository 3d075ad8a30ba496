// Package frontend holds the page of the app, as `make page` built it. A clean clone holds none; everything else works without.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Built is the built page: index.html, and what it needs, most of it below assets. There is no index.html when the page was not
// built before the program.
func Built() fs.FS {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("frontend: internal error: " + err.Error()) // the name is a constant
	}
	return built
}
