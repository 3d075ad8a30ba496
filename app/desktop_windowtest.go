//go:build (desktop || bindings || dev) && windowtest

package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"caveat/backend/store"
)

// A build with the tag "windowtest" can be driven by tests: it runs each script NAME.js that appears in the folder that
// CAVEAT_WINDOWTEST_DIR names, once the page is loaded, in the page. What a script posts to /api/windowtest/report?name=NAME is
// written beside it as NAME.json. The file "loads" says how often the page was loaded. The program that people get is built
// without all this: desktop_plain.go.

var (
	driven sync.Once
	loads  atomic.Int64
)

// maxReport is the longest report, in bytes.
const maxReport = 16 << 20

func (*wailsWindow) testable(h http.Handler) http.Handler {
	dir := os.Getenv("CAVEAT_WINDOWTEST_DIR")
	if dir == "" {
		return h
	}
	mux := http.NewServeMux()
	mux.Handle("/", h)
	mux.HandleFunc("POST /api/windowtest/report", func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(io.LimitReader(r.Body, maxReport))
		if err == nil {
			err = store.WriteFile(filepath.Join(dir, filepath.Base(r.URL.Query().Get("name"))+".json"), data)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return mux
}

func (*wailsWindow) loaded(life context.Context) {
	dir := os.Getenv("CAVEAT_WINDOWTEST_DIR")
	if dir == "" {
		return
	}
	if err := store.WriteFile(filepath.Join(dir, "loads"), fmt.Append(nil, loads.Add(1))); err != nil {
		slog.Error("window test", "error", err)
	}
	driven.Do(func() { go drive(life, dir) })
}

// drive runs the scripts, for as long as the program lives.
func drive(life context.Context, dir string) {
	done := map[string]bool{}
	for ; ; time.Sleep(20 * time.Millisecond) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			slog.Error("window test", "error", err)
			return
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".js") || done[e.Name()] {
				continue
			}
			script, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				slog.Error("window test", "error", err)
				return
			}
			done[e.Name()] = true
			runtime.WindowExecJS(life, string(script))
		}
	}
}
