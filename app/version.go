package app

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// version is set by the Makefile's linker flags; a plain `go build` leaves it.
var version = "development"

type versionCommand struct{}

type versionDocument struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisVersion() versionDocument {
	d := versionDocument{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				d.Revision = s.Value
			}
		}
	}
	return d
}

func (versionCommand) Run(c *console) error {
	d := thisVersion()
	return c.answer(d, func(w io.Writer) { fmt.Fprintf(w, "caveat %s (%s, %s)\n", d.Version, d.Go, d.Platform) })
}
