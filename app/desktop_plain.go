//go:build (desktop || bindings || dev) && !windowtest

package app

import (
	"context"
	"net/http"
)

// The program that people get has no door for tests: see desktop_windowtest.go.

func (*wailsWindow) testable(h http.Handler) http.Handler { return h }

func (*wailsWindow) loaded(context.Context) {}
